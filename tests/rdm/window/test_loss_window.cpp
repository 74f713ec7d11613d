#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <vector>

#include "engine/tensor/error.hpp"
#include "rdm/window/loss_window.hpp"
#include "rdm/window/spectrum.hpp"
#include "tests/rdm/window/series.hpp"

using namespace premelt;
using namespace premelt::testing;
using Catch::Matchers::Contains;

namespace {

using Columns = std::vector<std::vector<long double>>;

/// The rows held by the window, detrended in extended precision, one vector a probe.
Columns reference_columns(const LossWindow& window, Detrend detrend) {
  Columns columns(window.probes());
  for (std::size_t i = 0; i < window.probes(); ++i) {
    std::vector<long double> x;
    for (std::size_t a = 0; a < window.size(); ++a) x.push_back(window.row(a)[i]);
    if (detrend == Detrend::diff) {
      for (std::size_t a = 0; a + 1 < x.size(); ++a) x[a] = x[a + 1] - x[a];
      x.pop_back();
    }
    const auto m = static_cast<long double>(x.size());
    long double mean = 0, slope = 0;
    for (long double value : x) mean += value / m;
    for (std::size_t a = 0; a < x.size(); ++a) {
      const long double time = static_cast<long double>(a) - (m - 1) / 2;
      slope += time * (x[a] - mean) * 12 / (m * (m * m - 1));
    }
    if (detrend != Detrend::linear) slope = 0;
    for (std::size_t a = 0; a < x.size(); ++a) {
      x[a] -= mean + slope * (static_cast<long double>(a) - (m - 1) / 2);
    }
    columns[i] = std::move(x);
  }
  return columns;
}

/// Trace and squared Frobenius norm of C from its entries, recomputed from scratch.
Moments reference_moments(const LossWindow& window, Detrend detrend) {
  const Columns x = reference_columns(window, detrend);
  const auto m = static_cast<long double>(x[0].size());
  long double trace = 0, squares = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    for (std::size_t j = 0; j < x.size(); ++j) {
      long double c = 0;
      for (std::size_t a = 0; a < x[i].size(); ++a) c += x[i][a] * x[j][a] / m;
      squares += c * c;
      if (i == j) trace += c;
    }
  }
  return {window.probes(), static_cast<double>(trace), static_cast<double>(std::sqrt(squares))};
}

/// Every `stride`-th window of the series agrees with recomputation to 1e-9. Returns the last raw SHC.
double check_sliding(const Tensor<double>& losses, std::size_t window_length, std::size_t stride) {
  LossWindow window(losses.shape()[1], window_length);
  for (std::size_t t = 0; t < losses.shape()[0]; ++t) {
    window.push(losses.row(t));
    if (window.size() < 3 || t % stride != 0) continue;
    for (Detrend detrend : all_detrends) {
      const Moments sliding = moments(window, detrend), exact = reference_moments(window, detrend);
      INFO("recording " << t << ", detrend " << static_cast<int>(detrend));
      REQUIRE(close(sliding.trace, exact.trace, 1e-9));
      REQUIRE(close(sliding.frobenius, exact.frobenius, 1e-9));
      REQUIRE(close(sliding.spectral_heat_capacity(), exact.spectral_heat_capacity(), 1e-9));
    }
  }
  return moments(window).spectral_heat_capacity();
}

}  // namespace

TEST_CASE("sliding equals recomputation from scratch", "[property]") {
  for (auto [probes, window] : {std::pair<std::size_t, std::size_t>{4, 17}, {12, 5}, {9, 9}, {2, 40}}) {
    INFO("n = " << probes << ", W = " << window);
    CHECK(check_sliding(noise(3000, probes, 1, 0.1, 2.0), window, 7) > 0);
    CHECK(check_sliding(random_walk(3000, probes, 2), window, 7) > 0);
  }
}

