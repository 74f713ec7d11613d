#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/commands.hpp"
#include "cli/plan.hpp"
#include "cli/progress.hpp"
#include "cli/run_directory.hpp"
#include "cli/run_info.hpp"
#include "engine/error.hpp"
#include "models/run.hpp"
#include "rdm/run_writer.hpp"

namespace premelt::cli {

namespace {

namespace fs = std::filesystem;

std::atomic<bool> interrupted = false;
extern "C" void on_interrupt(int) {
  interrupted = true;
}

nlohmann::json run_info(const Plan& plan, const Experiment& experiment) {
  const MonitorOptions options = experiment.monitor_options();
  std::vector<std::string> names;
  for (std::size_t i = 0; i < options.probes; ++i) names.push_back(std::to_string(i));
  nlohmann::json events = nlohmann::json::array();
  for (const EventSpec& spec : experiment.events()) {
    events.push_back({{"name", spec.name}, {"order", spec.order}, {"target", spec.target}});
  }
  nlohmann::json info = monitor_info(options, names, experiment.probe_blocks(), experiment.noise_level());
  const auto& p = plan.parameters;
  info.update({{"kind", "run"},
               {"setting", plan.setting->name},
               {"title", plan.setting->name},
               {"subtitle", plan.setting->summary + ", seed " + std::to_string(p.integer("seed"))},
               {"seed", p.integer("seed")},
               {"steps", p.integer("steps")},
               {"every", p.integer("every")},
               {"dtype", p.text("dtype")},
               {"threads", 1},
               {"parameters", to_json(p)},
               {"events", events}});
  return info;
}

/// Writes what happens into the run directory and tells the person watching.
class Watcher : public RunObserver {
 public:
  Watcher(RunWriter& writer, Progress& progress, const Monitor& columns)
      : writer_(writer), progress_(progress), shc_(columns.column("shc")), pr_(columns.column("pr")) {}

  void recorded(std::int64_t step, std::span<const double> losses, std::span<const double> order) override {
    writer_.record(step, losses, order);
    order_.assign(order.begin(), order.end());
    progress_.update(step, note_);
    if (Clock::now() - last_flush_ < std::chrono::seconds(1)) return;
    writer_.flush();
    last_flush_ = Clock::now();
  }

  void observed(const Observation& observation) override {
    writer_.observe(observation);
    note_ = "SHC " + short_number(observation.values[shc_]) + "  PR " + short_number(observation.values[pr_]);
  }

  void happened(const Event& event) override {
    writer_.add(event);
    const std::string step = "step " + std::to_string(event.step);
    if (event.kind == Event::Kind::alarm) {
      progress_.say("ALARM " + step, event.why);
    } else if (event.name.ends_with("_50")) {
      progress_.say("event " + step, event.why);
    }
  }

  const std::vector<double>& last_order() const { return order_; }

 private:
  using Clock = std::chrono::steady_clock;

