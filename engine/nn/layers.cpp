#include "engine/nn/layers.hpp"

#include <cmath>

#include "engine/ops/index.hpp"
#include "engine/ops/matmul.hpp"
#include "engine/ops/norm.hpp"

namespace premelt::nn {

template <class T>
Linear::Linear(Parameters<T>& parameters, const std::string& name, std::size_t in, std::size_t out, Rng& rng,
               const LinearOptions& options)
    : weight_(parameters.add(
          name + ".weight",
          normal_tensor<T>({out, in}, rng, options.sd.value_or(1 / std::sqrt(static_cast<double>(in)))))) {
  if (options.bias) bias_ = parameters.add(name + ".bias", Tensor<T>(Shape{out}, T(0)));
}

template <class T>
Var<T> Linear::operator()(const Leaves<T>& theta, const Operand<T>& x) const {
  return bias_ ? linear(x, theta[weight_], theta[*bias_]) : matmul_nt(x, theta[weight_]);
}

template <class T>
Embedding::Embedding(Parameters<T>& parameters, const std::string& name, std::size_t count, std::size_t width,
                     Rng& rng, double sd)
    : weight_(parameters.add(name + ".weight", normal_tensor<T>({count, width}, rng, sd))) {}

template <class T>
Var<T> Embedding::operator()(const Leaves<T>& theta, const Var<std::int64_t>& ids) const {
  return gather(theta[weight_], ids);
}

template <class T>
Positions::Positions(Parameters<T>& parameters, const std::string& name, std::size_t positions,
                     std::size_t width, Rng& rng, double sd)
    : weight_(parameters.add(name + ".weight", normal_tensor<T>({positions, width}, rng, sd))) {}

template <class T>
Var<T> Positions::operator()(const Leaves<T>& theta, const Operand<T>& x) const {
  return x + slice(theta[weight_], 0, 0, x.shape()[x.shape().rank() - 2]);
}

template <class T>
Norm::Norm(Parameters<T>& parameters, const std::string& name, NormKind kind, std::size_t width, bool gain)
    : kind_(kind) {
  if (kind == NormKind::none || !gain) return;
  weight_ = parameters.add(name + ".weight", Tensor<T>(Shape{width}, T(1)));
  if (kind == NormKind::layer) bias_ = parameters.add(name + ".bias", Tensor<T>(Shape{width}, T(0)));
}

template <class T>
Var<T> Norm::operator()(const Leaves<T>& theta, const Operand<T>& x) const {
  if (kind_ == NormKind::none) return x;
  Var<T> y = kind_ == NormKind::rms ? rms_norm(x) : layer_norm(x);
  if (weight_) y = y * theta[*weight_];
  return bias_ ? y + theta[*bias_] : y;
}

#define PREMELT_INSTANTIATE(T)                                                                               \
  template Linear::Linear(Parameters<T>&, const std::string&, std::size_t, std::size_t, Rng&,                \
                          const LinearOptions&);                                                             \
  template Var<T> Linear::operator()(const Leaves<T>&, const Var<T>&) const;                                 \
  template Embedding::Embedding(Parameters<T>&, const std::string&, std::size_t, std::size_t, Rng&, double); \
  template Var<T> Embedding::operator()(const Leaves<T>&, const Var<std::int64_t>&) const;                   \
  template Positions::Positions(Parameters<T>&, const std::string&, std::size_t, std::size_t, Rng&, double); \
  template Var<T> Positions::operator()(const Leaves<T>&, const Var<T>&) const;                              \
  template Norm::Norm(Parameters<T>&, const std::string&, NormKind, std::size_t, bool);                      \
  template Var<T> Norm::operator()(const Leaves<T>&, const Var<T>&) const;
PREMELT_INSTANTIATE(float)
PREMELT_INSTANTIATE(double)
#undef PREMELT_INSTANTIATE

}  // namespace premelt::nn
