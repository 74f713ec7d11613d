#include <algorithm>
#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>
#include <thread>

#include "cli/commands/commands.hpp"
#include "cli/commands/comparison_json.hpp"
#include "cli/commands/comparison_table.hpp"
#include "cli/report/report.hpp"
#include "cli/runs/output_directory.hpp"
#include "cli/runs/plan.hpp"
#include "cli/runs/walk.hpp"
#include "cli/terminal/browser.hpp"
#include "cli/terminal/progress.hpp"
#include "cli/terminal/terminal.hpp"
#include "engine/io/file.hpp"
#include "engine/tensor/error.hpp"
#include "engine/tensor/memory.hpp"
#include "engine/tensor/numbers.hpp"
#include "models/experiment/run.hpp"
#include "rdm/proposition/sampler.hpp"

namespace premelt::cli {

namespace {

namespace fs = std::filesystem;

constexpr std::int64_t course_points = 60, least_window = 3;

/// Sorted, each once.
std::vector<std::int64_t> ascending(std::vector<std::int64_t> steps) {
  std::ranges::sort(steps);
  steps.erase(std::unique(steps.begin(), steps.end()), steps.end());
  return steps;
}

/// What is compared: a setting, or a stored run of one.
struct Subject {
  Plan plan;
  std::optional<StoredRun> stored;
};

Subject subject_of(const CompareArguments& arguments) {
  RunArguments run;
  run.overrides = arguments.overrides;
  std::error_code unreadable;
  if (!fs::is_directory(arguments.target, unreadable)) {
    run.setting = arguments.target;
    run.config = arguments.config;
    return {make_plan(run), std::nullopt};
  }
  const auto other =
      std::ranges::find_if(run.overrides, [](const auto& pair) { return pair.first != "window"; });
  if (!arguments.config.empty() || other != run.overrides.end()) {
    throw UsageError("the run in " + arguments.target +
                     " has its parameters; only --window may differ (compare the setting to change others)");
  }
  run.config = (fs::path(arguments.target) / "run.json").string();
  RunArguments as_stored;
  as_stored.config = run.config;
  return {make_plan(run), StoredRun(arguments.target, make_plan(as_stored))};
}

/// The asked steps, ascending, each once. Throws UsageError when one lies outside the run.
std::vector<std::int64_t> steps_of(const CompareArguments& arguments, const Subject& subject) {
  const std::int64_t last =
      subject.stored ? subject.stored->last() : subject.plan.parameters.integer("steps");
  std::vector<std::int64_t> steps = arguments.steps;
  if (steps.empty()) steps = {0, last / 10, last / 4, last / 2, last};
  if (std::ranges::max(steps) > last) {
    throw UsageError("--at: step " + std::to_string(std::ranges::max(steps)) +
                     " lies outside the run, which has steps 0 to " + std::to_string(last) +
                     (subject.stored ? "" : "; make it longer with --set steps=N"));
  }
  return ascending(steps);
}

/// The steps of the course: the asked ones and others evenly between them.
std::vector<std::int64_t> stops_of(const std::vector<std::int64_t>& asked) {
  std::vector<std::int64_t> stops = asked;
  const std::int64_t length = asked.back() - asked.front();
  for (std::int64_t k = 0; k < course_points; ++k)
    stops.push_back(asked.front() + length * k / course_points);
  return ascending(stops);
}

ComparisonOptions options_of(const CompareArguments& arguments, const Plan& plan,
                             const LossLandscape& landscape) {
  ComparisonOptions options{.sigmas = arguments.sigmas, .draws = arguments.draws};
  if (plan.parameters.integer("window") < least_window) {
    throw UsageError("--window: expected at least " + std::to_string(least_window) +
                     " recordings, so that error bars can leave some out, got " +
                     std::to_string(plan.parameters.integer("window")));
  }
  std::ranges::sort(options.sigmas);
  if (options.draws == 0) options.draws = default_draws(landscape);
  options.directions = default_directions(landscape);
  require_memory(
      4 * sizeof(double) * static_cast<double>(options.draws) * static_cast<double>(landscape.probes()),
      "--draws " + std::to_string(options.draws) + " on " + std::to_string(landscape.probes()) + " probes");
  options.jacobian_bytes = 1e6 * static_cast<double>(arguments.memory);
  options.seed = plan.parameters.count("seed");
  options.threads = std::max(1u, std::thread::hardware_concurrency());
  return options;
}

void say_limits(const CompareArguments& arguments, const LossLandscape& landscape,
                const ComparisonOptions& options, Progress& progress) {
  if (arguments.draws == 0 && options.draws < 40000) {
    progress.say("draws",
                 "scaled down to " + std::to_string(options.draws) + " at each sigma, as the model is large");
  }
  if (landscape.jacobian_bytes() > options.jacobian_bytes) {
    progress.say("memory", "G would take " + short_number(landscape.jacobian_bytes() / 1e6) +
                               " MB, more than " + std::to_string(arguments.memory) +
                               ": GGᵀ is made without it; no second order, no control variate, no GΣ_trajGᵀ");
  }
}

/// What one part of a comparison costs, in glances: it has 20 times the draws.
constexpr double work_of_part = 20;

bool asked_for(const std::vector<std::string>& names, const Sampler& sampler) {
  return names.empty() ? sampler.by_default : std::ranges::find(names, sampler.name) != names.end();
}

/// All parts of one step: each sampler, and each of its sigma.
double work_of_step(const std::vector<std::string>& names, const ComparisonOptions& options) {
  std::size_t parts = 0;
  for (const Sampler& sampler : samplers()) {
    if (asked_for(names, sampler)) parts += 1 + (sampler.each_sigma ? options.sigmas.size() : 0);
  }
  return static_cast<double>(parts) * work_of_part;
}

StepComparison compare_at(Walk& walk, std::int64_t step, const Blocks& blocks,
                          const std::vector<std::string>& names, const ComparisonOptions& options) {
  const Tensor<double> theta = walk.position();
  const ComparisonPoint point{.landscape = walk.landscape(),
                              .data = [&] { return walk.experiment().data_landscape(); },
                              .theta = theta.flat(),
                              .history = [&] { return walk.history(); },
                              .window = walk.window(),
                              .replicas = [&](std::size_t count) { return walk.replica_positions(count); },
                              .blocks = blocks};
  StepComparison result{step, {}};
  for (const Sampler& sampler : samplers()) {
    if (!asked_for(names, sampler)) continue;
    options.progress(sampler.name);
    result.samplers.push_back({&sampler, sampler.compare(point, options)});
  }
  return result;
}

}  // namespace

void compare_distributions(const CompareArguments& arguments) {
  const Subject subject = subject_of(arguments);
  const Plan& plan = subject.plan;
  Walk walk(plan, windows_of_history, 1e6 * static_cast<double>(arguments.memory));
  ComparisonOptions options = options_of(arguments, plan, walk.landscape());
  const std::vector<std::int64_t> asked = steps_of(arguments, subject);
  const std::string name = plan.setting->name + "-seed" + std::to_string(plan.parameters.integer("seed"));
  const ClaimedDirectory claimed =
      claim_output(arguments.out, fs::path("runs") / ("compare-" + name), arguments.quiet);
  const fs::path& directory = claimed.path();

  const Blocks blocks(walk.experiment().probe_blocks());
  std::vector<StepComparison> steps;
  std::vector<Glance> course;
  {
    Progress progress(asked.front(), asked.back(), arguments.json || arguments.quiet);
    const std::vector<std::int64_t> stops = stops_of(asked);
    const double total = static_cast<double>(stops.size()) +
                         static_cast<double>(asked.size()) * work_of_step(arguments.samplers, options);
    double done = 0;
    say_limits(arguments, walk.landscape(), options, progress);
    if (subject.stored) walk.start_near(asked.front(), *subject.stored);
    for (std::int64_t step : stops) {
      progress.update(step, "training", done / total);
      walk.advance_to(step);
      const std::vector<double> losses = walk.probe_losses();
      check_finite(step, losses);
      if (subject.stored && !subject.stored->agrees(step, losses)) {
        throw DataError(arguments.target + ": the replay differs from the stored losses at step " +
                        std::to_string(step) + "; it was made by another version or on another machine");
      }
      course.push_back(
          glance(walk.landscape(), walk.position().flat(), walk.history(), walk.window(), options));
      course.back().step = step;
      done += 1;
      if (!std::ranges::binary_search(asked, step)) continue;
      options.progress = [&](const std::string& what) {
        progress.update(step, what, done / total);
        done += work_of_part;
      };
      steps.push_back(compare_at(walk, step, blocks, arguments.samplers, options));
      if (!arguments.json) std::fputs(to_text(steps.back(), blocks, asked.size() == 1).c_str(), stdout);
    }
  }
  const nlohmann::json page = page_json(plan, walk, options.threads, steps, course);
  write_file(directory / "compare.json", page.dump());
  report::write_comparison(page["title"], page.dump(), directory / "compare.html");
  if (arguments.open) open_in_browser(directory / "compare.html");
  if (arguments.json) {
    std::cout << result_json(directory.string(), steps).dump(2) << "\n";
  } else {
    std::printf("report: %s\n", (directory / "compare.html").c_str());
    if (!arguments.quiet)
      suggest("open " + (directory / "compare.html").string() + " in a browser, or give --open");
  }
}

}  // namespace premelt::cli
