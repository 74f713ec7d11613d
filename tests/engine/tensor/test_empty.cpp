/// Every op on tensors without elements, forwards and backwards, against its definition: a sum over nothing
/// is 0, a mean NaN and a logsumexp -∞ as in PyTorch, a maximum an error.

#include <functional>
#include <limits>
#include <string>

#include "engine/gradient/per_sample.hpp"
#include "engine/tensor/error.hpp"
#include "tests/engine/gradient/gradients.hpp"

using namespace premelt;
using namespace premelt::testing;
using V = Var<double>;
using Vs = std::vector<V>;

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

/// One op on inputs some of which are empty, and what must come out.
struct Case {
  std::string name;
  std::function<V(const Vs&)> f;
  std::vector<Shape> inputs;
  Tensor<double> expected;
};

Tensor<double> filled(const Shape& shape, double value) {
  return Tensor<double>(shape, value);
}

Tensor<double> empty(const Shape& shape) {
  return filled(shape, 0);
}

Indices indices(const Shape& shape) {
  return Indices(shape, std::int64_t{0});
}

std::vector<Case> cases() {
  std::vector<Case> all;
  const auto add_case = [&](std::string name, std::vector<Shape> inputs, Tensor<double> expected,
                            std::function<V(const Vs&)> f) {
    all.push_back({std::move(name), std::move(f), std::move(inputs), std::move(expected)});
  };
  const std::vector<std::pair<const char*, std::function<V(const V&)>>> unary{
      {"scale", [](const V& x) { return 2.0 * x; }},
      {"shift", [](const V& x) { return x + 1.0; }},
      {"square", [](const V& x) { return square(x); }},
      {"exp", [](const V& x) { return exp(x); }},
      {"log", [](const V& x) { return log(x); }},
      {"sqrt", [](const V& x) { return sqrt(x); }},
      {"tanh", [](const V& x) { return tanh(x); }},
      {"sigmoid", [](const V& x) { return sigmoid(x); }},
      {"silu", [](const V& x) { return silu(x); }},
      {"sin", [](const V& x) { return sin(x); }},
      {"cos", [](const V& x) { return cos(x); }},
      {"abs", [](const V& x) { return abs(x); }},
      {"clamp", [](const V& x) { return clamp(x, -1, 1); }},
      {"relu", [](const V& x) { return relu(x); }},
      {"pow", [](const V& x) { return pow(x, 3); }},
      {"normal_cdf", [](const V& x) { return normal_cdf(x); }},
      {"gelu", [](const V& x) { return gelu(x); }},
      {"softmax", [](const V& x) { return softmax(x); }},
      {"log_softmax", [](const V& x) { return log_softmax(x); }},
      {"rms_norm", [](const V& x) { return rms_norm(x); }},
      {"layer_norm", [](const V& x) { return layer_norm(x); }},
      {"dropout",
       [](const V& x) {
         Rng rng(1, "test");
         return dropout(x, 0.5, rng);
       }},
      {"reshape", [](const V& x) { return reshape(x, x.shape()); }},
      {"where", [](const V& x) { return where(filled(x.shape(), 1), x, 2.0 * x); }},
  };
  for (const auto& [name, f] : unary) {
    for (const Shape& shape : {Shape{0}, Shape{0, 3}, Shape{2, 0}, Shape{2, 0, 3}}) {
      add_case(name, {shape}, empty(shape), [f = f](const Vs& x) { return f(x[0]); });
    }
  }
  for (const auto& [a, b, out] : {std::tuple{Shape{2, 0}, Shape{2, 0}, Shape{2, 0}},
                                  {Shape{0, 3}, Shape{3}, Shape{0, 3}},
                                  {Shape{2, 1}, Shape{2, 0}, Shape{2, 0}},
                                  {Shape{}, Shape{0}, Shape{0}}}) {
    add_case("add", {a, b}, empty(out), [](const Vs& x) { return x[0] + x[1]; });
    add_case("sub", {a, b}, empty(out), [](const Vs& x) { return x[0] - x[1]; });
    add_case("mul", {a, b}, empty(out), [](const Vs& x) { return x[0] * x[1]; });
    add_case("div", {a, b}, empty(out), [](const Vs& x) { return x[0] / x[1]; });
    add_case("maximum", {a, b}, empty(out), [](const Vs& x) { return maximum(x[0], x[1]); });
    add_case("pow", {a, b}, empty(out), [](const Vs& x) { return pow(x[0], x[1]); });
    add_case("minimum", {a, b}, empty(out), [](const Vs& x) { return minimum(x[0], x[1]); });
  }

  add_case("sum", {{2, 0}}, filled({}, 0), [](const Vs& x) { return sum(x[0]); });
  add_case("sum", {{2, 0}}, filled({2}, 0), [](const Vs& x) { return sum(x[0], 1); });
  add_case("sum", {{2, 0}}, empty({0}), [](const Vs& x) { return sum(x[0], 0); });
  add_case("sum", {{0, 3}}, filled({1, 3}, 0), [](const Vs& x) { return sum(x[0], 0, true); });
  add_case("mean", {{2, 0}}, filled({}, nan), [](const Vs& x) { return mean(x[0]); });
  add_case("mean", {{2, 0}}, filled({2}, nan), [](const Vs& x) { return mean(x[0], 1); });
  add_case("mean", {{2, 0}}, empty({0}), [](const Vs& x) { return mean(x[0], 0); });
  add_case("expand", {{2, 1}}, empty({2, 0}), [](const Vs& x) { return expand(x[0], {2, 0}); });
  add_case("sum_to", {{2, 0}}, filled({2, 1}, 0), [](const Vs& x) { return sum_to(x[0], {2, 1}); });
  add_case("sum_to", {{0, 3}}, filled({3}, 0), [](const Vs& x) { return sum_to(x[0], {3}); });
  add_case("logsumexp", {{2, 0}}, filled({2}, -infinity), [](const Vs& x) { return logsumexp(x[0]); });
  add_case("logsumexp", {{0}}, filled({}, -infinity), [](const Vs& x) { return logsumexp(x[0]); });
  add_case("logsumexp", {{0, 3}}, empty({0}), [](const Vs& x) { return logsumexp(x[0]); });
  add_case("max", {{0, 3}}, empty({0}), [](const Vs& x) { return max(x[0], 1); });
  add_case("max", {{2, 0}}, empty({1, 0}), [](const Vs& x) { return max(x[0], 0, true); });

  add_case("min", {{0, 3}}, empty({0}), [](const Vs& x) { return min(x[0], 1); });
  add_case("amax", {{0, 3}}, empty({0}), [](const Vs& x) { return amax(x[0], 1); });
  add_case("amin", {{2, 0}}, empty({1, 0}), [](const Vs& x) { return amin(x[0], 0, true); });
  add_case("cumsum", {{2, 0}}, empty({2, 0}), [](const Vs& x) { return cumsum(x[0], 1); });
  add_case("cumsum", {{0, 3}}, empty({0, 3}), [](const Vs& x) { return cumsum(x[0], 1); });
  add_case("variance", {{2, 0}}, filled({2}, nan), [](const Vs& x) { return variance(x[0], 1); });
  add_case("variance", {{2, 0}}, empty({0}), [](const Vs& x) { return variance(x[0], 0); });
  add_case("stddev", {{0, 3}}, filled({3}, nan), [](const Vs& x) { return stddev(x[0], 0); });

  add_case("reshape", {{2, 0}}, empty({0, 5}), [](const Vs& x) { return reshape(x[0], {0, 5}); });
  add_case("permute", {{2, 0, 3}}, empty({3, 2, 0}), [](const Vs& x) { return permute(x[0], {2, 0, 1}); });
  add_case("transpose", {{0, 3}}, empty({3, 0}), [](const Vs& x) { return transpose(x[0]); });
  add_case("slice", {{2, 3}}, empty({2, 0}), [](const Vs& x) { return slice(x[0], 1, 1, 1); });
  add_case("slice", {{0, 3}}, empty({0, 2}), [](const Vs& x) { return slice(x[0], 1, 0, 2); });
  add_case("pad", {{2, 0}}, filled({2, 3}, 0), [](const Vs& x) { return pad(x[0], 1, 1, 2); });
  add_case("concat", {{2, 0}, {2, 0}}, empty({2, 0}), [](const Vs& x) { return concat(x, 1); });
  add_case("concat", {{0, 3}, {0, 3}}, empty({0, 3}), [](const Vs& x) { return concat(x, 0); });
  add_case("stack", {{2, 0}, {2, 0}}, empty({2, 2, 0}), [](const Vs& x) { return stack(x, 1); });
  add_case("split", {{2, 0}}, empty({2, 0}), [](const Vs& x) { return split(x[0], {0, 0}, 1)[1]; });
  add_case("split", {{0, 3}}, empty({0, 2}), [](const Vs& x) { return split(x[0], {1, 2}, 1)[1]; });
  add_case("gather", {{3, 0}}, empty({2, 0}), [](const Vs& x) { return gather(x[0], indices({2})); });
  add_case("gather", {{3, 2}}, empty({0, 2}), [](const Vs& x) { return gather(x[0], indices({0})); });
  add_case("gather", {{0, 2}}, empty({0, 2}), [](const Vs& x) { return gather(x[0], indices({0})); });
  add_case("scatter_rows", {{0, 2}}, filled({3, 2}, 0),
           [](const Vs& x) { return scatter_rows(x[0], indices({0}), 3); });
  add_case("scatter_rows", {{2, 0}}, empty({3, 0}),
           [](const Vs& x) { return scatter_rows(x[0], indices({2}), 3); });

  const auto plain = [](const Vs& x) { return matmul(x[0], x[1]); };
  add_case("matmul", {{2, 0}, {0, 3}}, filled({2, 3}, 0), plain);
  add_case("matmul", {{0, 2}, {2, 3}}, empty({0, 3}), plain);
  add_case("matmul", {{2, 3}, {3, 0}}, empty({2, 0}), plain);
  add_case("matmul", {{0, 2, 3}, {3, 4}}, empty({0, 2, 4}), plain);
  add_case("matmul", {{0, 2, 3}, {0, 3, 4}}, empty({0, 2, 4}), plain);
  add_case("matmul", {{2, 3, 0}, {2, 0, 4}}, filled({2, 3, 4}, 0), plain);
  add_case("matmul", {{2, 3, 0}, {0, 4}}, filled({2, 3, 4}, 0), plain);
  add_case("matmul_nt", {{2, 0}, {3, 0}}, filled({2, 3}, 0),
           [](const Vs& x) { return matmul_nt(x[0], x[1]); });
  add_case("matmul_nt", {{0, 2}, {3, 2}}, empty({0, 3}), [](const Vs& x) { return matmul_nt(x[0], x[1]); });
  add_case("matmul_tn", {{0, 2}, {0, 3}}, filled({2, 3}, 0),
           [](const Vs& x) { return matmul_tn(x[0], x[1]); });
  add_case("matmul_tn", {{2, 0}, {2, 3}}, empty({0, 3}), [](const Vs& x) { return matmul_tn(x[0], x[1]); });
  const auto affine = [](const Vs& x) { return linear(x[0], x[1], x[2]); };
  add_case("linear", {{0, 2}, {3, 2}, {3}}, empty({0, 3}), affine);
  add_case("linear", {{2, 4}, {0, 4}, {0}}, empty({2, 0}), affine);
  add_case("linear", {{2, 0, 4}, {3, 4}, {3}}, empty({2, 0, 3}), affine);
  add_case("linear without features", {{2, 0}, {3, 0}}, filled({2, 3}, 7),
           [](const Vs& x) { return linear(x[0], x[1], V(filled({3}, 7))); });

  add_case("outer", {{2}, {0}}, empty({2, 0}), [](const Vs& x) { return outer(x[0], x[1]); });
  add_case("einsum", {{2, 0}, {0, 3}}, filled({2, 3}, 0),
           [](const Vs& x) { return einsum("ij,jk->ik", x[0], x[1]); });
  add_case("einsum", {{0, 2, 3}, {0, 3, 4}}, empty({4, 0, 2}),
           [](const Vs& x) { return einsum("bij,bjk->kbi", x[0], x[1]); });
  add_case("einsum", {{0, 2}, {2}}, filled({2}, 0),
           [](const Vs& x) { return einsum("ij,j->j", x[0], x[1]); });

  add_case("rms_norm", {{0, 3}, {3}}, empty({0, 3}), [](const Vs& x) { return rms_norm(x[0], x[1]); });
  add_case("layer_norm", {{2, 0}, {0}, {0}}, empty({2, 0}),
           [](const Vs& x) { return layer_norm(x[0], x[1], x[2]); });
  add_case("squared_error", {{0, 3}, {0, 3}}, empty({0}),
           [](const Vs& x) { return squared_error(x[0], x[1]); });
  add_case("squared_error", {{2, 0}, {2, 0}}, filled({2}, 0),
           [](const Vs& x) { return squared_error(x[0], x[1]); });
  add_case("cross_entropy", {{0, 3}}, empty({0}),
           [](const Vs& x) { return cross_entropy(x[0], indices({0})); });
  add_case("cross_entropy", {{2, 0, 3}}, empty({2, 0}), [](const Vs& x) {
    return cross_entropy(x[0], indices({2, 0}));
  });

  for (const Shape& shape : {Shape{0, 4, 12}, Shape{2, 0, 12}, Shape{2, 3, 0}}) {
    const Shape third{shape[0], shape[1], shape[2] / 3};
    add_case("attention", {shape, shape, shape}, empty(shape),
             [](const Vs& x) { return attention(x[0], x[1], x[2], 2); });
    add_case("self_attention", {shape}, empty(third), [](const Vs& x) { return self_attention(x[0], 2); });
    add_case("rotary", {shape}, empty(shape), [](const Vs& x) { return rotary(x[0], 2); });
    add_case("split_heads, merge_heads", {shape}, empty(shape),
             [](const Vs& x) { return merge_heads(split_heads(x[0], 2)); });
  }
  add_case("attention_weights", {{2, 0, 12}, {2, 0, 12}}, empty({2, 2, 0, 0}),
           [](const Vs& x) { return attention_weights(x[0], x[1], 2); });
  add_case("causal_mask", {{2, 0, 0}}, empty({2, 0, 0}), [](const Vs& x) { return causal_mask(x[0]); });
  return all;
}

