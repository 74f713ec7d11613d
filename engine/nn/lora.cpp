#include "engine/nn/lora.hpp"

#include <algorithm>
#include <cmath>

#include "engine/ops/elementwise.hpp"
#include "engine/ops/matmul.hpp"
#include "engine/tensor/error.hpp"

namespace premelt::nn {

template <class T>
Lora::Lora(Parameters<T>& parameters, const std::vector<std::string>& patterns, std::size_t rank, Rng& rng,
           double scale)
    : scale_(scale) {
  std::vector<ParameterId> targets;
  for (const std::string& pattern : patterns) {
    const std::vector<ParameterId> found = parameters.matching(pattern);
    if (found.empty()) throw Error("[lora] no parameter fits " + pattern);
    targets.insert(targets.end(), found.begin(), found.end());
  }
  std::ranges::sort(targets);
  targets.erase(std::unique(targets.begin(), targets.end()), targets.end());
  parameters.freeze("*");
  for (ParameterId target : targets) {
    const auto entry = parameters.entries()[target];
    if (entry.shape.rank() != 2) {
      throw Error("[lora] " + entry.name + " is no matrix: " + to_string(entry.shape));
    }
    const std::size_t out = entry.shape[0], in = entry.shape[1];
    const double sd = 1 / std::sqrt(static_cast<double>(in));
    const ParameterId a = parameters.add(entry.name + ".lora_a", normal_tensor<T>({rank, in}, rng, sd));
    const ParameterId b = parameters.add(entry.name + ".lora_b", Tensor<T>(Shape{out, rank}, T(0)));
    adapters_.push_back({target, a, b});
  }
}

template <class T>
Leaves<T> Lora::operator()(const Leaves<T>& theta) const {
  Leaves<T> adapted = theta;
  for (const Adapter& adapter : adapters_) {
    adapted[adapter.target] = theta[adapter.target] + scale_ * matmul(theta[adapter.b], theta[adapter.a]);
  }
  return adapted;
}

template <class T>
Var<T> Lora::correction(const Leaves<T>& theta, std::size_t which, const Operand<T>& x) const {
  const Adapter& adapter = adapters_.at(which);
  return scale_ * matmul_nt(matmul_nt(x, theta[adapter.a]), theta[adapter.b]);
}

#define PREMELT_INSTANTIATE(T)                                                                     \
  template Lora::Lora(Parameters<T>&, const std::vector<std::string>&, std::size_t, Rng&, double); \
  template Leaves<T> Lora::operator()(const Leaves<T>&) const;                                     \
  template Var<T> Lora::correction(const Leaves<T>&, std::size_t, const Var<T>&) const;
PREMELT_INSTANTIATE(float)
PREMELT_INSTANTIATE(double)
#undef PREMELT_INSTANTIATE

}  // namespace premelt::nn
