/// Per-sample gradients against the naive loop, for every op that takes a parameter.

#include <functional>

#include "engine/gradient/per_sample.hpp"
#include "engine/tensor/error.hpp"
#include "tests/engine/gradient/gradients.hpp"

using namespace premelt;
using namespace premelt::testing;
using V = Var<double>;
using Vs = std::vector<V>;

namespace {

/// Losses (n) of samples `begin`..`end` of the data, given the parameters.
using Losses = std::function<V(const Vs& parameters, std::size_t begin, std::size_t end)>;

/// G, row by row: one forward and one backward pass a sample.
Tensor<double> naive_jacobian(const Losses& losses, const std::vector<Tensor<double>>& at, std::size_t n) {
  std::size_t columns = 0;
  for (const Tensor<double>& tensor : at) columns += tensor.size();
  Tensor<double> result(Shape{n, columns});
  for (std::size_t i = 0; i < n; ++i) {
    Tape<double> tape;
    Vs parameters;
    for (const Tensor<double>& tensor : at) parameters.push_back(tape.variable(tensor));
    double* to = result.row(i).data();
    for (const V& g : gradient(sum(losses(parameters, i, i + 1)), parameters)) {
      to = std::copy(g.value().flat().begin(), g.value().flat().end(), to);
    }
  }
  return result;
}

void check_per_sample(const Losses& losses, const std::vector<Tensor<double>>& at, std::size_t n) {
  Tape<double> tape;
  Vs parameters;
  for (const Tensor<double>& tensor : at) parameters.push_back(tape.variable(tensor));
  const V all = losses(parameters, 0, n);
  const Tensor<double> g = per_sample_jacobian(all, parameters), naive = naive_jacobian(losses, at, n);
  CHECK(relative_error(g, naive) <= 1e-10);
  CHECK(relative_error(per_sample_gram(all, parameters), matmul_nt(V(naive), naive).value()) <= 1e-10);

  // Their mean is the batch gradient.
  std::size_t column = 0;
  const Tensor<double> average = mean(V(g), 0).value();
  for (const V& batch : gradient(mean(all), parameters)) {
    const Tensor<double> part = average.subspan(column, batch.shape());
    CHECK(relative_error(part, batch.value()) <= 1e-10);
    column += part.size();
  }
}

V rows(const Tensor<double>& x, std::size_t begin, std::size_t end) {
  return batched(slice(V(x), 0, begin, end).value());
}

Indices index_rows(const Indices& x, std::size_t begin, std::size_t end) {
  Shape shape = x.shape();
  const std::size_t width = x.size() / shape[0];
  shape[0] = end - begin;
  return x.subspan(begin * width, shape);
}

}  // namespace

TEST_CASE("per-sample gradients of a multilayer perceptron equal the loop", "[property]") {
  const Tensor<double> x = random({7, 5}), t = random({7, 3}, 2);
  const Losses losses = [&](const Vs& p, std::size_t begin, std::size_t end) {
    const V hidden = tanh(linear(rows(x, begin, end), p[0], p[1]));
    return squared_error(matmul_nt(hidden, p[2]) * p[3] / p[4], rows(t, begin, end).value());
  };
  check_per_sample(losses,
                   {random({4, 5}), random({4}, 2), random({3, 4}, 3), random({}, 4), uniform({3}, 1, 2)}, 7);
}

TEST_CASE("per-sample gradients of a reused matrix equal the loop", "[property]") {
  const Tensor<double> x = random({6, 4});
  const Losses losses = [&](const Vs& p, std::size_t begin, std::size_t end) {
    const V once = tanh(matmul(rows(x, begin, end), p[0]));
    return sum(square(matmul_nt(once, p[0])), 1);
  };
  check_per_sample(losses, {random({4, 4})}, 6);
}

