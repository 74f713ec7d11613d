#include <fmt/format.h>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/commands/commands.hpp"
#include "cli/runs/course.hpp"
#include "cli/runs/output_directory.hpp"
#include "cli/runs/plan.hpp"
#include "cli/runs/resume.hpp"
#include "cli/runs/run_directory.hpp"
#include "cli/runs/run_info.hpp"
#include "cli/terminal/browser.hpp"
#include "cli/terminal/interrupt.hpp"
#include "cli/terminal/progress.hpp"
#include "cli/terminal/terminal.hpp"
#include "engine/io/claimed_directory.hpp"
#include "engine/io/file.hpp"
#include "engine/tape/profile.hpp"
#include "engine/tensor/error.hpp"
#include "engine/tensor/numbers.hpp"
#include "models/experiment/checkpoints.hpp"
#include "models/experiment/run.hpp"
#include "rdm/io/run_writer.hpp"
#include "rdm/window/transition.hpp"

namespace premelt::cli {

namespace {

namespace fs = std::filesystem;

/// Tokens trained on per second since it was made.
class TokenMeter {
 public:
  /// `first`: the step at which it is made.
  TokenMeter(std::size_t tokens_per_step, std::int64_t first)
      : tokens_per_step_(static_cast<double>(tokens_per_step)), first_(first) {}

  /// "  41000 tokens/s"; nothing where there are no tokens or no steps yet.
  std::string text(std::int64_t step) const {
    const double seconds = std::chrono::duration<double>(Clock::now() - start_).count();
    if (tokens_per_step_ == 0 || step == first_) return "";
    return "  " +
           std::to_string(std::lround(tokens_per_step_ * static_cast<double>(step - first_) / seconds)) +
           " tokens/s";
  }

 private:
  using Clock = std::chrono::steady_clock;

  double tokens_per_step_;
  std::int64_t first_;
  Clock::time_point start_ = Clock::now();
};

/// Writes what happens into the run directory and tells the person watching.
class Watcher : public RunObserver {
 public:
  Watcher(const Plan& plan, const fs::path& directory, RunWriter& writer, Progress& progress, Course& course,
          const std::vector<std::string>& columns, TokenMeter tokens)
      : plan_(plan),
        directory_(directory),
        writer_(writer),
        progress_(progress),
        course_(course),
        tokens_(tokens),
        shc_(column(columns, "shc")),
        pr_(column(columns, "pr")) {}

  void recorded(const Recording& recording) override {
    writer_.record(recording);
    order_.assign(recording.order.begin(), recording.order.end());
    has_recorded_ = true;
    course_.recorded(recording);
    progress_.update(recording.step, note_, tokens_.text(recording.step));
    if (Clock::now() - last_flush_ < std::chrono::seconds(1)) return;
    writer_.flush();
    last_flush_ = Clock::now();
  }

  void observed(const Observation& observation) override {
    writer_.observe(observation);
    const double shc = observation.values[shc_], pr = observation.values[pr_];
    note_ = "SHC " + short_number(shc) + "  PR " + short_number(pr);
    course_.observed(observation.step, shc, pr);
  }

  void happened(const Event& event) override {
    writer_.add(event);
    course_.happened(event);
    const std::string step = "step " + std::to_string(event.step);
    if (event.kind == Event::Kind::alarm) {
      progress_.say("ALARM " + step, event.why);
    } else if (event.name.ends_with("_50")) {
      progress_.say("event " + step, event.why);
    }
  }

  void sampled(std::int64_t step, const std::string& line) override {
    writer_.sample(step, line);
    progress_.say("sample step " + std::to_string(step), line);
  }

  void checkpointed(const Checkpoint& checkpoint) override {
    writer_.sync();  // a checkpoint never stands without the recordings before it, whatever the power does
    write_run_checkpoint(directory_, plan_.setting->name, plan_.parameters, checkpoint, writer_.digests());
  }

  const std::vector<double>& last_order() const { return order_; }
  bool has_recorded() const { return has_recorded_; }

 private:
  using Clock = std::chrono::steady_clock;

  static std::size_t column(const std::vector<std::string>& columns, const char* name) {
    return static_cast<std::size_t>(std::ranges::find(columns, name) - columns.begin());
  }

