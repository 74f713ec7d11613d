#include <algorithm>
#include <atomic>
#include <exception>
#include <iostream>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <thread>

#include "cli/commands/commands.hpp"
#include "cli/commands/sweep_json.hpp"
#include "cli/commands/sweep_page.hpp"
#include "cli/commands/sweep_store.hpp"
#include "cli/commands/sweep_table.hpp"
#include "cli/runs/outside_detector.hpp"
#include "cli/runs/plan.hpp"
#include "cli/terminal/browser.hpp"
#include "cli/terminal/progress.hpp"
#include "cli/terminal/provenance.hpp"
#include "cli/terminal/terminal.hpp"
#include "engine/io/file.hpp"
#include "engine/tensor/error.hpp"
#include "engine/tensor/memory.hpp"
#include "engine/tensor/numbers.hpp"
#include "models/sweep/costs.hpp"
#include "models/sweep/sweep_scores.hpp"
#include "rdm/scoring/verdict.hpp"

namespace premelt::cli {

namespace {

namespace fs = std::filesystem;

/// The tasks of a sweep at work.
class Workers {
 public:
  Workers(const Sweep& sweep, const SweepStore& store, std::size_t jobs, std::size_t expected, bool quiet)
      : sweep_(sweep),
        store_(store),
        jobs_(jobs),
        progress_(0, static_cast<std::int64_t>(expected), quiet, "run") {}

  /// Trains what is not stored yet, `jobs` runs at a time. The first error that is not a divergence stops
  /// all.
  void run(std::vector<SweepTask> tasks) {
    tasks_ = std::move(tasks);
    outcomes_.assign(tasks_.size(), {});
    next_ = 0;
    {
      std::vector<std::jthread> threads;
      for (std::size_t j = 0; j < jobs_; ++j) threads.emplace_back([this] { work(); });
    }
    if (error_) std::rethrow_exception(error_);
    for (std::size_t i = 0; i < tasks_.size(); ++i) {
      if (outcomes_[i].diverged.empty()) {
        finished_.emplace_back(tasks_[i], std::move(outcomes_[i].run));
      } else {
        diverged_.push_back({{"run", tasks_[i].name()}, {"why", outcomes_[i].diverged}});
      }
    }
  }

  FinishedRuns& finished() { return finished_; }
  const nlohmann::json& diverged() const { return diverged_; }

 private:
  void work() {
    for (std::size_t i = next_++; i < tasks_.size() && !failed_; i = next_++) {
      try {
        outcomes_[i] = outcome(tasks_[i]);
      } catch (...) {
        const std::lock_guard lock(mutex_);
        if (!error_) error_ = std::current_exception();
        failed_ = true;
        return;
      }
      const std::lock_guard lock(mutex_);
      if (!outcomes_[i].diverged.empty())
        progress_.say("diverged", tasks_[i].name() + ": " + outcomes_[i].diverged);
      progress_.update(++done_, tasks_[i].name());
    }
  }

  SweepOutcome outcome(const SweepTask& task) const {
    if (auto stored = store_.find(task)) return std::move(*stored);
    SweepOutcome fresh;
    try {
      fresh.run = sweep_run(sweep_, task);
    } catch (const DivergedError& error) {
      fresh.diverged = error.what();
    }
    store_.keep(task, fresh);
    return fresh;
  }