TEST_CASE("per-sample gradients of a transformer equal the loop", "[property]") {
  const std::size_t n = 5, positions = 6, vocabulary = 7, width = 8;
  Rng rng(3, "test");
  Indices tokens(Shape{n, positions}), next(Shape{n, positions});
  for (std::int64_t& token : tokens.flat()) token = static_cast<std::int64_t>(rng.below(vocabulary));
  for (std::int64_t& token : next.flat()) token = static_cast<std::int64_t>(rng.below(vocabulary));
  const Losses losses = [&](const Vs& p, std::size_t begin, std::size_t end) {
    V x = gather(p[0], batched(index_rows(tokens, begin, end))) +
          slice(p[1], 0, 0, positions);  // learned positions
    const V qkv = matmul(layer_norm(x, p[2], p[3]), p[4]);
    x = x + matmul(self_attention(qkv, 2),
                   p[5] + 0.5 * matmul(p[6], p[7]));  // a LoRA product on the output matrix
    x = x + matmul(gelu(matmul(rms_norm(x, p[8]), p[9]) + p[10]), p[11]);
    return mean(cross_entropy(matmul_nt(x, p[0]), index_rows(next, begin, end)), 1);  // tied unembedding
  };
  const std::vector<Shape> shapes{
      {vocabulary, width}, {9, width}, {width},     {width}, {width, 3 * width}, {width, width}, {width, 2},
      {2, width},          {width},    {width, 12}, {12},    {12, width}};
  std::vector<Tensor<double>> at;
  for (std::uint64_t i = 0; i < shapes.size(); ++i) at.push_back(random(shapes[i], i + 1));
  check_per_sample(losses, at, n);
}

TEST_CASE("the Gram matrix takes the factored path for long samples with few positions", "[property]") {
  const Tensor<double> x = random({300, 40}), t = random({300, 30}, 2);
  const Losses losses = [&](const Vs& p, std::size_t begin, std::size_t end) {
    return squared_error(matmul(rows(x, begin, end), p[0]), rows(t, begin, end).value());
  };
  check_per_sample(losses, {random({40, 30})}, 300);
}

TEST_CASE("per-sample gradients are right when the number of samples equals any other extent", "[property]") {
  // Extents: 4 positions, 5 tokens, width 6, 7 hidden, 3 outputs, 2 constant features; n takes all of them.
  const std::size_t positions = 4, vocabulary = 5, width = 6, hidden = 7, outputs = 3, features = 2;
  Indices places(Shape{positions});
  for (std::size_t t = 0; t < positions; ++t) places(t) = static_cast<std::int64_t>(t);
  const Tensor<double> c = random({outputs, features}, 20), d = random({width, features}, 21);
  const std::vector<Shape> shapes{{vocabulary, width}, {positions, width}, {width, 3 * width}, {width, width},
                                  {hidden, width},     {features, hidden}, {features, width},  {hidden}};
  for (const std::size_t n : std::vector<std::size_t>{1, 2, 3, 4, 5, 6, 7, 12, 18}) {
    Rng rng(n, "test");
    Indices tokens(Shape{n, positions});
    for (std::int64_t& token : tokens.flat()) token = static_cast<std::int64_t>(rng.below(vocabulary));
    const Tensor<double> targets = random({n, outputs}, 22);
    const Losses losses = [&](const Vs& p, std::size_t begin, std::size_t end) {
      // Token and position embeddings as nanoGPT adds them: the positions are one list for all samples.
      V x = gather(p[0], batched(index_rows(tokens, begin, end))) + gather(p[1], places);
      x = x + matmul(self_attention(matmul(rms_norm(x), p[2]), 2), p[3]);
      x = x + matmul(x, matmul(V(d), p[6]));
      const V h = tanh(linear(mean(x, 1), p[4], p[7]));
      const V w = matmul(V(c), p[5]);  // constant times parameter, (outputs,hidden)
      return squared_error(matmul_nt(h, w), rows(targets, begin, end));
    };
    std::vector<Tensor<double>> at;
    for (std::uint64_t i = 0; i < shapes.size(); ++i) at.push_back(random(shapes[i], i + 1));
    INFO("n = " << n);
    check_per_sample(losses, at, n);
  }
}