TEST_CASE("sliding keeps its digits while the losses decay to nothing", "[property]") {
  Tensor<double> losses = noise(5000, 10, 3, 0.1, 1.0);
  for (std::size_t t = 0; t < 5000; ++t) {
    for (double& loss : losses.row(t)) loss *= std::exp(-0.004 * static_cast<double>(t));
  }
  const double last_shc = check_sliding(losses, 20, 13);
  CHECK(last_shc < 1e-35);
  CHECK(last_shc > 1e-45);
}

TEST_CASE("sliding survives spikes of any size", "[property]") {
  Tensor<double> losses = noise(3000, 6, 4);
  for (double& loss : losses.flat()) loss = std::exp(6 * loss);
  CHECK(check_sliding(losses, 10, 3) > 0);
}

TEST_CASE("a constant offset of a million changes no bit", "[property]") {
  Tensor<double> losses = noise(200, 7, 5);
  Tensor<double> shifted(losses.shape());
  for (std::size_t k = 0; k < losses.size(); ++k) {
    losses.flat()[k] = std::round(losses.flat()[k] * 0x1p20) * 0x1p-20;  // so that the shift itself is exact
    shifted.flat()[k] = losses.flat()[k] + 1e6;
  }
  const LossWindow a = window_over(losses, 30), b = window_over(shifted, 30);
  for (Detrend detrend : all_detrends) {
    CHECK(moments(a, detrend).trace > 0);
    CHECK(moments(a, detrend).trace == moments(b, detrend).trace);
    CHECK(moments(a, detrend).frobenius == moments(b, detrend).frobenius);
  }
  CHECK(spectrum(a, 1).modes(0, 3) == spectrum(b, 1).modes(0, 3));
}

TEST_CASE("the Gram is that of the detrended rows", "[unit]") {
  const LossWindow window = window_over(noise(25, 6, 6), 9);
  for (Detrend detrend : all_detrends) {
    const Tensor<double> x = window.matrix(detrend), k = window.gram(detrend);
    REQUIRE(x.shape() == Shape{window.effective_rows(detrend), 6});
    REQUIRE(k.shape() == Shape{window.effective_rows(detrend), window.effective_rows(detrend)});
    for (std::size_t a = 0; a < k.shape()[0]; ++a) {
      for (std::size_t b = 0; b < k.shape()[0]; ++b) {
        double product = 0;
        for (std::size_t i = 0; i < 6; ++i) product += x(a, i) * x(b, i);
        CHECK(std::abs(k(a, b) - product) < 1e-12);
      }
    }
  }
}

TEST_CASE("rows come back oldest first, also before the window is full", "[unit]") {
  LossWindow window(2, 3);
  CHECK(window.size() == 0);
  for (int t = 0; t < 5; ++t) {
    window.push(std::vector<double>{1.0 * t, 10.0 * t});
    CHECK(window.size() == std::min<std::size_t>(3, static_cast<std::size_t>(t) + 1));
    CHECK(window.full() == (t >= 2));
    CHECK(window.row(0)[0] == std::max(0, t - 2));
    CHECK(window.row(window.size() - 1)[1] == 10 * t);
  }
}

TEST_CASE("constant losses leave exactly nothing", "[unit]") {
  const LossWindow window = window_over(noise(1, 4, 7), 2);
  CHECK_THROWS_AS(window.gram(), ShapeError);
  CHECK_THROWS_AS(window.matrix(), ShapeError);
  const LossWindow still = window_over(Tensor<double>(Shape{12, 4}, 0.1), 5);
  for (Detrend detrend : all_detrends) {
    CHECK(moments(still, detrend).trace == 0);
    CHECK(moments(still, detrend).spectral_heat_capacity() == 0);
    CHECK(std::isnan(moments(still, detrend).participation_ratio()));
  }
}