/// Fills freed buffers of small sizes with NaN, so that whoever reads memory that was never written shows it.
void leave_nan_behind() {
  std::vector<Tensor<double>> held;
  for (std::size_t size = 0; size < 40; ++size) {
    for (int copy = 0; copy < 20; ++copy) held.push_back(filled(Shape{size}, nan));
  }
}

bool same_numbers(const Tensor<double>& a, const Tensor<double>& b) {
  if (a.shape() != b.shape()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double x = a.data()[i], y = b.data()[i];
    if (!(x == y || (std::isnan(x) && std::isnan(y)))) return false;
  }
  return true;
}

}  // namespace

TEST_CASE("every op gives what its definition says on tensors without elements", "[property]") {
  for (const Case& c : cases()) {
    std::string shapes;
    for (const Shape& shape : c.inputs) shapes += " " + to_string(shape);
    INFO(c.name << shapes);
    Tape<double> tape;
    Vs x;
    for (const Shape& shape : c.inputs) x.push_back(tape.variable(random(shape)));
    leave_nan_behind();
    const V y = c.f(x);
    CHECK(same_numbers(y.value(), c.expected));
    if (c.expected.size() > 0 && !std::isfinite(c.expected.data()[0])) continue;  // no slope to speak of

    // Nothing of the result depends on an input: its elements are none, or take part in none.
    const V cotangent = random(y.shape(), 2);
    leave_nan_behind();
    for (bool create_graph : {false, true}) {
      const Vs g = gradient(y, x, {.cotangent = cotangent, .create_graph = create_graph});
      for (std::size_t i = 0; i < x.size(); ++i) CHECK(same_numbers(g[i].value(), empty(x[i].shape())));
    }
  }
}

