#include <algorithm>
#include <cstdio>
#include <deque>
#include <iostream>
#include <nlohmann/json.hpp>
#include <thread>

#include "cli/commands.hpp"
#include "cli/comparison.hpp"
#include "cli/comparison_json.hpp"
#include "cli/plan.hpp"
#include "cli/progress.hpp"
#include "cli/provenance.hpp"
#include "cli/report/report.hpp"
#include "cli/run_info.hpp"
#include "engine/error.hpp"
#include "engine/npy.hpp"
#include "rdm/comparison.hpp"
#include "rdm/run_writer.hpp"

namespace premelt::cli {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t replicas = 16, course_points = 60;

/// A training run that is walked forward, with its newest recorded parameters.
class Walk {
 public:
  /// `memory` in bytes bounds the history.
  Walk(const Plan& plan, double memory)
      : plan_(plan),
        experiment_(plan.setting->make(plan.parameters)),
        landscape_(experiment_->landscape()),
        window_(plan.parameters.count("window")),
        kept_(windows_of_history * window_) {
    if (landscape_ == nullptr) {
      throw UsageError("the setting '" + plan.setting->name +
                       "' has no parameters, so there is nothing to compare; try deep-linear");
    }
    const auto row_bytes = static_cast<double>(sizeof(double) * landscape_->parameters());
    if (row_bytes * static_cast<double>(windows_of_history * window_) > memory) kept_ = window_;
    if (landscape_->probes() < 2) throw UsageError("a covariance needs at least 2 probes, got 1");
    recent_.push_back(experiment_->position());
  }

  void advance_to(std::int64_t step) {
    while (step_ < step) {
      experiment_->step();
      if (++step_ % plan_.parameters.integer("every") != 0) continue;
      recent_.push_back(experiment_->position());
      if (recent_.size() > kept_) recent_.pop_front();
    }
  }

  const LossLandscape& landscape() const { return *landscape_; }
  std::size_t window() const { return window_; }
  Tensor<double> position() const { return experiment_->position(); }
  /// Recorded θ, oldest first: those of the last few windows, or of one when they are large.
  Tensor<double> history() const { return stack({recent_.begin(), recent_.end()}); }
  std::vector<double> probe_losses() {
    std::vector<double> losses(landscape_->probes());
    experiment_->probe_losses(losses);
    return losses;
  }

  /// Copies of the present point, a window's length of steps later, each with batches of its own (R,p).
  Tensor<double> replica_positions() const {
    std::vector<Tensor<double>> copies;
    for (std::size_t r = 0; r < replicas; ++r) {
      const auto copy = plan_.setting->make(plan_.parameters);
      for (std::int64_t step = 0; step < step_; ++step) copy->step();
      copy->reseed(r);
      const auto further = static_cast<std::int64_t>(window_) * plan_.parameters.integer("every");
      for (std::int64_t step = 0; step < further; ++step) copy->step();
      copies.push_back(copy->position());
    }
    return stack(copies);
  }

 private:
  static Tensor<double> stack(const std::vector<Tensor<double>>& rows) {
    Tensor<double> matrix(Shape{rows.size(), rows.front().size()});
    for (std::size_t t = 0; t < rows.size(); ++t) std::ranges::copy(rows[t].flat(), matrix.row(t).begin());
    return matrix;
  }

  const Plan& plan_;
  std::unique_ptr<Experiment> experiment_;
  std::unique_ptr<LossLandscape> landscape_;
  std::size_t window_, kept_;  ///< in recordings
  std::deque<Tensor<double>> recent_;
  std::int64_t step_ = 0;
};

/// The losses a stored run recorded, to check its replay against; empty for a setting.
struct StoredRun {
  Tensor<std::int64_t> steps;
  Tensor<double> losses;

  explicit StoredRun(const fs::path& directory)
      : steps(read_npy<std::int64_t>(directory / "steps.npy")),
        losses(read_npy<double>(directory / "losses.npy")) {}

