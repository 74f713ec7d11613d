#include <algorithm>
#include <atomic>
#include <cstdio>
#include <exception>
#include <iostream>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>

#include "cli/commands.hpp"
#include "cli/plan.hpp"
#include "cli/progress.hpp"
#include "cli/sweep_page.hpp"
#include "cli/sweep_scores.hpp"
#include "cli/sweep_store.hpp"
#include "engine/error.hpp"
#include "engine/file.hpp"

namespace premelt::cli {

namespace {

namespace fs = std::filesystem;

/// All tasks of a sweep at work.
class Workers {
 public:
  Workers(const Plan& plan, const SweepStore& store, std::vector<SweepTask> tasks, bool quiet)
      : plan_(plan),
        store_(store),
        tasks_(std::move(tasks)),
        outcomes_(tasks_.size()),
        progress_(0, static_cast<std::int64_t>(tasks_.size()), quiet) {}

  /// Trains what is not stored yet, `jobs` runs at a time. The first error that is not a divergence stops
  /// all.
  void run(std::size_t jobs) {
    {
      std::vector<std::jthread> threads;
      for (std::size_t j = 0; j < jobs; ++j) threads.emplace_back([this] { work(); });
    }
    if (error_) std::rethrow_exception(error_);
  }

  FinishedRuns finished() const {
    FinishedRuns runs;
    for (std::size_t i = 0; i < tasks_.size(); ++i) {
      if (outcomes_[i].diverged.empty()) runs.emplace_back(tasks_[i], outcomes_[i].run);
    }
    return runs;
  }

  nlohmann::json diverged() const {
    nlohmann::json list = nlohmann::json::array();
    for (std::size_t i = 0; i < tasks_.size(); ++i) {
      if (!outcomes_[i].diverged.empty())
        list.push_back({{"run", tasks_[i].name()}, {"why", outcomes_[i].diverged}});
    }
    return list;
  }

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
      fresh.run = sweep_run(*plan_.setting, plan_.parameters, task);
    } catch (const DivergedError& error) {
      fresh.diverged = error.what();
    }
    store_.keep(task, fresh);
    return fresh;
  }

  const Plan& plan_;
  const SweepStore& store_;
  const std::vector<SweepTask> tasks_;
  std::vector<SweepOutcome> outcomes_;
  Progress progress_;
  std::atomic<std::size_t> next_ = 0;
  std::atomic<bool> failed_ = false;
  std::mutex mutex_;  ///< guards what follows and the progress
  std::int64_t done_ = 0;
  std::exception_ptr error_;
};

void print_table(const EventScores& event) {
  std::printf("\n%s: happened in %zu runs, median step %.0f\n", event.event.c_str(), event.detected,
              event.median_step);
  std::printf("%-22s %9s %15s %9s %8s %14s %6s\n", "detector", "detected", "false alarms", "95 % int.",
              "lead", "quartiles", "AUC");
  for (const auto& [name, s, curve] : event.detectors) {
    std::printf("%-22s %7.0f %% %13.0f %% %4.0f-%2.0f %% %8.0f %6.0f-%-7.0f %6.3f%s\n", name.c_str(),
                100 * s.detection_rate, 100 * s.false_alarm_rate, 100 * s.false_alarm_interval.low,
                100 * s.false_alarm_interval.high, s.median_lead, s.lead_quartiles.low, s.lead_quartiles.high,
                s.auc, trustworthy(s) ? "" : "  above 5 %");
  }
  std::printf("first to move: SHC %.0f %%, PR %.0f %%, together %.0f %%, neither %.0f %%\n",
              100 * event.first.shc, 100 * event.first.pr, 100 * event.first.together,
              100 * event.first.neither);
}

}  // namespace

void sweep_setting(const SweepArguments& arguments) {
  RunArguments run;
  run.setting = arguments.setting;
  run.overrides = arguments.overrides;
  const Plan plan = make_plan(run);
  std::vector<SweepTask> tasks = sweep_tasks(*plan.setting, plan.parameters, arguments.first_seed,
                                             arguments.last_seed, arguments.controls);
  const SweepStore store(
      arguments.out.empty() ? fs::path("runs") / ("sweep-" + plan.setting->name) : fs::path(arguments.out),
      plan);
  Workers workers(plan, store, std::move(tasks), arguments.quiet);
  workers.run(arguments.jobs);

  const std::vector<EventScores> events = score_events(workers.finished());
  nlohmann::json scores = scores_json(events, true);
  scores["seeds"] = {arguments.first_seed, arguments.last_seed};
  scores["controls"] = arguments.controls;
  scores["diverged"] = workers.diverged();
  std::string verdicts;
  for (const EventScores& event : events) {
    verdicts += verdict(event) + "\n";
    scores["verdicts"].push_back(verdict(event));
  }
  write_file(store.directory() / "scores.json", scores.dump(2) + "\n");
  write_file(store.directory() / "scores.csv", scores_csv(events));
  const std::string subtitle =
      "seeds " + std::to_string(arguments.first_seed) + " to " + std::to_string(arguments.last_seed) + ", " +
      std::to_string(arguments.controls) + " controls to calibrate and as many to be scored, for each event";
  write_file(store.directory() / "report.html", sweep_page(plan.setting->name, subtitle, events));
  if (arguments.json) {
    nlohmann::json object = scores_json(events, false);
    object["dir"] = store.directory().string();
    for (const char* key : {"seeds", "controls", "diverged"}) object[key] = scores[key];
    std::cout << object.dump(2) << "\n";
    return;
  }
  for (const EventScores& event : events) print_table(event);
  std::printf("\n%s\nscores: %s\nreport: %s\n", verdicts.c_str(), (store.directory() / "scores.csv").c_str(),
              (store.directory() / "report.html").c_str());
}

}  // namespace premelt::cli