TEST_CASE("a window says what is wrong with its input and stays as it was", "[unit]") {
  CHECK_THROWS_AS(LossWindow(0, 5), ShapeError);
  CHECK_THROWS_WITH(LossWindow(3, 1), Contains("at least 2 recordings, got 1"));
  LossWindow window = window_over(noise(6, 3, 8), 4);
  const double trace = moments(window).trace;
  CHECK_THROWS_AS(window.push(std::vector<double>{1, 2}), ShapeError);
  CHECK_THROWS_WITH(window.push(std::vector<double>{1, 2}), Contains("for 3 probes, got 2 losses"));
  const double bad[] = {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()};
  for (double loss : bad) {
    CHECK_THROWS_AS(window.push(std::vector<double>{1, 2, loss}), DataError);
    CHECK_THROWS_WITH(window.push(std::vector<double>{1, 2, loss}),
                      Contains("probe 2") && Contains("recording 6"));
  }
  CHECK_THROWS_WITH(window.push(std::vector<double>{1, -1e71, 1}), Contains("probe 1 is beyond 1e70"));
  CHECK(moments(window).trace == trace);
}

TEST_CASE("signals stay finite for the largest losses and defined for the smallest", "[unit]") {
  for (double scale : {1e69, 1e-70}) {
    const LossWindow window = window_over(noise(50, 40, 9, scale), 50);
    const Spectrum found = spectrum(window, 1);
    CHECK(std::isfinite(found.moments.spectral_heat_capacity()));
    CHECK(found.moments.spectral_heat_capacity() > 0);
    CHECK(found.moments.participation_ratio() > 1);
    CHECK(close(found.eigenvalues(0),
                spectrum(window_over(noise(50, 40, 9), 50), 1).eigenvalues(0) * scale * scale, 1e-9));
  }
}

TEST_CASE("detrending resolves what the losses resolve, whatever the drift", "[property]") {
  // Fluctuations of 1e-3 around lines of up to 1e9 a recording: what is lost may be rounding of the losses
  // themselves, so it grows with the ratio and with nothing else.
  for (std::size_t window : {4u, 40u, 300u}) {
    for (double velocity : {0.0, 1e-3, 1.0, 1e3, 1e6, 1e9}) {
      Tensor<double> losses = noise(window, 6, 11, 1e-3);
      double largest = 1e-3;
      for (std::size_t t = 0; t < window; ++t) {
        for (std::size_t i = 0; i < 6; ++i) {
          losses(t, i) += velocity * (1 + 0.1 * static_cast<double>(i)) * static_cast<double>(t);
          largest = std::max(largest, std::abs(losses(t, i)));
        }
      }
      const LossWindow held = window_over(losses, window);
      const double tolerance = 1e-10 + 4 * 2.3e-16 * largest / 1e-3;
      for (Detrend detrend : {Detrend::linear, Detrend::diff}) {
        const Moments found = moments(held, detrend), exact = reference_moments(held, detrend);
        INFO("W " << window << ", velocity " << velocity << ", detrend " << static_cast<int>(detrend)
                  << ", error " << found.trace / exact.trace - 1 << ", allowed " << tolerance);
        REQUIRE(close(found.trace, exact.trace, tolerance));
        REQUIRE(close(found.participation_ratio(), exact.participation_ratio(), 10 * tolerance));
        const Spectrum leading = spectrum(held, 1, detrend);
        REQUIRE(close(leading.moments.trace, exact.trace, tolerance));
      }
    }
  }
}

