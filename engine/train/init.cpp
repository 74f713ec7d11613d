#include "engine/train/init.hpp"

#include <cmath>

#include "engine/linalg/blas.hpp"
#include "engine/tensor/error.hpp"

namespace premelt {

namespace {

/// a·diag(d)·bᵀ for a (m,r) and b (n,r).
template <class T>
Tensor<T> frame_product(const Tensor<T>& a, std::span<const double> d, const Tensor<T>& b) {
  const std::size_t m = a.shape()[0], n = b.shape()[0], r = a.shape()[1];
  Tensor<T> scaled = a.clone(), out(Shape{m, n});
  for (std::size_t i = 0; i < m; ++i) {
    for (std::size_t k = 0; k < r; ++k) scaled(i, k) *= static_cast<T>(d[k]);
  }
  blas::gemm(blas::Transpose::no, blas::Transpose::yes, m, n, r, T(1), scaled.data(), r, b.data(), r, T(0),
             out.data(), n);
  return out;
}

}  // namespace

template <class T>
Tensor<T> scaled_normal(std::size_t out, std::size_t in, Rng& rng, double gain) {
  return normal_tensor<T>({out, in}, rng, gain / std::sqrt(static_cast<double>(in)));
}

template <class T>
Tensor<T> orthogonal(std::size_t out, std::size_t in, Rng& rng, double gain) {
  const blas::Svd<T> svd = blas::svd(normal_tensor<T>({out, in}, rng));
  const std::size_t r = svd.values.size();
  Tensor<T> result(Shape{out, in});
  blas::gemm(blas::Transpose::yes, blas::Transpose::no, out, in, r, static_cast<T>(gain), svd.left.data(),
             out, svd.right.data(), in, T(0), result.data(), in);
  return result;
}

template <class T>
std::vector<Tensor<T>> balanced_layers(const Tensor<T>& u, const Tensor<T>& v,
                                       std::span<const double> strengths, std::span<const std::size_t> hidden,
                                       Rng& rng) {
  const std::size_t r = strengths.size();
  for (const Tensor<T>* frame : {&u, &v}) {
    if (frame->rank() != 2 || frame->shape()[1] != r) {
      throw ShapeError("[balanced_layers] frames must be (d," + std::to_string(r) +
                       "), one column a strength, got " + to_string(frame->shape()));
    }
  }
  std::vector<double> roots;
  for (double strength : strengths) {
    roots.push_back(std::pow(strength, 1 / static_cast<double>(hidden.size() + 1)));
  }
  std::vector<Tensor<T>> layers;
  Tensor<T> below = v;
  for (std::size_t width : hidden) {
    if (width < r) {
      throw ShapeError("[balanced_layers] a hidden layer of " + std::to_string(width) +
                       " is too narrow for " + std::to_string(r) + " modes");
    }
    const Tensor<T> frame = orthogonal<T>(width, r, rng);
    layers.push_back(frame_product(frame, roots, below));
    below = frame;
  }
  layers.push_back(frame_product(u, roots, below));
  return layers;
}

#define PREMELT_INSTANTIATE(T)                                              \
  template Tensor<T> scaled_normal(std::size_t, std::size_t, Rng&, double); \
  template Tensor<T> orthogonal(std::size_t, std::size_t, Rng&, double);    \
  template std::vector<Tensor<T>> balanced_layers(                          \
      const Tensor<T>&, const Tensor<T>&, std::span<const double>, std::span<const std::size_t>, Rng&);
PREMELT_INSTANTIATE(float)
PREMELT_INSTANTIATE(double)
#undef PREMELT_INSTANTIATE

}  // namespace premelt
