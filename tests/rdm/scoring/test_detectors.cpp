#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "engine/tensor/error.hpp"
#include "engine/tensor/random.hpp"
#include "rdm/scoring/detectors.hpp"
#include "rdm/scoring/whitening.hpp"
#include "rdm/window/monitor.hpp"
#include "rdm/window/spectrum.hpp"

using namespace premelt;

namespace {

constexpr std::size_t recordings = 60, probes = 7, window = 12;

RunTrace noisy_run() {
  Rng rng(2, "noise");
  RunTrace run;
  run.losses = normal_tensor<double>(Shape{recordings, probes}, rng, 0.1, 3.0);
  for (std::size_t t = 0; t < recordings; ++t) {
    run.steps.push_back(static_cast<std::int64_t>(5 * t));
    run.gradient_norm.push_back(rng.uniform());
    run.weight_norm.push_back(static_cast<double>(t * t));
  }
  return run;
}

/// What the monitor of a run says of the same losses.
std::vector<double> monitored(const RunTrace& run, const std::string& column) {
  MonitorOptions options{.probes = probes, .window = window, .modes = 1};
  options.channels = {{.suffix = "log", .transform = Transform::log}};
  Monitor monitor(options);
  std::vector<double> values;
  for (std::size_t t = 0; t < recordings; ++t) {
    const auto seen = monitor.push(run.steps[t], run.losses.row(t));
    if (seen) values.push_back(seen->values[monitor.column(column)]);
  }
  return values;
}

}  // namespace

TEST_CASE("spectral detectors are the monitor's signals", "[unit]") {
  const RunTrace run = noisy_run();
  const DetectorSeries series = detector_series(run, {window});
  REQUIRE(series.steps.size() == recordings - window + 1);
  CHECK(series.steps.front() == 55);
  for (const char* suffix : {"", "_detrended", "_log"}) {
    for (const char* signal : {"shc", "pr", "trace", "lambda1"}) {
      const std::string name = std::string(signal) + suffix;
      const auto& found = series.column(name);
      const auto expected = monitored(run, name);
      REQUIRE(found.size() == expected.size());
      for (std::size_t t = 0; t < found.size(); ++t) {
        INFO(name << " at " << t);
        CHECK(std::abs(found[t] - expected[t]) <= 1e-4 * expected[t]);
      }
    }
  }
}

TEST_CASE("the memory of the mean loss is its lag-1 autocorrelation in the window", "[unit]") {
  const RunTrace run = noisy_run();
  std::vector<double> means;
  for (std::size_t t = recordings - window; t < recordings; ++t) {
    means.push_back(0);
    for (double loss : run.losses.row(t)) means.back() += loss / probes;
  }
  double centre = 0, squares = 0, products = 0;
  for (double mean : means) centre += mean / window;
  for (std::size_t a = 0; a < window; ++a) {
    squares += std::pow(means[a] - centre, 2);
    if (a > 0) products += (means[a] - centre) * (means[a - 1] - centre);
  }
  CHECK(detector_series(run, {window}).column("mean_memory").back() ==
        Approx(products / squares).epsilon(1e-9));
}

TEST_CASE("detectors of the mean loss, the norms and the clock on a straight fall", "[unit]") {
  RunTrace run = noisy_run();
  for (std::size_t t = 0; t < recordings; ++t)
    for (double& loss : run.losses.row(t)) loss = 100 - 2.0 * static_cast<double>(t);
  const DetectorSeries series = detector_series(run, {window});
  const auto last = [&](const char* name) { return series.column(name).back(); };
  CHECK(last("mean_fall") == Approx(-(100 - 2.0 * 59)));
  CHECK(last("mean_slope") == Approx(2));
  CHECK(last("mean_drop") == Approx(2 * 6));
  CHECK(last("mean_variance") == Approx(4 * (144 - 1) / 12.0));
  CHECK(last("probe_variance_max") == Approx(last("probe_variance_mean")));
  CHECK(last("trace") == Approx(probes * last("mean_variance")));
  CHECK(last("localisation") == Approx(1));
  CHECK(last("weight_change") == Approx(59 * 59 - 48 * 48));
  CHECK(last("gradient_norm") == run.gradient_norm.back());
  CHECK(last("clock") == 295);
  // Losses fall through zero at t = 50, so no window that reaches there has a logarithm.
  CHECK(std::isnan(last("shc_log")));
  CHECK(std::isfinite(series.column("shc_log").front()));
}

TEST_CASE("detectors are the rows of one table, and rows of one's own come after them", "[unit]") {
  RunTrace run = noisy_run();
  const Detector newest{"newest", Needs::losses, [](const Sight& s) { return s.means.back(); }, "the level"};
  const DetectorSeries series = detector_series(run, {.window = window, .further = {newest}});
  for (const Detector& detector : detectors()) {
    INFO(detector.name);
    CHECK(std::ranges::count(series.names, detector.name) +
              std::ranges::count(series.unavailable, detector.name) ==
          1);
    CHECK_FALSE(detector.summary.empty());
  }
  CHECK(series.column("newest").back() == -series.column("mean_fall").back());
  CHECK(series.names.back() == "mean_memory_trend");
  run.weight_norm.clear();
  const DetectorSeries fewer = detector_series(run, {window});
  CHECK(std::ranges::count(fewer.names, "weight_change") == 0);
  CHECK(std::ranges::count(fewer.unavailable, "weight_change") == 1);
  CHECK(std::ranges::count(fewer.names, "gradient_norm") == 1);
  CHECK_THROWS_AS(fewer.column("weight_norm"), UsageError);
  for (const char* column : {"shc", "pr_log", "lambda1_detrended", "shc_trend", "localisation"})
    CHECK(is_spectral(column));
  for (const char* column : {"probe_variance_max", "mean_drop", oracle, "clock", "mean_memory_trend"})
    CHECK_FALSE(is_spectral(column));
}

