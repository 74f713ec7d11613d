#include "op_table.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/ops/ops.hpp"

namespace premelt::testing {

namespace {

// ---- which operands fit ----

template <class T>
bool any(const Tensor<T>&, const Tensor<T>&) {
  return true;
}

template <std::size_t Rank, class T>
bool rank_at_least(const Tensor<T>& a, const Tensor<T>&) {
  return a.rank() >= Rank;
}

template <class T>
bool broadcasts(const Tensor<T>& a, const Tensor<T>& b) {
  for (std::size_t i = 1; i <= std::min(a.rank(), b.rank()); ++i) {
    const std::size_t x = a.shape()[a.rank() - i], y = b.shape()[b.rank() - i];
    if (x != y && x != 1 && y != 1) return false;
  }
  return true;
}

template <class T>
bool same_shape(const Tensor<T>& a, const Tensor<T>& b) {
  return a.rank() > 0 && a.shape() == b.shape();
}

/// Whether op(a)·op(b) exists: inner extents by position from the end, leading axes equal or none.
template <std::size_t InnerA, std::size_t InnerB, class T>
bool multiplies(const Tensor<T>& a, const Tensor<T>& b) {
  if (a.rank() < 2 || b.rank() < 2) return false;
  if (a.shape()[a.rank() - InnerA] != b.shape()[b.rank() - InnerB]) return false;
  const Shape x(std::span(a.shape().begin(), a.rank() - 2)), y(std::span(b.shape().begin(), b.rank() - 2));
  return x == y || x.rank() == 0 || y.rank() == 0;
}

template <class T>
bool multiplies_matrix(const Tensor<T>& a, const Tensor<T>& b) {
  return b.rank() == 2 && multiplies<1, 1>(a, b);
}

template <class T>
bool attends(const Tensor<T>& a, const Tensor<T>&) {
  return a.rank() == 3 && a.shape()[2] % 2 == 0;
}

template <class T>
bool is_table(const Tensor<T>& a, const Tensor<T>&) {
  return a.rank() == 2;
}

template <class T>
bool away_from_kink(const Tensor<T>& a, const Tensor<T>&) {
  return std::ranges::all_of(a.flat(), [](T v) { return std::abs(v) > T(0.1); });
}

template <class T>
bool away_from_bounds(const Tensor<T>& a, const Tensor<T>&) {
  return std::ranges::all_of(
      a.flat(), [](T v) { return std::abs(v + T(1)) > T(0.1) && std::abs(v - T(0.5)) > T(0.1); });
}

/// Wherever the two meet, one is the larger by a margin.
template <class T>
bool differ(const Tensor<T>& a, const Tensor<T>& b) {
  return broadcasts(a, b) && away_from_kink((Var<T>(a) - b).value(), b);
}

/// Rows whose spread (about 0, or about their mean) is not small: norms bend sharply near 0.
template <bool Centred, class T>
bool has_spread(const Tensor<T>& a, const Tensor<T>&) {
  if (a.rank() == 0) return false;
  const std::size_t width = a.shape().back();
  for (std::size_t r = 0; r < a.size() / width; ++r) {
    const auto row = a.flat().subspan(r * width, width);
    const double n = static_cast<double>(width);
    const double m = Centred ? std::accumulate(row.begin(), row.end(), 0.0) / n : 0.0;
    double square = 0;
    for (T v : row) square += (static_cast<double>(v) - m) * (static_cast<double>(v) - m);
    if (square / n < 0.1) return false;
  }
  return true;
}

/// The largest of each group along the last axis is so by a margin.
template <class T>
bool has_winners(const Tensor<T>& a, const Tensor<T>&) {
  if (a.rank() == 0) return false;
  const std::size_t width = a.shape().back();
  for (std::size_t r = 0; r < a.size() / width; ++r) {
    std::vector<T> row(a.data() + r * width, a.data() + (r + 1) * width);
    std::ranges::sort(row, std::greater<T>());
    if (width > 1 && !(row[0] - row[1] > T(0.1))) return false;
  }
  return true;
}

template <class T>
bool has_losers(const Tensor<T>& a, const Tensor<T>& b) {
  return has_winners((-Var<T>(a)).value(), b);
}

template <class T>
bool rank_is_one(const Tensor<T>& a, const Tensor<T>& b) {
  return a.rank() == 1 && b.rank() == 1;
}

// ---- what else an op needs ----

Choices nothing(const Shape&, std::size_t, std::size_t) {
  return {};
}
Choices axis(const Shape& a, std::size_t number, std::size_t) {
  return {number % a.rank()};
}
/// axis, begin, end
Choices range(const Shape& a, std::size_t number, std::size_t) {
  const std::size_t at = number % a.rank(), begin = number / 4 % a[at];
  return {at, begin, begin + 1 + number / 16 % (a[at] - begin)};
}
/// axis, zeros before, zeros after
Choices sides(const Shape& a, std::size_t number, std::size_t) {
  return {number % a.rank(), number / 4 % 3, number / 16 % 2};
}
/// The extents of another shape of the same size.
Choices extents(const Shape& a, std::size_t number, std::size_t) {
  const std::size_t first = a.rank() == 0 ? 1 : a[0];
  if (number % 3 == 0) return {a.size()};
  if (number % 3 == 1) return {first, a.size() / first};
  return {a.size() / first, 1, first};
}
/// The axes turned round by `number`.
Choices order(const Shape& a, std::size_t number, std::size_t) {
  Choices result(a.rank());
  for (std::size_t i = 0; i < a.rank(); ++i) result[i] = (i + number) % a.rank();
  return result;
}
/// Whether each sample has rows of its own, then two row numbers, for each sample or for all.
Choices rows(const Shape& a, std::size_t number, std::size_t samples) {
  Choices result{number % 2};
  for (std::size_t i = 0; i < (number % 2 == 1 ? 2 * samples : 2); ++i)
    result.push_back((number + 3 * i * i) % a[0]);
  return result;
}
/// A label for each row of logits.
Choices labels(const Shape& a, std::size_t number, std::size_t) {
  Choices result(a.size() / a.back());
  for (std::size_t i = 0; i < result.size(); ++i) result[i] = (number + i * i) % a.back();
  return result;
}

Indices as_indices(const Shape& shape, const Choices& choices, std::size_t from = 0) {
  Indices result(shape);
  std::transform(choices.begin() + static_cast<std::ptrdiff_t>(from), choices.end(), result.data(),
                 [](std::size_t i) { return static_cast<std::int64_t>(i); });
  return result;
}

/// The specification of a matrix product whose result is transposed.
template <class T>
std::string product_of(const Var<T>& a, const Var<T>& b) {
  const std::size_t axes = std::max(a.shape().rank(), b.shape().rank()) - 2;
  const std::string leading = std::string("uvwx").substr(0, axes);
  return (a.shape().rank() > 2 ? leading : "") + "ij," + (b.shape().rank() > 2 ? leading : "") + "jk->" +
         leading + "ki";
}

/// The specification of the inner products of two tensors' rows.
template <class T>
std::string rows_of(const Var<T>& a) {
  const std::string leading = std::string("uvwx").substr(0, a.shape().rank() - 1);
  return leading + "j," + leading + "j->" + leading;
}

/// 1, 0, 0, 1, 0, 0, ...
template <class T>
Tensor<T> every_third(const Shape& shape) {
  Tensor<T> mask(shape);
  for (std::size_t i = 0; i < mask.size(); ++i) mask.data()[i] = i % 3 == 0 ? T(1) : T(0);
  return mask;
}

template <class T>
Var<T> pick_rows(const Var<T>& table, const Step& step, std::size_t samples) {
  const bool own = step.choices[0] == 1;
  const Indices ids = as_indices(own ? Shape{samples, 2} : Shape{2}, step.choices, 1);
  return own ? gather(table, batched(ids)) : gather(table, ids);
}

}  // namespace

#define RUN(expression)                                                                    \
  [](const Var<T>& a, [[maybe_unused]] const Var<T>& b, [[maybe_unused]] const Step& step, \
     [[maybe_unused]] std::size_t samples) -> Var<T> { return expression; }
#define CHOICE(i) step.choices[i]
#define AXIS static_cast<int>(step.choices[0])

template <class T>
const std::vector<Op<T>>& ops() {
  static const std::vector<Op<T>> table{
      {"scale", any<T>, nothing, RUN(step.factor * a)},
      {"add", broadcasts<T>, nothing, RUN(a + b), 2},
      {"sub", broadcasts<T>, nothing, RUN(a - b), 2},
      {"mul", broadcasts<T>, nothing, RUN(a * b), 2},
      {"div", broadcasts<T>, nothing, RUN(a / (square(b) + 1.0)), 2},
      {"where", broadcasts<T>, nothing, RUN(where(every_third<T>((a + b).shape()), a, b)), 2},
      {"square", any<T>, nothing, RUN(0.5 * square(a))},
      {"exp", any<T>, nothing, RUN(exp(-a))},
      {"log", any<T>, nothing, RUN(log(square(a) + 1.0))},
      {"sqrt", any<T>, nothing, RUN(sqrt(square(a) + 1.0))},
      {"pow", any<T>, nothing, RUN(pow(square(a) + 1.0, -0.7))},
      {"tanh", any<T>, nothing, RUN(tanh(a))},
      {"gelu", any<T>, nothing, RUN(gelu(a))},
      {"normal_cdf", any<T>, nothing, RUN(normal_cdf(a))},
      {"relu", away_from_kink<T>, nothing, RUN(relu(a))},
      {"sigmoid", any<T>, nothing, RUN(sigmoid(a))},
      {"silu", any<T>, nothing, RUN(silu(a))},
      {"sin", any<T>, nothing, RUN(sin(a))},
      {"cos", any<T>, nothing, RUN(cos(a))},
      {"abs", away_from_kink<T>, nothing, RUN(abs(a))},
      {"maximum", differ<T>, nothing, RUN(maximum(a, b)), 2},
      {"minimum", differ<T>, nothing, RUN(minimum(a, b)), 2},
      {"clamp", away_from_bounds<T>, nothing, RUN(clamp(a, -1, 0.5))},
      {"pow_tensor", broadcasts<T>, nothing, RUN(pow(square(a) + 1.0, tanh(b))), 2},
      {"min", has_losers<T>, nothing, RUN(min(a, -1))},
      {"amax", has_winners<T>, nothing, RUN(amax(a, -1))},
      {"amin", has_losers<T>, nothing, RUN(amin(a, -1))},
      {"cumsum", rank_at_least<1, T>, axis, RUN(cumsum(a, AXIS))},
      {"variance", rank_at_least<1, T>, axis, RUN(variance(a, AXIS, true, 0))},
      {"stddev", has_spread<true, T>, nothing, RUN(stddev(a, -1, false, 0))},
      {"stack", same_shape<T>, axis, RUN(stack<T>({a, b}, AXIS)), 2},
      {"split", rank_at_least<1, T>, range,
       RUN(split(a, {CHOICE(1), a.shape()[CHOICE(0)] - CHOICE(1)}, AXIS)[1])},
      {"outer", rank_is_one<T>, nothing, RUN(outer(a, b)), 2},
      {"einsum", multiplies<1, 2, T>, nothing, RUN(einsum(product_of(a, b), a, b)), 2},
      {"einsum_rows", same_shape<T>, nothing, RUN(einsum(rows_of(a), a, b)), 2},
      {"softmax", rank_at_least<1, T>, nothing, RUN(softmax(a))},
      {"log_softmax", rank_at_least<1, T>, nothing, RUN(log_softmax(a))},
      {"logsumexp", rank_at_least<1, T>, nothing, RUN(logsumexp(a))},
      {"rms_norm", has_spread<false, T>, nothing, RUN(rms_norm(a, 1e-5))},
      {"layer_norm", has_spread<true, T>, nothing, RUN(layer_norm(a, 1e-5))},
      {"max", has_winners<T>, nothing, RUN(max(a, -1))},
      {"sum", rank_at_least<1, T>, axis, RUN(sum(a, AXIS))},
      {"mean_keep", rank_at_least<1, T>, axis, RUN(mean(a, AXIS, true))},
      {"total", any<T>, nothing, RUN(mean(a))},
      {"reshape", any<T>, extents, RUN(reshape(a, Shape(std::span<const std::size_t>(step.choices))))},
      {"transpose", rank_at_least<2, T>, nothing, RUN(transpose(a))},
      {"permute", rank_at_least<3, T>, order,
       RUN(permute(a, a.shape().rank() == 3
                          ? Axes{AXIS, static_cast<int>(CHOICE(1)), static_cast<int>(CHOICE(2))}
                          : Axes{AXIS, static_cast<int>(CHOICE(1)), static_cast<int>(CHOICE(2)),
                                 static_cast<int>(CHOICE(3))}))},
      {"slice", rank_at_least<1, T>, range, RUN(slice(a, AXIS, CHOICE(1), CHOICE(2)))},
      {"pad", rank_at_least<1, T>, sides, RUN(pad(a, AXIS, CHOICE(1), CHOICE(2)))},
      {"concat", same_shape<T>, axis, RUN(concat<T>({a, b}, AXIS)), 2},
      {"gather", is_table<T>, rows, RUN(pick_rows(a, step, samples))},
      {"scatter_rows", is_table<T>, labels,
       RUN(scatter_rows(a, as_indices({a.shape()[0]}, step.choices), a.shape()[1]))},
      {"matmul", multiplies<1, 2, T>, nothing, RUN(matmul(a, b)), 2},
      {"matmul_nt", multiplies<1, 1, T>, nothing, RUN(matmul_nt(a, b)), 2},
      {"matmul_tn", multiplies<2, 2, T>, nothing, RUN(matmul_tn(a, b)), 2},
      {"linear", multiplies_matrix<T>, nothing, RUN(linear(a, b, mean(b, 1))), 2},
      {"attention", attends<T>, nothing, RUN(attention(a, tanh(a), 0.5 * a, 2, true))},
      {"self_attention", attends<T>, nothing,
       RUN(self_attention(concat<T>({a, tanh(a), 0.5 * a}, 2), 1, false))},
      {"rotary", attends<T>, nothing, RUN(rotary(a, 1, 100))},
      {"squared_error", same_shape<T>, nothing, RUN(squared_error(a, b)), 2},
      {"cross_entropy", rank_at_least<2, T>, labels,
       RUN(cross_entropy(
           a, as_indices(Shape(std::span(a.shape().begin(), a.shape().rank() - 1)), step.choices)))},
  };
  return table;
}

#undef RUN
#undef CHOICE
#undef AXIS

template const std::vector<Op<float>>& ops();
template const std::vector<Op<double>>& ops();

}  // namespace premelt::testing
