#include <catch2/catch.hpp>
#include <numeric>
#include <string>
#include <vector>

#include "engine/tensor/error.hpp"
#include "rdm/window/blocks.hpp"
#include "rdm/window/spectrum.hpp"
#include "tests/rdm/window/series.hpp"

using namespace premelt;
using namespace premelt::testing;
using Catch::Matchers::Contains;

namespace {

const std::vector<std::string> names{"held out", "seen", "seen", "other", "held out", "seen", "other"};

double sum(const std::vector<double>& values) {
  return std::reduce(values.begin(), values.end());
}

}  // namespace

TEST_CASE("blocks are numbered in order of appearance and know their members", "[unit]") {
  const Blocks blocks(names);
  CHECK(blocks.size() == 3);
  CHECK(blocks.probes() == 7);
  CHECK(blocks.names() == std::vector<std::string>{"held out", "seen", "other"});
  CHECK(blocks.block_of_probe() == std::vector<std::size_t>{0, 1, 1, 2, 0, 1, 2});
  CHECK(blocks.members(1) == std::vector<std::size_t>{1, 2, 5});
  CHECK(blocks.members("other") == std::vector<std::size_t>{3, 6});
  CHECK_THROWS_AS(blocks.members("sen"), UsageError);
  CHECK_THROWS_WITH(blocks.members("sen"), Contains("held out, seen, other"));
}

TEST_CASE("shares and couplings agree with the blocks of the full covariance", "[property]") {
  const Blocks blocks(names);
  for (std::size_t length : {4u, 20u}) {
    const LossWindow window = window_over(random_walk(30, 7, length), length);
    for (Detrend detrend : all_detrends) {
      const Tensor<double> c = covariance(window, detrend);
      const Moments m = moments(window, detrend);
      Tensor<double> coupling(Shape{3, 3}, 0.0);
      std::vector<double> energy(3, 0.0);
      for (std::size_t i = 0; i < 7; ++i) {
        energy[blocks.block_of_probe()[i]] += c(i, i) / m.trace;
        for (std::size_t j = 0; j < 7; ++j) {
          coupling(blocks.block_of_probe()[i], blocks.block_of_probe()[j]) +=
              c(i, j) * c(i, j) / (m.frobenius * m.frobenius);
        }
      }
      const std::vector<double> shares = energy_shares(window, blocks, detrend);
      const Tensor<double> couplings = block_couplings(window, blocks, detrend);
      REQUIRE(couplings.shape() == Shape{3, 3});
      for (std::size_t a = 0; a < 3; ++a) {
        CHECK(close(shares[a], energy[a], 1e-10));
        CHECK(close(energy_shares(c, blocks)[a], energy[a], 1e-10));
        for (std::size_t b = 0; b < 3; ++b) {
          CHECK(close(couplings(a, b), coupling(a, b), 1e-10));
          CHECK(close(block_couplings(c, blocks)(a, b), coupling(a, b), 1e-10));
        }
      }
      CHECK(close(sum(shares), 1, 1e-12));
      CHECK(close(std::reduce(couplings.flat().begin(), couplings.flat().end()), 1, 1e-12));
    }
  }
}

TEST_CASE("the top mode's mass lies on the block that moves", "[unit]") {
  const Blocks blocks(names);
  Tensor<double> losses = noise(40, 7, 1, 1e-4);
  for (std::size_t t = 0; t < 40; ++t) {
    for (std::size_t i : blocks.members("seen")) losses(t, i) -= 0.1 * static_cast<double>(t);
  }
  const LossWindow window = window_over(losses, 10);
  const std::vector<double> shares = mode_shares(spectrum(window, 1).modes.row(0), blocks);
  CHECK(shares[1] > 0.999);
  CHECK(close(sum(shares), 1, 1e-12));
  CHECK(energy_shares(window, blocks)[1] > 0.999);
  CHECK(block_couplings(window, blocks)(1, 1) > 0.999);
}

TEST_CASE("blocks of nothing are undefined, of other probes an error", "[unit]") {
  const Blocks blocks(names);
  const LossWindow still = window_over(Tensor<double>(Shape{5, 7}, 1.0), 5);
  for (std::size_t b = 0; b < 3; ++b) {
    CHECK(std::isnan(energy_shares(still, blocks)[b]));
    CHECK(std::isnan(mode_shares(spectrum(still, 1).modes.row(0), blocks)[b]));
    CHECK(std::isnan(block_couplings(still, blocks)(b, b)));
  }
  const LossWindow other = window_over(noise(5, 3, 2), 5);
  CHECK_THROWS_AS(energy_shares(other, blocks), ShapeError);
  CHECK_THROWS_AS(block_couplings(other, blocks), ShapeError);
  CHECK_THROWS_AS(energy_shares(Tensor<double>(Shape{3, 3}, 1.0), blocks), ShapeError);
  CHECK_THROWS_AS(block_couplings(Tensor<double>(Shape{7, 3}, 1.0), blocks), ShapeError);
  CHECK_THROWS_WITH(mode_shares(std::vector<double>{1, 0}, blocks),
                    Contains("7 probes") && Contains("have 2"));
}