TEST_CASE("a column read alone is that column of all", "[property]") {
  const RunTrace run = noisy_run();
  const std::vector<Channel> channels{{.suffix = "some", .probes = {0, 2}}};
  const DetectorSeries all = detector_series(run, {.window = window, .channels = channels});
  for (std::size_t d = 0; d < all.names.size(); ++d) {
    const DetectorSeries alone =
        detector_series(run, {.window = window, .channels = channels, .only = all.names[d]});
    INFO(all.names[d]);
    CHECK(alone.names.size() == (all.names[d].ends_with("_trend") ? 2 : 1));
    CHECK(alone.unavailable.empty());
    CHECK(std::ranges::equal(alone.column(all.names[d]), all.columns[d],
                             [](double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }));
  }
}

TEST_CASE("detectors are causal: what comes later changes nothing", "[property]") {
  const RunTrace whole = noisy_run();
  RunTrace early = whole;
  early.steps.resize(40);
  early.losses = Tensor<double>(Shape{40, probes});
  std::ranges::copy(whole.losses.flat().first(40 * probes), early.losses.flat().begin());
  const DetectorSeries a = detector_series(whole, {window}), b = detector_series(early, {window});
  REQUIRE(a.names == b.names);
  for (std::size_t d = 0; d < a.names.size(); ++d) {
    INFO(a.names[d]);
    CHECK(std::equal(b.columns[d].begin(), b.columns[d].end(), a.columns[d].begin()));
  }
}

TEST_CASE("a stretch of a run reads as the same stretch of the whole, but for the trends", "[property]") {
  const RunTrace run = noisy_run();
  const DetectorSeries whole = detector_series(run, {window}),
                       part = detector_series(run, {.window = window, .first = 30, .last = 44});
  REQUIRE(part.steps.size() == 15);
  CHECK(part.steps.front() == 5 * 30);
  for (std::size_t d = 0; d < part.names.size(); ++d) {
    if (part.names[d].ends_with("_trend")) continue;
    for (std::size_t t = 0; t < part.steps.size(); ++t) {
      INFO(part.names[d] << " at " << t);
      CHECK(part.columns[d][t] == Approx(whole.columns[d][t + 30 - (window - 1)]).epsilon(1e-4));
    }
  }
  CHECK(part.column("shc_trend").front() == 0);
}

TEST_CASE("channels and whitening are further views of the same losses", "[unit]") {
  const RunTrace run = noisy_run();
  const std::vector<std::size_t> some{1, 4, 5};
  const DetectorSeries series =
      detector_series(run, {.window = window,
                            .channels = {{.suffix = "log_some", .transform = Transform::log, .probes = some}},
                            .whitener = whitener(run.losses)});
  RunTrace logs = run, white = run;
  logs.losses = Tensor<double>(Shape{recordings, some.size()});
  white.losses = Tensor<double>(Shape{recordings, probes}, 0.0);
  const Tensor<double> a = *whitener(run.losses);
  for (std::size_t t = 0; t < recordings; ++t) {
    for (std::size_t i = 0; i < some.size(); ++i) logs.losses(t, i) = std::log(run.losses(t, some[i]));
    for (std::size_t i = 0; i < probes; ++i) {
      for (std::size_t j = 0; j < probes; ++j) white.losses(t, i) += run.losses(t, j) * a(j, i);
    }
  }
  CHECK(series.column("shc_log_some").back() ==
        Approx(detector_series(logs, {window}).column("shc").back()).epsilon(1e-9));
  CHECK(series.column("shc_whitened").back() ==
        Approx(detector_series(white, {window}).column("shc").back()).epsilon(1e-9));
  // Over the whole run whitened losses have covariance A·B·A, that is 1 - ridge effects.
  const Moments whole = moments(white.losses, Divisor::population);
  CHECK(whole.trace == Approx(probes).epsilon(0.02));
  CHECK(whole.participation_ratio() == Approx(probes).epsilon(1e-3));
}

TEST_CASE("a null that does not move cannot whiten", "[unit]") {
  CHECK_FALSE(whitener(Tensor<double>(Shape{5, 3}, 2.0)));
  CHECK_FALSE(whitener(Tensor<double>(Shape{1, 3}, 2.0)));
  CHECK_THROWS_AS(whitener(Tensor<double>(Shape{3})), ShapeError);
  const DetectorSeries series =
      detector_series(noisy_run(), {.window = window, .whitener = Tensor<double>()});
  CHECK(std::isnan(series.column("shc_whitened").back()));
}

TEST_CASE("detectors refuse a run shorter than the window and names they do not have", "[unit]") {
  const RunTrace run = noisy_run();
  CHECK_THROWS_AS(detector_series(run, {recordings + 1}), ShapeError);
  CHECK_THROWS_AS(detector_series(run, {window}).column("schc"), UsageError);
}