  std::int64_t last() const { return steps.empty() ? -1 : steps.flat().back(); }
  /// Whether `now` are the very losses recorded at `step`; true where nothing was recorded.
  bool agrees(std::int64_t step, const std::vector<double>& now) const {
    const auto row = std::ranges::find(steps.flat(), step) - steps.flat().begin();
    return row == static_cast<std::ptrdiff_t>(steps.size()) ||
           std::ranges::equal(losses.row(static_cast<std::size_t>(row)), now);
  }
};

Plan plan_of(const CompareArguments& arguments, const std::optional<StoredRun>& stored) {
  if (!stored) return make_plan(arguments.target, arguments.config, arguments.overrides);
  if (!arguments.config.empty()) throw UsageError("a run directory is its own config; leave out --config");
  return make_plan("", (fs::path(arguments.target) / "run.json").string(), arguments.overrides);
}

/// The asked steps, ascending, each once. Throws UsageError when one lies outside the run.
std::vector<std::int64_t> steps_of(const CompareArguments& arguments, const Plan& plan,
                                   const std::optional<StoredRun>& stored) {
  const std::int64_t last = stored ? stored->last() : plan.parameters.integer("steps");
  std::vector<std::int64_t> steps = arguments.steps;
  if (steps.empty()) steps = {0, last / 10, last / 4, last / 2, last};
  std::ranges::sort(steps);
  const auto repeated = std::ranges::unique(steps);
  steps.erase(repeated.begin(), repeated.end());
  if (steps.back() > last) {
    throw UsageError("--at: step " + std::to_string(steps.back()) +
                     " lies outside the run, which has steps 0 to " + std::to_string(last) +
                     (stored ? "" : "; make it longer with --set steps=N"));
  }
  return steps;
}

ComparisonOptions options_of(const CompareArguments& arguments, const Plan& plan,
                             const LossLandscape& landscape) {
  for (double sigma : arguments.sigmas) {
    if (!(sigma > 0)) throw UsageError("--sigma: must be positive, got " + short_number(sigma));
  }
  ComparisonOptions options{.sigmas = arguments.sigmas, .draws = arguments.draws};
  std::ranges::sort(options.sigmas);
  if (options.draws == 0) options.draws = default_draws(landscape);
  if (options.draws < 4) {
    throw UsageError("--draws: expected at least 4 loss vectors (two pairs), got " +
                     std::to_string(options.draws));
  }
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

StepComparison compare_at(Walk& walk, std::int64_t step, const std::vector<std::string>& samplers,
                          const ComparisonOptions& options) {
  const auto asked = [&](const char* name) { return std::ranges::find(samplers, name) != samplers.end(); };
  const Tensor<double> theta = walk.position();
  StepComparison result;
  result.step = step;
  if (asked("gaussian")) result.gaussian = compare_gaussian(walk.landscape(), theta.flat(), options);
  if (asked("dynamical"))
    result.dynamical = compare_dynamical(walk.landscape(), walk.history(), walk.window(), options);
  if (asked("replica")) result.replica = compare_replica(walk.landscape(), walk.replica_positions(), options);
  if (asked("sgld")) result.sgld = compare_sgld(walk.landscape(), theta.flat(), options);
  return result;
}

void print_agreement(const char* name, const Agreement& a) {
  std::printf("  %-22s error %-9s SHC %-9s PR %-9s v1 overlap %s\n", name, short_number(a.error).c_str(),
              short_number(a.shc).c_str(), short_number(a.pr).c_str(), short_number(a.top_overlap).c_str());
}

/// Where errors follow a power of sigma: above the Monte-Carlo floor and below saturation.
double slope(const std::vector<GaussianComparison>& all, double (*error)(const GaussianComparison&)) {
  std::vector<double> sigmas, errors;
  for (const GaussianComparison& g : all) {
    if (!(error(g) > 3 * g.mc_error) || !(error(g) < 0.05)) continue;
    sigmas.push_back(g.sigma);
    errors.push_back(error(g));
  }
  return log_log_slope(sigmas, errors);
}

void print_step(const StepComparison& s) {
  std::printf("step %lld\n", static_cast<long long>(s.step));
  if (!s.gaussian.empty()) {
    std::printf("  %9s %8s %9s %9s %9s %11s %9s %10s %11s\n", "sigma", "draws", "order 1", "order 2",
                "MC error", "SHC ratio", "PR", "PR linear", "v1 overlap");
    for (const GaussianComparison& g : s.gaussian) {
      std::printf("  %9s %8zu %9s %9s %9s %11s %9s %10s %11s\n", short_number(g.sigma).c_str(), g.draws,
                  short_number(g.agreement.error).c_str(), short_number(g.error_order2).c_str(),
                  short_number(g.mc_error).c_str(),
                  short_number(g.agreement.shc / g.agreement.shc_linear).c_str(),
                  short_number(g.agreement.pr).c_str(), short_number(g.agreement.pr_linear).c_str(),
                  short_number(g.agreement.top_overlap).c_str());
    }
    std::printf(
        "  slopes in sigma: order 1 %s, order 2 %s\n",
        short_number(slope(s.gaussian, [](const GaussianComparison& g) { return g.agreement.error; }))
            .c_str(),
        short_number(slope(s.gaussian, [](const GaussianComparison& g) { return g.error_order2; })).c_str());
  }
  if (s.dynamical)
    print_agreement(("dynamical, W = " + std::to_string(s.dynamical->window)).c_str(),
                    s.dynamical->agreement);
  if (s.replica) print_agreement(("replica, R = " + std::to_string(replicas)).c_str(), *s.replica);
  if (!s.sgld) return;
  print_agreement("sgld", s.sgld->agreement);
  std::printf("  %-22s llc %s +- %s, %s effective of %zu draws, acceptance %s\n", "",
              short_number(s.sgld->result.llc).c_str(), short_number(s.sgld->result.llc_error).c_str(),
              short_number(s.sgld->result.effective_draws).c_str(), s.sgld->result.trace.size(),
              short_number(s.sgld->result.acceptance).c_str());
}

}  // namespace

void compare_distributions(const CompareArguments& arguments) {
  std::optional<StoredRun> stored;
  if (fs::is_directory(arguments.target)) stored.emplace(arguments.target);
  const Plan plan = plan_of(arguments, stored);
  Walk walk(plan, 1e6 * static_cast<double>(arguments.memory));
  const ComparisonOptions options = options_of(arguments, plan, walk.landscape());
  const std::vector<std::int64_t> asked = steps_of(arguments, plan, stored);
  const std::string name = plan.setting->name + "-seed" + std::to_string(plan.parameters.integer("seed"));
  const fs::path directory = make_run_directory(arguments.out.empty() ? fs::path("runs") / ("compare-" + name)
                                                                      : fs::path(arguments.out));

  std::vector<StepComparison> steps;
  std::vector<Glance> course;
  {
    Progress progress(asked.back(), arguments.json);
    say_limits(arguments, walk.landscape(), options, progress);
    std::vector<std::int64_t> stops = asked;
    for (std::size_t k = 0; k < course_points; ++k)
      stops.push_back(asked.back() * static_cast<std::int64_t>(k) / static_cast<std::int64_t>(course_points));
    std::ranges::sort(stops);
    const auto repeated = std::ranges::unique(stops);
    stops.erase(repeated.begin(), repeated.end());
    for (std::int64_t step : stops) {
      walk.advance_to(step);
      if (stored && arguments.overrides.empty() && !stored->agrees(step, walk.probe_losses())) {
        throw DataError(arguments.target + ": the replay differs from the stored losses at step " +
                        std::to_string(step) + "; it was made by another version or on another machine");
      }
      course.push_back(
          glance(walk.landscape(), walk.position().flat(), walk.history(), walk.window(), options));
      course.back().step = step;
      progress.update(step, "comparing");
      if (!std::ranges::binary_search(asked, step)) continue;
      steps.push_back(compare_at(walk, step, arguments.samplers, options));
      if (!arguments.json) print_step(steps.back());
    }
  }
  nlohmann::json page = page_json(steps, course);
  page.update(
      {{"kind", "compare"},
       {"setting", plan.setting->name},
       {"title", "Prop. 2.1 on " + plan.setting->name},
       {"subtitle", plan.setting->summary + ", seed " + std::to_string(plan.parameters.integer("seed"))},
       {"probes", walk.landscape().probes()},
       {"count", walk.landscape().parameters()},
       {"window", walk.window()},
       {"threads", options.threads},
       {"parameters", to_json(plan.parameters)},
       {"build", build_provenance()}});
  write_file(directory / "compare.json", page.dump());
  report::write_comparison(page["title"], page.dump(), directory / "compare.html");
  if (arguments.json) {
    std::cout << result_json(directory.string(), steps).dump(2) << "\n";
  } else {
    std::printf("report: %s\n", (directory / "compare.html").c_str());
  }
}

}  // namespace premelt::cli