  const Plan& plan_;
  fs::path directory_;
  RunWriter& writer_;
  Progress& progress_;
  Course& course_;
  TokenMeter tokens_;
  std::size_t shc_, pr_;
  std::string note_ = "the window is filling";
  std::vector<double> order_;
  bool has_recorded_ = false;
  Clock::time_point last_flush_ = Clock::now();
};

std::string step_or_dash(const std::optional<std::int64_t>& step) {
  return step ? std::to_string(*step) : "-";
}

void print_summary(const std::vector<EventSpec>& specs, const std::vector<Event>& events) {
  const std::vector<Transition> found = transitions(events);
  const auto print_row = [](const auto&... cells) {
    std::cout << fmt::format("{:<12} {:>8} {:>8} {:>8} {:>8} {:>8}\n", cells...);
  };
  print_row("event", "10 %", "50 %", "90 %", "alarm", "lead");
  for (const EventSpec& spec : specs) {
    const auto at = std::ranges::find(found, spec.name, &Transition::name);
    const Transition t = at == found.end() ? Transition{} : *at;
    print_row(spec.name, step_or_dash(t.at10), step_or_dash(t.at50), step_or_dash(t.at90),
              step_or_dash(t.alarm), step_or_dash(t.lead()));
  }
  std::cout << fmt::format("alarms: {} in all; lead = steps from the alarm to the half-way point (50 %)\n",
                           std::ranges::count(events, Event::Kind::alarm, &Event::kind));
}

/// What there is to say about a run once it has ended.
struct Result {
  fs::path directory;
  std::int64_t steps;
  double seconds;
  std::vector<Event> events;
  std::vector<double> order;
  std::string speed = {};  ///< as TokenMeter gives it
};

void print_json(const Plan& plan, const Experiment& experiment, const Result& result) {
  const std::vector<std::string> names = experiment.order_names();
  nlohmann::json final = nlohmann::json::object();
  for (std::size_t i = 0; i < names.size(); ++i) final[names[i]] = json_number(result.order[i]);
  const nlohmann::json object{{"dir", result.directory.string()},
                              {"setting", plan.setting->name},
                              {"seed", plan.parameters.integer("seed")},
                              {"steps", result.steps},
                              {"seconds", result.seconds},
                              {"events", premelt::to_json(result.events)},
                              {"final", final}};
  std::cout << object.dump(2) << "\n";
}

ClaimedDirectory new_directory(const RunArguments& arguments, const Plan& plan) {
  const std::string seed = std::to_string(plan.parameters.integer("seed"));
  return claim_output(arguments.out, fs::path("runs") / (plan.setting->name + "-seed" + seed),
                      arguments.quiet);
}

/// The last words of a run that was not quiet.
void suggest_next(const RunArguments& arguments, const Result& result, std::int64_t steps) {
  const std::string directory = result.directory.string();
  if (arguments.quiet) return;
  if (result.steps < steps) return suggest("premelt run --resume --out " + directory);
  suggest(arguments.open ? "premelt compare " + directory + " --at " + std::to_string(result.steps)
                         : "premelt report " + directory + " --open");
}

/// An empty directory inside the run's, where the recordings up to the checkpoint are written anew: until
/// they are complete, the old files stay as they are.
fs::path replay_directory(const fs::path& run_directory) {
  const fs::path directory = run_directory / ".resume";
  std::error_code error;
  fs::remove_all(directory, error);
  fs::create_directory(directory, error);
  if (error) throw DataError(directory.string() + ": cannot be made: " + error.message());
  return directory;
}

/// Trains from step 0, or from where the run in `past` was interrupted. Returns the last step.
std::int64_t train(const Plan& plan, Experiment& experiment, const InterruptedRun* past, RunWriter& writer,
                   const fs::path& directory, Watcher& watcher, const std::atomic<bool>& interrupted) {
  Run run(experiment, watcher);
  try {
    if (past != nullptr) {
      run.resume(past->checkpoint.step, past->recordings());
      for (const auto& [step, line] : past->samples) writer.sample(step, line);
      writer.move_to(directory);
      watcher.checkpointed(past->checkpoint);  // with the checksums of what was written anew
      fs::remove_all(directory / ".resume");
    }
    const std::int64_t reached = run.train(run_plan(plan.parameters), interrupted);
    writer.flush();
    return reached;
  } catch (const DivergedError& error) {
    writer.flush();
    if (!watcher.has_recorded()) throw;
    write_run_report(directory);
    throw DivergedError(std::string(error.what()) + "; the run so far is in " + directory.string());
  }
}

/// Nothing is left to do but the report: the run may have been killed while drawing it.
void say_finished(const RunArguments& arguments, const Plan& plan, const Experiment& experiment,
                  const InterruptedRun& past) {
  const fs::path directory = arguments.out;
  const std::int64_t steps = past.checkpoint.step;
  write_run_report(directory);
  if (!arguments.json) {
    std::cout << fmt::format("{} is finished: all {} steps are done; --steps N would continue it\n",
                             arguments.out, steps);
    return;
  }
  const auto last = past.order.row(past.steps.size() - 1);
  print_json(plan, experiment,
             {directory, steps, 0, read_events(directory), std::vector<double>(last.begin(), last.end())});
}

/// The same bits are promised for the same build only.
void note_other_build(const fs::path& directory, Progress& progress) {
  if (made_by_this_build(directory / "run.json")) return;
  progress.say("note",
               "another build of premelt or of BLAS began this run; the last bits of what follows may "
               "differ from what it would have written");
}

}  // namespace

void run_setting(const RunArguments& arguments) {
  const Plan plan = arguments.resume ? resumed_plan(arguments) : make_plan(arguments);
  std::optional<DirectoryLock> lock;
  if (arguments.resume) {
    lock.emplace(arguments.out);  // before anything is read that another may be writing
    remove_unfinished(arguments.out);
  }
  const std::unique_ptr<Experiment> experiment = plan.setting->make(plan.parameters);
  const RunWriter::Layout layout = run_layout(*experiment);
  const std::int64_t steps = plan.parameters.integer("steps");
  std::optional<InterruptedRun> past;
  if (arguments.resume) {
    past = read_interrupted_run(arguments.out, plan, layout);
    experiment->load(past->checkpoint);
    if (past->checkpoint.step >= steps) return say_finished(arguments, plan, *experiment, *past);
  }

  const std::atomic<bool>& interrupted = catch_interrupts();
  const auto start = std::chrono::steady_clock::now();
  std::optional<ClaimedDirectory> claimed;
  if (!past) claimed.emplace(new_directory(arguments, plan));
  const fs::path directory = past ? fs::path(arguments.out) : claimed->path();
  const nlohmann::json info = run_info(plan, *experiment);
  RunWriter writer(past ? replay_directory(directory) : directory, info, layout);
  Result result{directory, 0, 0, {}, {}};
  {
    const std::int64_t first = past ? past->checkpoint.step : 0;
    Course course(*experiment, steps);
    Progress progress(first, steps, arguments.quiet, "step", &course.sparklines());
    progress.say(plan.setting->name, plan.setting->summary + ": steps " + std::to_string(first) + " to " +
                                         std::to_string(steps) + ", seed " +
                                         std::to_string(plan.parameters.integer("seed")));
    if (past) note_other_build(directory, progress);
    if (const std::string about = experiment->about_data(); !about.empty()) progress.say("data", about);
    const TokenMeter tokens(experiment->tokens_per_step(), first);
    Watcher watcher(plan, directory, writer, progress, course, layout.signals, tokens);
    std::optional<Profile> profile;
    if (arguments.profile) profile.emplace();
    result.steps = train(plan, *experiment, past ? &*past : nullptr, writer, directory, watcher, interrupted);
    if (profile) progress.say("profile", "of the ops recorded on the tape\n" + to_string(*profile));
    result.order = watcher.last_order();
    result.speed = tokens.text(result.steps);
    if (result.steps < steps) {
      progress.say("stopped", "at step " + std::to_string(result.steps) +
                                  ", the run so far is complete; `premelt run --resume --out " +
                                  directory.string() + "` continues it");
    }
  }
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  result.events = writer.events();
  const fs::path report = write_run_report(directory);
  if (arguments.open) open_in_browser(report);
  if (arguments.json) return print_json(plan, *experiment, result);
  print_summary(experiment->events(), result.events);
  std::cout << fmt::format("{} steps in {:.1f} s{}\nreport: {}\n", result.steps, result.seconds, result.speed,
                           report.string());
  suggest_next(arguments, result, steps);
}

}  // namespace premelt::cli
