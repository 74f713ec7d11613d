#include "models/networks/modular_model.hpp"

#include <cmath>

#include "engine/ops/ops.hpp"
#include "engine/tensor/error.hpp"

namespace premelt {

namespace {

constexpr std::size_t sequence = 3;

nn::TransformerOptions transformer_options(const Hyperparameters& parameters, std::size_t modulus) {
  const std::size_t width = parameters.count("width"), heads = parameters.count("heads");
  require_heads_fit(parameters);
  const double sd = 1 / std::sqrt(static_cast<double>(width));
  return {.vocabulary = modulus + 1,
          .outputs = modulus,
          .positions = sequence,
          .width = width,
          .heads = heads,
          .layers = 1,
          .mlp = parameters.count("hidden"),
          .embedding_sd = sd,
          .position_sd = sd};
}

}  // namespace

template <class T>
ModularModel::ModularModel(Parameters<T>& weights, const Hyperparameters& parameters, std::size_t modulus,
                           Rng& rng)
    : modulus_(modulus) {
  if (parameters.text("model") == "transformer") {
    transformer_.emplace(weights, transformer_options(parameters, modulus), rng);
    return;
  }
  const std::size_t hidden = parameters.count("hidden");
  for (const char* name : {"first", "second"})
    weights.add(name, normal_tensor<T>(Shape{modulus, hidden}, rng, std::sqrt(0.5)));
  weights.add("out",
              normal_tensor<T>(Shape{hidden, modulus}, rng, 1 / std::sqrt(static_cast<double>(hidden))));
}

template <class T>
Var<T> ModularModel::operator()(const Leaves<T>& theta, const Pairs& pairs) const {
  if (!transformer_) {
    const Var<T> sum = gather(theta[0], batched(pairs.first)) + gather(theta[1], batched(pairs.second));
    return matmul(square(sum), theta[2]);
  }
  const Var<T> logits = (*transformer_)(theta, tokens(pairs));
  return reshape(slice(logits, 1, sequence - 1, sequence), Shape{pairs.labels.size(), modulus_});
}

template <class T>
double ModularModel::fourier_power(const Leaves<T>& theta) const {
  const auto power = [&](std::size_t table) {  // without the row of =, where there is one
    return premelt::fourier_power(cast<double>(slice(theta[table], 0, 0, modulus_).value()));
  };
  return transformer_ ? power(0) : (power(0) + power(1)) / 2;
}

Indices ModularModel::tokens(const Pairs& pairs) const {
  Indices tokens(Shape{pairs.labels.size(), sequence});
  for (std::size_t i = 0; i < pairs.labels.size(); ++i) {
    tokens(i, 0) = pairs.first(i);
    tokens(i, 1) = pairs.second(i);
    tokens(i, 2) = static_cast<std::int64_t>(modulus_);
  }
  return tokens;
}

#define PREMELT_INSTANTIATE(T)                                                                    \
  template ModularModel::ModularModel(Parameters<T>&, const Hyperparameters&, std::size_t, Rng&); \
  template Var<T> ModularModel::operator()(const Leaves<T>&, const Pairs&) const;                 \
  template double ModularModel::fourier_power(const Leaves<T>&) const;
PREMELT_INSTANTIATE(float)
PREMELT_INSTANTIATE(double)
#undef PREMELT_INSTANTIATE

}  // namespace premelt
