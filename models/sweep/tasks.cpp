#include "models/sweep/tasks.hpp"

#include <algorithm>
#include <array>

#include "engine/tensor/error.hpp"

namespace premelt {

namespace {

/// Between the seeds of two families.
constexpr std::uint64_t stride = 1'000'000;

std::vector<EventSpec> events_with_twins(const Sweep& sweep) {
  auto events = sweep.setting->make(sweep.parameters)->events();
  std::erase_if(events, [](const EventSpec& spec) { return spec.control.empty(); });
  return events;
}

void check(const Sweep& sweep) {
  if (sweep.controls == 0)
    throw UsageError("a sweep needs controls: without them false alarms cannot be counted");
  const std::int64_t every = sweep.parameters.integer("every");
  const auto recordings = static_cast<std::size_t>(sweep.parameters.integer("steps") / every + 1);
  for (std::size_t window : sweep.windows) {
    if (sweep.horizon && *sweep.horizon < static_cast<std::int64_t>(window) * every) {
      throw UsageError("a horizon of " + std::to_string(*sweep.horizon) +
                       " steps is shorter than the window of " + std::to_string(window) + " recordings, " +
                       std::to_string(every) + " steps each: nothing could alarm before it");
    }
    if (window >= 2 && window <= recordings) continue;
    throw UsageError("a window of " + std::to_string(window) + " recordings: expected 2 to the " +
                     std::to_string(recordings) + " recordings of the run (steps / every + 1)");
  }
  if (events_with_twins(sweep).empty()) {
    throw UsageError("the setting '" + sweep.setting->name +
                     "' has no event with an event-free twin to score against");
  }
}

}  // namespace

std::string SweepTask::name() const {
  static constexpr std::array roles{"development", "development-control", "held-out", "held-out-control",
                                    "trap"};
  std::string name = roles[static_cast<std::size_t>(role)];
  for (const std::string& part : {event, trap}) name += part.empty() ? "" : "-" + part;
  return name + "-" + std::to_string(seed);
}

std::size_t Sweep::primary_window() const {
  const std::size_t own = parameters.count("window");
  return std::ranges::find(windows, own) != windows.end() ? own : windows.front();
}

std::vector<SweepTask> sweep_tasks(const Sweep& sweep) {
  check(sweep);
  const std::vector<EventSpec> events = events_with_twins(sweep);
  std::vector<SweepTask> tasks;
  std::uint64_t family = 0;
  const auto add_family = [&](SweepTask task, std::uint64_t runs) {
    for (std::uint64_t i = 0; i < runs; ++i) {
      task.seed = sweep.first_seed + family * stride + i;
      tasks.push_back(task);
    }
    ++family;
  };
  const std::uint64_t seeds = sweep.last_seed - sweep.first_seed + 1;
  add_family({.role = Role::held_out_run, .seed = 0}, seeds);
  add_family({.role = Role::development_run, .seed = 0}, seeds);
  for (const EventSpec& spec : events) {
    for (Role role : {Role::development_control, Role::held_out_control})
      add_family({.role = role, .seed = 0, .event = spec.name}, sweep.controls);
  }
  if (!sweep.traps) return tasks;
  for (const EventSpec& spec : events) {
    for (const Trap& trap : sweep.setting->traps)
      add_family({.role = Role::trap, .seed = 0, .event = spec.name, .trap = trap.name}, sweep.controls);
  }
  return tasks;
}

std::vector<SweepTask> shard(const std::vector<SweepTask>& tasks, std::size_t index, std::size_t count) {
  std::vector<SweepTask> share;
  for (std::size_t i = index; i < tasks.size(); i += count) share.push_back(tasks[i]);
  return share;
}

bool has_replicas(const Setting& setting, const Hyperparameters& parameters) {
  const auto losses_of = [&](std::uint64_t replica) {
    const auto experiment = setting.make(parameters);
    experiment->reseed(replica);
    for (int step = 0; step < 3; ++step) experiment->step();
    std::vector<double> losses(experiment->probe_blocks().size());
    experiment->probe_losses(losses);
    return losses;
  };
  return losses_of(0) != losses_of(1);
}

}  // namespace premelt
