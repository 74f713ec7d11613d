#include <catch2/catch.hpp>
#include <vector>

#include LESSON_HEADER
#include "engine/tensor/random.hpp"
#include "models/tasks/modular_task.hpp"

using lesson::wave_share;

namespace {

std::vector<double> wave(std::size_t p, double frequency, double phase) {
  std::vector<double> column(p);
  for (std::size_t a = 0; a < p; ++a) {
    column[a] =
        std::cos(2 * std::numbers::pi * frequency * static_cast<double>(a) / static_cast<double>(p) + phase);
  }
  return column;
}

}  // namespace

TEST_CASE("how much of a column is one wave", "[unit][lesson]") {
  SECTION("all of it, whatever the phase") {
    CHECK(wave_share(wave(31, 4, 0)) == Approx(1));
    CHECK(wave_share(wave(31, 4, 1.2)) == Approx(1));
    CHECK(wave_share(wave(31, 4, std::numbers::pi / 2)) == Approx(1));
  }
  SECTION("half of it, of two equal waves") {
    std::vector<double> column = wave(31, 2, 0.3);
    const std::vector<double> other = wave(31, 9, 1.4);
    for (std::size_t a = 0; a < column.size(); ++a) column[a] += other[a];
    CHECK(wave_share(column) == Approx(0.5));
  }
  SECTION("noise: as the engine measures it") {
    premelt::Rng rng(10, "column");
    const auto column = premelt::normal_tensor<double>(premelt::Shape{31, 1}, rng);
    CHECK(wave_share(column.flat()) == Approx(premelt::fourier_power(column)));
  }
}