  const Sweep& sweep_;
  const SweepStore& store_;
  std::size_t jobs_;
  std::vector<SweepTask> tasks_;
  std::vector<SweepOutcome> outcomes_;
  FinishedRuns finished_;
  nlohmann::json diverged_ = nlohmann::json::array();
  Progress progress_;
  std::atomic<std::size_t> next_ = 0;
  std::atomic<bool> failed_ = false;
  std::mutex mutex_;  ///< guards what follows and the progress
  std::int64_t done_ = 0;
  std::exception_ptr error_;
};

/// The commands of `--detector`. The first failure of each is told when it happens.
std::vector<OutsideReader> outside_readers(const SweepArguments& arguments) {
  std::vector<OutsideReader> readers;
  for (const auto& [name, command] : arguments.detectors) {
    if (std::ranges::find(readers, name, &OutsideReader::name) != readers.end())
      throw UsageError("--detector: the name '" + name + "' is given twice");
    const auto detector = std::make_shared<OutsideDetector>(name, command);
    readers.push_back({name, command, [detector](const RunTrace& run) { return (*detector)(run); }});
  }
  return readers;
}

Sweep make_sweep(const SweepArguments& arguments) {
  RunArguments run;
  run.setting = arguments.setting;
  run.overrides = arguments.overrides;
  run.config = arguments.config;
  const Plan plan = make_plan(run);
  Sweep sweep{.setting = plan.setting,
              .parameters = plan.parameters,
              .windows = arguments.windows,
              .first_seed = arguments.first_seed,
              .last_seed = arguments.last_seed,
              .controls = arguments.controls,
              .horizon = arguments.horizon,
              .traps = arguments.traps,
              .ablate = arguments.ablate};
  if (sweep.windows.empty()) sweep.windows = {plan.parameters.count("window")};
  sweep.measures = {.cheap = true, .costly = arguments.costly, .updates = std::ranges::max(sweep.windows)};
  sweep.outside = outside_readers(arguments);
  sweep.whitened = !arguments.no_whitening && has_replicas(*sweep.setting, sweep.parameters);
  return sweep;
}

/// sweep.json: it says nothing that does not come from the stored runs.
nlohmann::json complete_scores(const Sweep& sweep, const nlohmann::json& making,
                               const std::vector<EventScores>& events, const nlohmann::json& diverged) {
  nlohmann::json scores = scores_json(events, true);
  scores["making"] = making;
  if (making["build"] != build_provenance()) scores["scored_by"] = build_provenance();
  scores["seeds"] = {sweep.first_seed, sweep.last_seed};
  scores["controls"] = sweep.controls;
  scores["runs"] = sweep_tasks(sweep).size();
  scores["windows"] = sweep.windows;
  if (sweep.horizon) scores["horizon"] = *sweep.horizon;
  scores["diverged"] = diverged;
  return scores;
}

std::string subtitle(const Sweep& sweep) {
  return "seeds " + std::to_string(sweep.first_seed) + " to " + std::to_string(sweep.last_seed) +
         " held out and as many for development; " + std::to_string(sweep.controls) +
         " controls in each half, for each event";
}

/// Throws UsageError when what is recorded of the runs at work has no room.
void check_size(const Sweep& sweep, std::size_t jobs) {
  const auto number = [&](const char* name) {
    return sweep.parameters.contains(name) ? static_cast<double>(sweep.parameters.integer(name)) : 1.0;
  };
  const double recordings = number("steps") / number("every") + 1;
  require_memory(
      sizeof(double) * recordings * number("probes") * static_cast<double>(std::max<std::size_t>(jobs, 1)),
      short_number(recordings) + " recordings of each run");
}

void print_scores(const std::vector<EventScores>& events) {
  std::cout << "fixed beforehand: raw SHC against the champion of the development half\n";
  for (const EventScores& event : events) {
    if (event.verdict) std::cout << "  " << sentence(event) << "\n";
  }
  std::cout << "\nexploratory: everything below\n";
  for (const auto& windows : by_event(events)) std::cout << "\n" << score_table(windows);
}

void print_names(const char* why, const std::vector<std::string>& names) {
  if (names.empty()) return;
  std::cout << "\n" << why;
  for (const std::string& name : names) std::cout << " " << name;
  std::cout << "\n";
}

/// Measures what the detectors cost and gives it to the scores; it stands in a file of its own, since what
/// is measured is another number every time. Nothing where nothing was scored.
void find_costs(Sweep sweep, const std::vector<std::string>& left_out, const fs::path& directory,
                std::vector<EventScores>& events) {
  if (std::ranges::all_of(events, [](const EventScores& event) { return event.detectors.empty(); })) return;
  std::erase_if(sweep.outside, [&](const OutsideReader& reader) {
    return std::ranges::find(left_out, reader.name) != left_out.end();
  });
  const DetectorCosts costs = measure_costs(sweep);
  write_file(directory / "costs.json", costs_json(costs).dump(1) + "\n");
  add_costs(events, costs);
}

/// Scores what is finished, prints it and writes it beside the runs.
void report_scores(const SweepArguments& arguments, const Sweep& sweep, const SweepStore& store,
                   FinishedRuns& finished, const nlohmann::json& diverged) {
  const std::vector<std::string> left_out = leave_out_failed(finished, sweep.outside);
  add_first_passages(finished, sweep.parameters.count("alarm_hold"));
  const std::vector<std::string> missing = not_available(finished);
  std::vector<EventScores> events = score_events(finished, sweep);
  nlohmann::json scores = complete_scores(sweep, store.making(), events, diverged);
  scores["left_out"] = left_out;
  scores["not_available"] = missing;
  write_file(store.directory() / "sweep.json", lines_of(scores));
  write_file(store.directory() / "scores.csv", scores_csv(events));
  find_costs(sweep, left_out, store.directory(), events);
  write_file(store.directory() / "report.html", sweep_page(sweep.setting->name, subtitle(sweep), events));
  if (arguments.open) open_in_browser(store.directory() / "report.html");
  if (arguments.json) {
    nlohmann::json object = scores_json(events, false);
    object["dir"] = store.directory().string();
    for (const char* key : {"seeds", "controls", "windows", "diverged", "left_out", "not_available"})
      object[key] = scores[key];
    std::cout << object.dump(2) << "\n";
    return;
  }
  print_scores(events);
  print_names("not available, since what they read was not recorded:", missing);
  print_names("left out, since they failed in a run:", left_out);
  if (!diverged.empty()) {
    std::cout << "\ndiverged: " << diverged.size() << " of " << diverged.size() + finished.size()
              << " runs, named in sweep.json; they are scored nowhere\n";
  }
  std::cout << "\nscores: " << (store.directory() / "scores.csv").string()
            << "\nreport: " << (store.directory() / "report.html").string() << "\n";
  if (!arguments.quiet && !arguments.traps)
    suggest("the same with --traps also counts false alarms on disturbed runs");
}

/// Throws DataError naming the runs of which nothing is stored.
void require_all(const SweepStore& store, const std::vector<SweepTask>& tasks) {
  constexpr std::size_t named = 20;
  std::vector<std::string> missing;
  for (const SweepTask& task : tasks) {
    if (!store.find(task)) missing.push_back(task.name());
  }
  if (missing.empty()) return;
  std::string text = store.directory().string() + ": " + std::to_string(missing.size()) + " of " +
                     std::to_string(tasks.size()) + " runs are missing: ";
  for (std::size_t i = 0; i < std::min(named, missing.size()); ++i) text += (i > 0 ? ", " : "") + missing[i];
  if (missing.size() > named) text += " and " + std::to_string(missing.size() - named) + " more";
  throw DataError(text + "; train them with the same command without --collect");
}

/// The part of the runs that this process was given, by option or by its launcher; nothing: all of them.
std::optional<Shard> share_of(const SweepArguments& arguments) {
  if (arguments.shard || arguments.collect) return arguments.shard;
  std::string variable;
  const auto share = shard_from_environment(variable);
  if (share && !arguments.quiet)
    std::cerr << "note  part " + std::to_string(share->index) + " of " + std::to_string(share->count) +
                     ", by " + variable + "\n";
  return share;
}

}  // namespace

void sweep_setting(const SweepArguments& arguments) {
  const Sweep sweep = make_sweep(arguments);
  check_size(sweep, arguments.jobs);
  std::vector<SweepTask> tasks = sweep_tasks(sweep);
  const std::optional<Shard> share = share_of(arguments);
  if (share) tasks = shard(tasks, share->index, share->count);
  const fs::path directory =
      arguments.out.empty() ? fs::path("runs") / ("sweep-" + sweep.setting->name) : fs::path(arguments.out);
  if (arguments.collect && !fs::exists(directory / "making.json"))
    throw DataError(directory.string() + ": holds no sweep to collect");
  const Access access = share ? Access::shared : arguments.collect ? Access::scoring : Access::alone;
  const SweepStore store(directory, sweep, access);
  if (arguments.collect) require_all(store, tasks);

  const std::size_t cores = std::max(1u, std::thread::hardware_concurrency());
  const std::size_t jobs = std::min(arguments.jobs > 0 ? arguments.jobs : cores, tasks.size());
  Workers workers(sweep, store, jobs, tasks.size(), arguments.quiet);
  workers.run(std::move(tasks));
  if (share && !arguments.quiet)
    suggest("when all parts are done, the same with --collect in place of --shard");
  if (!share) report_scores(arguments, sweep, store, workers.finished(), workers.diverged());
}

}  // namespace premelt::cli