TEST_CASE("per-sample gradients refuse data that were not declared", "[unit]") {
  // n equals the number of features throughout, so that no shape gives the mistake away.
  Tape<double> tape;
  const V w = tape.variable(random({4, 4})), x = random({4, 4}), t = batched(random({4, 4}, 2));
  const auto refuses = [&](const V& losses, const char* why) {
    CHECK_THROWS_WITH(per_sample_gradients(losses, {w}), Catch::Contains(why));
    CHECK_THROWS_WITH(per_sample_gram(losses, {w}), Catch::Contains(why));
  };
  refuses(squared_error(matmul(x, w), V(t.value())), "the losses depend on no data: declare the data");
  refuses(sum(w, 1), "the losses depend on no data");
  refuses(squared_error(matmul(x, w), t), "declare the data it was computed from with batched(...)");
  refuses(sum(matmul(t, w) * matmul(x, w), 1), "declare the data it was computed from");
  CHECK_THROWS_WITH(batched(Tensor<double>::scalar(1)),
                    "[batched] data need an axis of samples, shape is ()");
}

TEST_CASE("per-sample gradients refuse ops that mix samples, even where the extents agree", "[unit]") {
  Tape<double> tape;
  const V w = tape.variable(random({4, 4})), x = batched(random({4, 4}));
  const V y = matmul(x, w), shared = random({4, 4}, 3);
  const auto names = [&](const V& losses, const std::string& op) {
    CHECK_THROWS_WITH(per_sample_gradients(losses, {w}),
                      Catch::Contains("op '" + op + "' mixes the samples"));
    CHECK_THROWS_WITH(per_sample_gram(losses, {w}), Catch::Contains("op '" + op + "' mixes the samples"));
  };
  names(sum(y, 0), "sum");
  names(sum(y - mean(y, 0), 1), "sum");
  names(sum_to(y, {4}), "sum_to");
  names(max(y, 0), "max");
  names(sum(transpose(y), 1), "permute");
  names(sum(matmul(shared, y), 1), "matmul");
  names(sum(matmul_nt(shared, y), 1), "matmul_nt");
  names(sum(matmul_tn(y, shared), 1), "matmul_tn");
  names(sum(linear(shared, y, V(random({4}))), 1), "linear");
  names(sum(linear(shared, w, sum(y, 1)), 1), "linear");
  names(softmax(sum(y, 1)), "softmax");
  names(log_softmax(sum(y, 1)), "log_softmax");
  names(rms_norm(sum(y, 1)), "rms_norm");
  names(layer_norm(sum(y, 1)), "layer_norm");
  names(sum(shared + sum(y, 1), 1), "add");
  names(sum(reshape(sum(y, 1), {2, 2}), 1), "reshape");
  names(sum(gather(y, Indices(Shape{4}, {0, 1, 2, 3})), 1), "gather");
  names(sum(scatter_rows(y, Indices(Shape{4}, {3, 2, 1, 0}), 4), 1), "scatter_rows");
  names(sum(concat<double>({slice(y, 0, 2, 4), slice(y, 0, 0, 2)}, 0), 1), "slice");
  names(sum(matmul(y, y), 1), "matmul");
}

TEST_CASE("statistics of constant data may cross samples, for nothing flows back through them",
          "[property]") {
  const Tensor<double> x = random({4, 4}), t = random({4, 4}, 2);
  const Tensor<double> average = mean(batched(x), 0).value();
  const Losses losses = [&](const Vs& p, std::size_t begin, std::size_t end) {
    const V data = end - begin == 4 ? batched(x) - mean(batched(x), 0) : rows(x, begin, end) - V(average);
    return squared_error(matmul(data, p[0]), rows(t, begin, end));
  };
  check_per_sample(losses, {random({4, 4}, 3)}, 4);
}

TEST_CASE("per-sample gradients refuse what they cannot do", "[unit]") {
  Tape<double> tape;
  const V w = tape.variable(random({4, 4})), x = batched(random({3, 4}));
  const V y = matmul(x, w), leaf = tape.variable(random({3, 4}), "", Samples::batched);
  CHECK_THROWS_WITH(per_sample_gradients(y, {w}), "[per_sample] losses must be (n), one a sample, got (3,4)");
  CHECK_THROWS_WITH(per_sample_gradients(sum(y, 1), {y}), "[per_sample] a parameter is not a leaf");
  CHECK_THROWS_WITH(per_sample_gradients(sum(leaf, 1), {leaf}),
                    "[per_sample] a parameter is declared as data");
  const V fewer = concat<double>({sum(matmul(batched(random({2, 4})), w), 1)}, 0);
  CHECK_THROWS_WITH(per_sample_gradients(fewer * sum(y, 1), {w}), Catch::Contains("shapes do not broadcast"));
}