TEST_CASE("the bias of a linear map without features has its gradient", "[unit]") {
  Tape<double> tape;
  const V bias = tape.variable(random({3})), x = empty({2, 4, 0}), w = tape.variable(empty({3, 0}));
  const V y = linear(x, w, bias);
  for (std::size_t i = 0; i < y.value().size(); ++i) CHECK(y.value().data()[i] == bias.value()(i % 3));
  const Vs g = gradient(sum(y), {bias, w});
  CHECK(same_numbers(g[0].value(), filled({3}, 8)));
  CHECK(g[1].shape() == Shape{3, 0});
}

TEST_CASE("what has no value on tensors without elements is an error that names the op", "[unit]") {
  CHECK_THROWS_WITH(max(V(empty({2, 0})), 1), "[max] of nothing: axis 1 of (2,0)");
  CHECK_THROWS_WITH(min(V(empty({2, 0})), 1), "[min] of nothing: axis 1 of (2,0)");
  CHECK_THROWS_WITH(amax(V(empty({2, 0})), {0, 1}), "[amax] of nothing: axis 1 of (1,0)");
  CHECK_THROWS_WITH(argmax(V(empty({2, 0})), 1), "[argmax] of nothing: axis 1 of (2,0)");
  CHECK_THROWS_WITH(stack<double>({}, 0), "[stack] nothing to stack");
  CHECK_THROWS_WITH(gather(V(empty({0, 2})), indices({1})),
                    "[gather] index 0 at position 0 is outside a table of 0 rows");
  CHECK_THROWS_WITH(cross_entropy(V(empty({2, 0})), indices({2})),
                    Catch::Contains("[cross_entropy] label 0"));
  CHECK_THROWS_WITH(concat<double>({}, 0), "[concat] nothing to join");
  CHECK_THROWS_WITH(V(empty({0})).item(), "[item] needs exactly one element, shape is (0)");
}

