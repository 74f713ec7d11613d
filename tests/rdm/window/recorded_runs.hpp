#pragma once
/// A small recorded run whose every number is known.

#include <cmath>

#include "rdm/window/recorded_run.hpp"

namespace premelt::testing {

/// T recordings, every `every` steps, of 3 probes, of which the last two fall by 0.5 at recording 20, with
/// windows of 5. SHC, made up, is 1 in every window but two: 9 at recording 21 and 4 at recording 30.
inline RecordedRun small_run(std::size_t recordings = 40, std::int64_t every = 10) {
  constexpr std::size_t probes = 3, window = 5;
  RecordedRun run;
  run.window = window;
  run.steps = Tensor<std::int64_t>(Shape{recordings});
  Tensor<double> losses(Shape{recordings, probes});
  Tensor<double> order(Shape{recordings, 2});
  const std::size_t rows = recordings - window + 1;
  Tensor<double> signals(Shape{rows, 2}), modes(Shape{rows, 1, probes}, 0.0);
  for (std::size_t t = 0; t < recordings; ++t) {
    run.steps(t) = every * static_cast<std::int64_t>(t);
    losses(t, 0) = 1;
    for (std::size_t i : {1u, 2u}) losses(t, i) = t < 20 ? 1 : 0.5;
    order(t, 0) = static_cast<double>(run.steps(t));
    order(t, 1) = static_cast<double>(t) / 40;
    if (t + 1 < window) continue;
    const std::size_t row = t + 1 - window;
    signals(row, 0) = static_cast<double>(run.steps(t));
    signals(row, 1) = t == 21 ? 9 : t == 30 ? 4 : 1;
    for (std::size_t i : {1u, 2u}) modes.data()[row * probes + i] = std::sqrt(0.5);
  }
  run.losses = losses;
  run.order = {{"step", "progress"}, order};
  run.signals = {{"step", "shc"}, signals};
  run.modes = modes;
  return run;
}

inline Event event(const std::string& name, std::int64_t step) {
  return {Event::Kind::event, name, step, 0, 0, ""};
}

inline Event raised(std::int64_t step) {
  return {Event::Kind::alarm, "shc", step, 0, 0, ""};
}

}  // namespace premelt::testing