  RunWriter& writer_;
  Progress& progress_;
  std::size_t shc_, pr_;
  std::string note_ = "the window is filling";
  std::vector<double> order_;
  Clock::time_point last_flush_ = Clock::now();
};

const Event* find_event(const std::vector<Event>& events, const std::string& name) {
  const auto found = std::ranges::find_if(
      events, [&](const Event& e) { return e.kind == Event::Kind::event && e.name == name; });
  return found == events.end() ? nullptr : &*found;
}

/// The latest alarm up to `step` and after `after`, the half-way point of the event before.
const Event* alarm_between(const std::vector<Event>& events, std::int64_t after, std::int64_t step) {
  const Event* latest = nullptr;
  for (const Event& event : events) {
    if (event.kind == Event::Kind::alarm && event.step > after && event.step <= step) latest = &event;
  }
  return latest;
}

void print_summary(const std::vector<EventSpec>& specs, const std::vector<Event>& events) {
  std::printf("%-12s %8s %8s %8s %8s %8s\n", "event", "10 %", "50 %", "90 %", "alarm", "lead");
  std::int64_t previous_half = -1;
  for (const EventSpec& spec : specs) {
    std::printf("%-12s", spec.name.c_str());
    for (const char* level : {"_10", "_50", "_90"}) {
      const Event* event = find_event(events, spec.name + level);
      std::printf(" %8s", event != nullptr ? std::to_string(event->step).c_str() : "-");
    }
    const Event* half = find_event(events, spec.name + "_50");
    const Event* alarm = half != nullptr ? alarm_between(events, previous_half, half->step) : nullptr;
    std::printf(" %8s %8s\n", alarm != nullptr ? std::to_string(alarm->step).c_str() : "-",
                alarm != nullptr ? std::to_string(half->step - alarm->step).c_str() : "-");
    if (half != nullptr) previous_half = half->step;
  }
  const auto alarms = std::ranges::count(events, Event::Kind::alarm, &Event::kind);
  std::printf("alarms: %zd in all; lead = steps from the alarm to the half-way point (50 %%)\n", alarms);
}

nlohmann::json result_json(const Plan& plan, const fs::path& directory, std::int64_t steps, double seconds,
                           const std::vector<Event>& events, const std::vector<std::string>& order_names,
                           const std::vector<double>& order) {
  nlohmann::json final = nlohmann::json::object();
  for (std::size_t i = 0; i < order_names.size(); ++i) final[order_names[i]] = json_number(order[i]);
  return {{"dir", directory.string()},
          {"setting", plan.setting->name},
          {"seed", plan.parameters.integer("seed")},
          {"steps", steps},
          {"seconds", seconds},
          {"events", premelt::to_json(events)},
          {"final", final}};
}

}  // namespace

void run_setting(const RunArguments& arguments) {
  const Plan plan = make_plan(arguments.setting, arguments.config, arguments.overrides);
  const std::unique_ptr<Experiment> experiment = plan.setting->make(plan.parameters);
  const Monitor columns(experiment->monitor_options());
  const std::string seed = std::to_string(plan.parameters.integer("seed"));
  const fs::path directory =
      make_run_directory(arguments.out.empty() ? fs::path("runs") / (plan.setting->name + "-seed" + seed)
                                               : fs::path(arguments.out));

  std::signal(SIGINT, on_interrupt);
  std::signal(SIGTERM, on_interrupt);
  const std::int64_t steps = plan.parameters.integer("steps");
  const auto start = std::chrono::steady_clock::now();
  RunWriter writer(directory, run_info(plan, *experiment),
                   {experiment->probe_blocks().size(), experiment->monitor_options().modes,
                    experiment->order_names(), columns.columns()});
  std::int64_t reached = 0;
  std::vector<double> order;
  {
    Progress progress(steps, arguments.quiet);
    progress.say(plan.setting->name,
                 plan.setting->summary + ": " + std::to_string(steps) + " steps, seed " + seed);
    Watcher watcher(writer, progress, columns);
    try {
      reached = run(*experiment, steps, plan.parameters.integer("every"), watcher, interrupted);
    } catch (const DivergedError& error) {
      writer.flush();
      write_run_report(directory);
      throw DivergedError(std::string(error.what()) + "; the run so far is in " + directory.string());
    }
    if (reached < steps)
      progress.say("stopped", "at step " + std::to_string(reached) + ", the run so far is complete");
    writer.flush();
    order = watcher.last_order();
  }
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  const fs::path report = write_run_report(directory);
  if (arguments.json) {
    std::cout << result_json(plan, directory, reached, seconds, writer.events(), experiment->order_names(),
                             order)
                     .dump(2)
              << "\n";
    return;
  }
  print_summary(experiment->events(), writer.events());
  std::printf("%lld steps in %.1f s\nreport: %s\n", static_cast<long long>(reached), seconds, report.c_str());
}

}  // namespace premelt::cli