TEST_CASE("what a line leaves below the rounding of the losses is nothing", "[unit]") {
  for (std::size_t window : {3u, 40u, 1000u}) {
    const LossWindow line = window_over(drift(window, {0.3, -1e5 / 3, 1e-7 / 3}, 1e3 / 7), window);
    for (Detrend detrend : {Detrend::linear, Detrend::diff}) {
      CHECK(moments(line, detrend).trace == 0);
      CHECK(moments(line, detrend).spectral_heat_capacity() == 0);
      CHECK(std::isnan(moments(line, detrend).participation_ratio()));
    }
  }
  // A probe on a line does not hide another one, seven decades below.
  Tensor<double> losses = drift(40, {1000.0 / 3, 0.0}, 0);
  const Tensor<double> small = noise(40, 1, 3, 1e-7);
  for (std::size_t t = 0; t < 40; ++t) losses(t, 1) = small(t, 0);
  const double alone = moments(window_over(small, 40), Detrend::linear).trace;
  CHECK(close(moments(window_over(losses, 40), Detrend::linear).trace, alone, 1e-9));
}

TEST_CASE("two recordings lie on a line, three leave one direction", "[unit]") {
  const Tensor<double> losses = noise(3, 5, 12, 0.1, 1);
  const LossWindow two = window_over(losses, 2), three = window_over(losses, 3);
  CHECK(close(moments(two).participation_ratio(), 1, 1e-12));
  for (Detrend detrend : {Detrend::linear, Detrend::diff}) {
    CHECK(moments(two, detrend).trace == 0);
    CHECK(moments(two, detrend).spectral_heat_capacity() == 0);
    CHECK(spectrum(two, 2, detrend).eigenvalues(0) == 0);
    CHECK(moments(three, detrend).trace > 0);
    CHECK(close(moments(three, detrend).participation_ratio(), 1, 1e-9));
  }
}

TEST_CASE("small losses keep their digits until the signal itself underflows", "[property]") {
  const Moments unit = moments(window_over(noise(50, 40, 9), 50));
  for (double scale : {0x1p-200, 0x1p-250, 0x1p-300, 0x1p-400, 0x1p-460}) {  // down to 3e-139
    const Moments m = moments(window_over(noise(50, 40, 9, scale), 50));
    INFO("scale " << scale);
    CHECK(close(m.trace, unit.trace * scale * scale, 1e-12));
    CHECK(close(m.participation_ratio(), unit.participation_ratio(), 1e-12));
    const double shc = unit.spectral_heat_capacity() * scale * scale * scale * scale;
    if (scale >= 0x1p-250) {
      CHECK(close(m.spectral_heat_capacity(), shc, 1e-12));
    } else {
      CHECK(std::isnan(m.spectral_heat_capacity()));
    }
    CHECK(close(spectrum(window_over(noise(50, 40, 9, scale), 50), 1).eigenvalues(0),
                spectrum(window_over(noise(50, 40, 9), 50), 1).eigenvalues(0) * scale * scale, 1e-9));
  }
  const LossWindow none = window_over(noise(50, 40, 9, 1e-150), 50);
  for (std::size_t modes : {0u, 2u}) {
    const Spectrum found = spectrum(none, modes);
    CHECK(std::isnan(found.moments.trace));
    CHECK(std::isnan(found.moments.spectral_heat_capacity()));
    CHECK(std::isnan(found.moments.participation_ratio()));
    if (modes > 0) CHECK(std::isnan(found.eigenvalues(0)));
  }
}

TEST_CASE("a loss matrix that is not finite, or too large to square, is an error naming row and column",
          "[unit]") {
  for (double bad : {std::nan(""), HUGE_VAL, -HUGE_VAL, 1e308, -1e308}) {
    Tensor<double> losses = noise(5, 3, 13);
    losses(4, 1) = bad;
    CHECK_THROWS_AS(detrended(losses, Detrend::none), DataError);
    CHECK_THROWS_WITH(covariance(losses, Divisor::sample), Contains("probe 1") && Contains("row 4"));
    CHECK_THROWS_WITH(moments(losses, Divisor::population), Contains("probe 1") && Contains("row 4"));
    Tensor<double> c(Shape{2, 2}, 1.0);
    c(1, 0) = std::isfinite(bad) ? HUGE_VAL : bad;
    CHECK_THROWS_WITH(matrix_moments(c), Contains("entry (1,0) of a covariance"));
  }
}