TEST_CASE("per-sample gradients pass through tensors without elements", "[unit]") {
  Tape<double> tape;
  const std::size_t n = 3;
  const V w = tape.variable(empty({2, 0})), b = tape.variable(random({2})),
          table = tape.variable(random({4, 2}));
  const V x = batched(empty({n, 0})), t = batched(empty({n, 0, 2}));
  const V losses = sum(square(linear(x, w, b)), 1) + sum(sum(matmul(t, V(random({2, 2}))), 2), 1) +
                   sum(sum(gather(table, batched(indices({n, 0}))), 2), 1);
  const auto rows = per_sample_gradients(losses, {w, b, table});
  CHECK(rows[0].shape() == Shape{n, 2, 0});
  CHECK(relative_error(rows[1], expand(2.0 * b, {n, 2}).value()) <= 1e-15);
  CHECK(same_numbers(rows[2], filled({n, 4, 2}, 0)));
  const double norm = 4 * sum(square(b)).item();
  CHECK(relative_error(per_sample_gram(losses, {w, b, table}), filled({n, n}, norm)) <= 1e-14);

  const V v = tape.variable(random({2, 5}));
  const V none = sum(sum(matmul(t, v), 2), 1);
  CHECK(same_numbers(per_sample_gram(none, {v}), filled({n, n}, 0)));
}
