#include "rdm/scoring/weight_path.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "engine/tensor/error.hpp"
#include "engine/tensor/random.hpp"

using namespace premelt;

TEST_CASE("the first passage of a norm that grows at a steady rate is a date", "[unit]") {
  std::vector<std::int64_t> steps;
  std::vector<double> norms;
  for (std::int64_t t = 100; t < 200; t += 10) {
    steps.push_back(t);
    norms.push_back(std::exp(0.005 * static_cast<double>(t)));
  }
  std::vector<double> logs = log_squares(norms);  // 0.01 t
  CHECK(logs[3] == Approx(1.3).epsilon(1e-12));
  CHECK(first_passage(steps, logs, 2.5) == Approx(190 - 250).epsilon(1e-9));
  CHECK(first_passage(steps, logs, 1.95) == Approx(190 - 195).epsilon(1e-9));
  CHECK(std::isnan(first_passage(steps, logs, 1.85)));  // passed
  CHECK(std::isnan(first_passage(steps, std::vector<double>(10, 2.0), 2.5)));
  for (double& log : logs) log = -log;
  CHECK(first_passage(steps, logs, -2.5) == Approx(190 - 250).epsilon(1e-9));
  CHECK(std::isnan(first_passage(steps, logs, 2.5)));
  CHECK_THROWS_AS(first_passage(steps, std::vector<double>(3, 1.0), 1), ShapeError);
}

TEST_CASE("a path of weights is read window by window, in whatever step it is counted from", "[unit]") {
  WeightPath path{.first = -20, .every = 10, .end = 47, .log_squares = {0, 1, 2, 3, 2, 1, 1}};
  const Watched watched = first_passages(path, 3, 4);
  CHECK(watched.times == std::vector<std::int64_t>{0, 10, 20, 30, 40});
  CHECK(watched.end == 47);
  REQUIRE(watched.values.size() == 5);
  CHECK(watched.values[0] == Approx(-20));  // 0.1 a step, 2 to go
  CHECK(watched.values[1] == Approx(-10));
  for (std::size_t t : {2u, 3u, 4u}) CHECK(std::isnan(watched.values[t]));  // flat, then falling
  path.first = 100000;
  CHECK(first_passages(path, 3, 4).values[1] == watched.values[1]);
  path.log_squares.resize(2);
  CHECK(first_passages(path, 3, 4).values.empty());
}

TEST_CASE("the spectral edge is the largest gap between neighbouring singular values", "[unit]") {
  Tensor<double> gram(Shape{4, 4}, 0.0);
  for (std::size_t k = 0; k < 4; ++k) gram(k, k) = std::pow(std::vector<double>{6, 1.5, 5, 1}[k], 2);
  CHECK(spectral_edge(gram) == Approx(5 / 1.5).epsilon(1e-12));
  gram(1, 1) = gram(3, 3) = 0;
  CHECK(spectral_edge(gram) == Approx(6.0 / 5).epsilon(1e-12));
  gram(2, 2) = 0;
  CHECK(std::isnan(spectral_edge(gram)));
  CHECK(std::isnan(spectral_edge(Tensor<double>(Shape{3, 3}, 0.0))));
}

TEST_CASE("the Gram of a window's updates is that of the updates themselves", "[property]") {
  constexpr std::size_t recordings = 9, p = 6, window = 4;
  Rng rng(2, "path");
  const Tensor<double> path = normal_tensor<double>(Shape{recordings, p}, rng);
  UpdateProducts products(window);
  for (std::size_t t = 0; t < recordings; ++t) products.add(path.row(t));
  const Tensor<double> rows = products.rows();
  REQUIRE(rows.shape() == Shape{recordings, window});
  const auto product = [&](std::size_t s, std::size_t t) {
    double sum = 0;
    for (std::size_t a = 0; a < p; ++a) sum += (path(s, a) - path(s - 1, a)) * (path(t, a) - path(t - 1, a));
    return sum;
  };
  for (std::size_t width : {2u, 3u, 4u}) {
    const Tensor<double> gram = update_gram(rows, 7, width);
    for (std::size_t a = 0; a < width; ++a) {
      for (std::size_t b = 0; b < width; ++b)
        CHECK(std::abs(gram(a, b) - product(8 - width + a, 8 - width + b)) <= 1e-12);
    }
  }
  CHECK(update_gram(rows, 3, 4)(0, 0) == 0);  // the first recording has no update
  CHECK_THROWS_AS(update_gram(rows, 8, 5), ShapeError);
  CHECK_THROWS_AS(update_gram(rows, 2, 4), ShapeError);
  CHECK_THROWS_AS(update_gram(rows, 9, 2), ShapeError);
}
