/// Early warnings where the truth is known (settings with an exact theory): what warns, and what does not.

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>

#include "rdm/window/statistics.hpp"
#include "tests/reproduction/measured.hpp"
#include "tests/reproduction/traces.hpp"

using namespace premelt;
using namespace premelt::test;

namespace {

constexpr int first_seed = 200, first_null_seed = 300;
constexpr std::size_t window = 200, stride = 20;

using Pick = std::vector<double> SignalTrace::*;

/// The signals of runs with the event, up to `end`, and of their twins.
struct Ensemble {
  std::vector<SignalTrace> runs, nulls;

  std::vector<double> taus(const std::vector<SignalTrace>& set, Pick signal) const {
    std::vector<double> values;
    for (const SignalTrace& s : set) values.push_back(kendall_tau(s.*signal));
    return values;
  }
  std::vector<double> maxima(const std::vector<SignalTrace>& set, Pick signal) const {
    std::vector<double> values;
    for (const SignalTrace& s : set) values.push_back(std::ranges::max(s.*signal));
    return values;
  }
  double auc_of_taus(Pick signal) const { return auc(taus(runs, signal), taus(nulls, signal)); }
  double auc_of_maxima(Pick signal) const { return auc(maxima(runs, signal), maxima(nulls, signal)); }

  /// The newest recordings at which runs first exceed the 95 % quantile of the nulls' maxima.
  std::vector<double> crossings(Pick signal) const {
    const double threshold = quantile(maxima(nulls, signal), 0.95);
    std::vector<double> when;
    for (const SignalTrace& s : runs) {
      const auto found = std::ranges::find_if(s.*signal, [&](double x) { return x > threshold; });
      if (found != (s.*signal).end())
        when.push_back(static_cast<double>(s.newest[static_cast<std::size_t>(found - (s.*signal).begin())]));
    }
    return when;
  }
};

/// `end` of a run: its first recording that no longer counts.
template <class End>
Ensemble ensemble(const std::string& setting, const Overrides& overrides, int count, End end) {
  Ensemble result;
  Overrides twin = overrides;
  twin.emplace_back("control", "constant");
  for (int i = 0; i < count; ++i) {
    const RunTrace run = trace(setting, overrides, first_seed + i),
                   null = trace(setting, twin, first_null_seed + i);
    result.runs.push_back(signals(run, window, stride, window, end(run)));
    result.nulls.push_back(signals(null, window, stride, window, end(null)));
  }
  return result;
}

template <class T>
auto until(T step) {
  return [step](const RunTrace&) { return static_cast<std::size_t>(step); };
}

/// In how many runs a signal crosses the twins' 95 %, and how many steps before the event in the median.
std::size_t measure_crossings(Measured& measured, const std::string& key, const Ensemble& found, Pick signal,
                              double event) {
  const std::vector<double> when = found.crossings(signal);
  measured(key + "/crossings", static_cast<double>(when.size()));
  measured(key + "/lead", event - median(when));
  return when.size();
}

}  // namespace

TEST_CASE("pitchfork: SHC rises with true critical slowing down, even without a line", "[reproduction]") {
  const Ensemble found = ensemble("pitchfork", {}, 60, until(2667));
  const double tau = found.auc_of_taus(&SignalTrace::shc),
               detrended = found.auc_of_taus(&SignalTrace::shc_detrended),
               largest = found.auc_of_maxima(&SignalTrace::shc);
  Measured measured("toys/pitchfork");
  measured("median_tau", median(found.taus(found.runs, &SignalTrace::shc)));
  measured("median_tau_of_twins", median(found.taus(found.nulls, &SignalTrace::shc)));
  measured("auc_of_tau", tau);
  measured("auc_of_tau_detrended", detrended);
  measured("auc_of_largest", largest);
  CHECK(measure_crossings(measured, "shc", found, &SignalTrace::shc, 2667) >= 57);
  CHECK(measure_crossings(measured, "mean_variance", found, &SignalTrace::mean_variance, 2667) >= 57);
  CHECK(tau >= 0.90);
  CHECK(detrended >= 0.85);
  CHECK(largest >= 0.98);
}

