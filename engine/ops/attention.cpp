#include "engine/ops/attention.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "engine/kernels/attention.hpp"
#include "engine/kernels/broadcast.hpp"
#include "engine/ops/elementwise.hpp"
#include "engine/ops/index.hpp"
#include "engine/ops/matmul.hpp"
#include "engine/ops/reduce.hpp"
#include "engine/ops/shape.hpp"
#include "engine/ops/softmax.hpp"
#include "engine/tape/record.hpp"
#include "engine/tensor/error.hpp"

namespace premelt {

using kernels::AttentionShape;

namespace {

void check_heads(const char* op, const Shape& shape, std::size_t heads, std::size_t parts = 1) {
  if (shape.rank() != 3 || heads == 0 || shape[2] % (heads * parts) != 0) {
    throw ShapeError("[" + std::string(op) + "] needs (B,T,C) with C divisible by " +
                     std::to_string(heads * parts) + ", got " + to_string(shape));
  }
}

/// 1 where a query (row) may see a key (column), (T,T).
template <class T>
Tensor<T> lower_triangle(std::size_t positions) {
  Tensor<T> mask(Shape{positions, positions}, T(0));
  for (std::size_t i = 0; i < positions; ++i) std::fill_n(mask.data() + i * positions, i + 1, T(1));
  return mask;
}

/// The cotangents of q, k and v, by ops, so that they can be differentiated again.
template <class T>
std::array<Var<T>, 3> differentiable_cotangents(const Var<T>& g, const Var<T>& q, const Var<T>& k,
                                                const Var<T>& v, std::size_t heads, bool causal) {
  const std::size_t head_width = q.shape()[2] / heads;
  const double scaling = 1 / std::sqrt(static_cast<double>(head_width));
  const Var<T> weights = attention_weights(q, k, heads, causal), split = split_heads(g, heads);
  const Var<T> toward = matmul_nt(split, split_heads(v, heads));  // cotangent of the weights (B,H,T,T)
  const Var<T> scores = scaling * (weights * (toward - sum(weights * toward, {-1}, true)));
  return {merge_heads(matmul(scores, split_heads(k, heads))),
          merge_heads(matmul_tn(scores, split_heads(q, heads))), merge_heads(matmul_tn(weights, split))};
}

/// Room for the weights (B,H,T,T), which the cotangents need; none when nobody will ask for those.
template <class T>
Tensor<T> weights_to_keep(const AttentionShape& shape, bool tracked) {
  if (!tracked || !recording()) return {};
  return Tensor<T>(Shape{shape.samples, shape.heads, shape.positions, shape.positions});
}

/// Turns pairs of channels by their position's angle, backwards when `direction` is -1.
template <class T>
Tensor<T> rotated(const Tensor<T>& x, std::size_t heads, double base, double direction) {
  const std::size_t samples = x.shape()[0], positions = x.shape()[1], width = x.shape()[2] / heads;
  std::vector<T> cosine(positions * width / 2), sine(cosine.size());
  for (std::size_t t = 0; t < positions; ++t) {
    for (std::size_t i = 0; i < width / 2; ++i) {
      const double exponent = -2.0 * static_cast<double>(i) / static_cast<double>(width);
      const double angle = static_cast<double>(t) * std::pow(base, exponent);
      cosine[t * width / 2 + i] = static_cast<T>(std::cos(angle));
      sine[t * width / 2 + i] = static_cast<T>(direction * std::sin(angle));
    }
  }
  Tensor<T> out(x.shape());
  for (std::size_t row = 0; row < samples * positions * heads; ++row) {
    const std::size_t t = row / heads % positions;
    const T *from = x.data() + row * width, *c = cosine.data() + t * width / 2,
            *s = sine.data() + t * width / 2;
    T* to = out.data() + row * width;
    for (std::size_t i = 0; i < width / 2; ++i) {
      to[2 * i] = c[i] * from[2 * i] - s[i] * from[2 * i + 1];
      to[2 * i + 1] = s[i] * from[2 * i] + c[i] * from[2 * i + 1];
    }
  }
  return out;
}

template <class T>
Var<T> rotate(const Var<T>& x, std::size_t heads, double base, double direction) {
  return record("rotary", rotated(x.value(), heads, base, direction),
                wrt(x, [=](const Var<T>& g) { return rotate(g, heads, base, -direction); }));
}

}  // namespace

template <class T>
Var<T> split_heads(const Var<T>& x, std::size_t heads) {
  check_heads("split_heads", x.shape(), heads);
  const Shape& s = x.shape();
  return permute(reshape(x, Shape{s[0], s[1], heads, s[2] / heads}), {0, 2, 1, 3});
}

template <class T>
Var<T> merge_heads(const Var<T>& x) {
  const Shape& s = x.shape();
  if (s.rank() != 4) throw ShapeError("[merge_heads] needs (B,H,T,D), got " + to_string(s));
  return reshape(permute(x, {0, 2, 1, 3}), Shape{s[0], s[2], s[1] * s[3]});
}

template <class T>
Var<T> causal_mask(const Var<T>& scores) {
  const Shape& s = scores.shape();
  if (s.rank() < 2 || s[s.rank() - 1] != s[s.rank() - 2]) {
    throw ShapeError("[causal_mask] needs scores (...,T,T), got " + to_string(s));
  }
  const Tensor<T> visible = lower_triangle<T>(s.back());
  return record("causal_mask",
                kernels::broadcast_map(
                    "causal_mask", scores.value(), visible,
                    [](T score, T seen) { return seen != 0 ? score : -std::numeric_limits<T>::infinity(); }),
                wrt(scores, [visible](const Var<T>& g) { return masked(g, visible); }));
}

template <class T>
Var<T> attention_weights(const Var<T>& q, const Var<T>& k, std::size_t heads, bool causal) {
  check_heads("attention_weights", q.shape(), heads);
  const std::size_t head_width = q.shape()[2] / heads;
  const double scaling = 1 / std::sqrt(static_cast<double>(head_width));
  const Var<T> scores = scaling * matmul_nt(split_heads(q, heads), split_heads(k, heads));
  return softmax(causal ? causal_mask(scores) : scores);
}

template <class T>
Var<T> attention(const Var<T>& q, const Var<T>& k, const Var<T>& v, std::size_t heads, bool causal) {
  check_heads("attention", q.shape(), heads);
  if (q.shape() != k.shape() || q.shape() != v.shape()) {
    throw ShapeError("[attention] q, k and v must have one shape: " + to_string(q.shape()) + ", " +
                     to_string(k.shape()) + ", " + to_string(v.shape()));
  }
  const Shape& s = q.shape();
  const AttentionShape shape{s[0], s[1], heads, s[2] / heads, causal};
  const std::array<Var<T>, 3> inputs{q, k, v};
  Tensor<T> weights = weights_to_keep<T>(shape, std::ranges::any_of(inputs, &Var<T>::tracked));
  Tensor<T> value(s);
  kernels::attention_forward(shape, s[2], q.value().data(), k.value().data(), v.value().data(),
                             weights.data(), value.data());
  return record_jointly(
      "attention", value, std::span<const Var<T>>(inputs), [=](const Var<T>& g, Cotangents<T>& into) {
        if (recording()) {
          const auto cotangents = differentiable_cotangents(g, q, k, v, heads, causal);
          for (std::size_t i = 0; i < 3; ++i) {
            if (into.wants(i)) into.set(i, cotangents[i]);
          }
          return;
        }
        Tensor<T> dq(q.shape()), dk(q.shape()), dv(q.shape());
        kernels::attention_backward(shape, q.shape()[2], q.value().data(), k.value().data(), v.value().data(),
                                    weights.data(), g.value().data(), dq.data(), dk.data(), dv.data());
        if (into.wants(0)) into.set(0, Var<T>(dq));
        if (into.wants(1)) into.set(1, Var<T>(dk));
        if (into.wants(2)) into.set(2, Var<T>(dv));
      });
}

template <class T>
Var<T> self_attention(const Var<T>& qkv, std::size_t heads, bool causal) {
  check_heads("self_attention", qkv.shape(), heads, 3);
  const Shape& s = qkv.shape();
  const std::size_t width = s[2] / 3;
  const AttentionShape shape{s[0], s[1], heads, width / heads, causal};
  Tensor<T> weights = weights_to_keep<T>(shape, qkv.tracked()), value(Shape{s[0], s[1], width});
  const T* packed = qkv.value().data();
  kernels::attention_forward(shape, 3 * width, packed, packed + width, packed + 2 * width, weights.data(),
                             value.data());
  return record(
      "self_attention", value, wrt(qkv, [=](const Var<T>& g) {
        if (recording()) {
          const auto part = [&](std::size_t i) { return slice(qkv, -1, i * width, (i + 1) * width); };
          const auto [q, k, v] = differentiable_cotangents(g, part(0), part(1), part(2), heads, causal);
          return concat(std::vector<Var<T>>{q, k, v}, -1);
        }
        Tensor<T> out(qkv.shape());
        const T* from = qkv.value().data();
        kernels::attention_backward(shape, 3 * width, from, from + width, from + 2 * width, weights.data(),
                                    g.value().data(), out.data(), out.data() + width, out.data() + 2 * width);
        return Var<T>(out);
      }));
}

template <class T>
Var<T> rotary(const Var<T>& x, std::size_t heads, double base) {
  check_heads("rotary", x.shape(), heads, 2);
  return rotate(x, heads, base, 1);
}

#define PREMELT_INSTANTIATE(T)                                                               \
  template Var<T> split_heads(const Var<T>&, std::size_t);                                   \
  template Var<T> merge_heads(const Var<T>&);                                                \
  template Var<T> causal_mask(const Var<T>&);                                                \
  template Var<T> attention(const Var<T>&, const Var<T>&, const Var<T>&, std::size_t, bool); \
  template Var<T> self_attention(const Var<T>&, std::size_t, bool);                          \
  template Var<T> attention_weights(const Var<T>&, const Var<T>&, std::size_t, bool);        \
  template Var<T> rotary(const Var<T>&, std::size_t, double);
PREMELT_INSTANTIATE(float)
PREMELT_INSTANTIATE(double)
#undef PREMELT_INSTANTIATE

}  // namespace premelt
