#include "models/networks/persona_model.hpp"

#include "engine/ops/ops.hpp"

namespace premelt {

namespace {

constexpr double embedding_sd = 0.5;
constexpr nn::LinearOptions matrix{.bias = false};

}  // namespace

template <class T>
PersonaModel::PersonaModel(Parameters<T>& parameters, const Sizes& sizes, Rng& rng)
    : heads_(sizes.heads),
      embedding_(parameters, "embed", PersonaWorld::vocabulary, sizes.width, rng, embedding_sd),
      positions_(parameters, "positions", PersonaWorld::sequence, sizes.width, rng, embedding_sd),
      query_(parameters, "query", sizes.width, sizes.width, rng, matrix),
      key_(parameters, "key", sizes.width, sizes.width, rng, matrix),
      value_(parameters, "value", sizes.width, sizes.width, rng, matrix),
      out_(parameters, "out", sizes.width, sizes.width, rng, matrix),
      up_(parameters, "mlp.up", sizes.width, sizes.hidden, rng),
      down_(parameters, "mlp.down", sizes.hidden, sizes.width, rng),
      unembedding_(parameters, "unembed", sizes.width, PersonaWorld::answers, rng, matrix) {}

template <class T>
Var<T> PersonaModel::operator()(const Leaves<T>& theta, const Indices& tokens,
                                const nn::Lora* adapters) const {
  const auto map = [&](const nn::Linear& linear, std::size_t which, const Var<T>& x) {
    const Var<T> y = linear(theta, x);
    return adapters == nullptr ? y : y + adapters->correction(theta, which, x);
  };
  const Var<T> embedded = positions_(theta, embedding_(theta, batched(tokens))), h = rms_norm(embedded);
  const Var<T> mixed = attention(map(query_, 0, h), map(key_, 1, h), map(value_, 2, h), heads_);
  const std::size_t last = PersonaWorld::sequence - 1;
  const auto at_end = [&](const Var<T>& x) {
    return reshape(slice(x, 1, last, last + 1), Shape{x.shape()[0], x.shape().back()});
  };
  const Var<T> x = at_end(embedded) + map(out_, 3, at_end(mixed));
  return unembedding_(theta, rms_norm(x + down_(theta, relu(up_(theta, rms_norm(x))))));
}

#define PREMELT_INSTANTIATE(T)                                             \
  template PersonaModel::PersonaModel(Parameters<T>&, const Sizes&, Rng&); \
  template Var<T> PersonaModel::operator()(const Leaves<T>&, const Indices&, const nn::Lora*) const;
PREMELT_INSTANTIATE(float)
PREMELT_INSTANTIATE(double)
#undef PREMELT_INSTANTIATE

}  // namespace premelt