TEST_CASE("pitchfork, balanced signs: SHC sees what cancels in the mean loss", "[reproduction]") {
  const Ensemble found = ensemble("pitchfork", {{"signs", "balanced"}}, 60, until(2667));
  const double shc = found.auc_of_taus(&SignalTrace::shc),
               mean = found.auc_of_taus(&SignalTrace::mean_variance);
  Measured measured("toys/balanced");
  measured("auc_of_tau", shc);
  measured("auc_of_tau_of_mean_variance", mean);
  CHECK(shc >= 0.88);
  CHECK((mean >= 0.35 && mean <= 0.65));
}

TEST_CASE("fold: a well swept to its spinodal warns", "[reproduction]") {
  const auto until_spinodal_or_jump = [](const RunTrace& run) {
    const auto jump =
        std::ranges::find_if(run.order[0], [](double x) { return x > 0; }) - run.order[0].begin();
    return std::min<std::size_t>(2566, static_cast<std::size_t>(jump));
  };
  const Ensemble found = ensemble("fold", {}, 60, until_spinodal_or_jump);
  const double tau = found.auc_of_taus(&SignalTrace::shc),
               detrended = found.auc_of_taus(&SignalTrace::shc_detrended);
  Measured measured("toys/fold");
  measured("auc_of_tau", tau);
  measured("auc_of_tau_detrended", detrended);
  CHECK(tau >= 0.90);
  CHECK(detrended >= 0.85);
}

TEST_CASE("drift: a moving mean is a false alarm of raw SHC, not of the detrended one", "[reproduction]") {
  const Ensemble found = ensemble("drift", {}, 60, until(4001));
  const double raw = static_cast<double>(found.crossings(&SignalTrace::shc).size()) / 60,
               detrended = static_cast<double>(found.crossings(&SignalTrace::shc_detrended).size()) / 60;
  Measured measured("toys/drift");
  measured("raw", raw);
  measured("detrended", detrended);
  CHECK(raw >= 0.8);
  CHECK(detrended <= 0.15);
}

TEST_CASE("metastable: an escape at constant parameters comes without warning", "[reproduction]") {
  constexpr double barrier_top = -0.101;
  constexpr std::array<std::size_t, 4> gaps{0, 25, 50, 100};
  const Overrides longer{{"steps", "12000"}};
  Overrides confined = longer;
  confined.emplace_back("control", "confined");
  std::array<std::vector<double>, gaps.size()> before, never;
  for (int i = 0; i < 60; ++i) {
    const RunTrace run = trace("metastable", longer, first_seed + i);
    const std::vector<double>& x = run.order[0];
    auto last_left = std::ranges::find_if(x, [](double value) { return value > 0.5; });
    if (last_left == x.end()) continue;
    while (last_left != x.begin() && *last_left >= barrier_top) --last_left;
    const auto escape = static_cast<std::size_t>(last_left - x.begin());
    if (escape < 2 * window) continue;  // no whole window before it at every gap
    const RunTrace twin = trace("metastable", confined, first_null_seed + i);
    for (std::size_t g = 0; g < gaps.size(); ++g) {
      const std::size_t at = escape - gaps[g];
      before[g].push_back(signals(run, window, 1, at, at + 1).shc.at(0));
      never[g].push_back(signals(twin, window, 1, at, at + 1).shc.at(0));
    }
  }
  REQUIRE(before[0].size() >= 30);
  Measured measured("toys/metastable");
  measured("escapes", static_cast<double>(before[0].size()));
  for (std::size_t g = 0; g < gaps.size(); ++g) {
    const double found = auc(before[g], never[g]);
    measured("auc/before" + std::to_string(gaps[g]), found);
    if (gaps[g] >= 25) CHECK((found >= 0.35 && found <= 0.65));
  }
}

TEST_CASE("decay-annealed: a true second-order transition in training warns", "[reproduction]") {
  const Ensemble found = ensemble("decay-annealed", {}, 30, until(3200));
  const double largest = found.auc_of_maxima(&SignalTrace::shc);
  Measured measured("toys/annealed");
  measured("auc_of_largest", largest);
  CHECK(largest >= 0.98);
  CHECK(measure_crossings(measured, "shc", found, &SignalTrace::shc, 3200) == 30);
  CHECK(measure_crossings(measured, "mean_variance", found, &SignalTrace::mean_variance, 3200) >= 27);
}
