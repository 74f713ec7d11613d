#include "cli/sweep_store.hpp"

#include <nlohmann/json.hpp>

#include "cli/provenance.hpp"
#include "cli/run_directory.hpp"
#include "cli/run_info.hpp"
#include "engine/error.hpp"
#include "engine/file.hpp"

namespace premelt::cli {

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

Json to_json(const SweepRun& run) {
  Json events = Json::object();
  for (const auto& [event, watch] : run) {
    Json& entry = events[event];
    if (watch.event_step) entry["step"] = *watch.event_step;
    for (const auto& [name, record] : watch.detectors)
      entry["detectors"][name] = {{"steps", record.steps}, {"values", record.values}, {"end", record.end}};
  }
  return events;
}

SweepRun run_from(const Json& events) {
  SweepRun run;
  for (const auto& [event, entry] : events.items()) {
    SweepWatch& watch = run[event];
    if (entry.contains("step")) watch.event_step = entry.at("step").get<std::int64_t>();
    for (const auto& [name, record] : entry.at("detectors").items()) {
      watch.detectors[name] = {record.at("steps").get<std::vector<std::int64_t>>(),
                               record.at("values").get<std::vector<double>>(),
                               record.at("end").get<std::int64_t>()};
    }
  }
  return run;
}

}  // namespace

SweepStore::SweepStore(fs::path directory, const Plan& plan) : directory_(std::move(directory)) {
  std::error_code error;
  fs::create_directories(directory_ / "runs", error);
  if (error) throw DataError(directory_.string() + ": cannot be made: " + error.message());
  const Json wanted{{"setting", plan.setting->name}, {"parameters", to_json(plan.parameters)}};
  const fs::path path = directory_ / "sweep.json";
  if (!fs::exists(path)) {
    Json info = wanted;
    info["provenance"] = build_provenance();
    write_file(path, info.dump(2) + "\n");
    return;
  }
  const Json found = read_json(path);
  if (found.value("setting", Json()) == wanted["setting"] &&
      found.value("parameters", Json()) == wanted["parameters"])
    return;
  throw UsageError(directory_.string() +
                   " holds a sweep of another setting or with other parameters; name another --out");
}

fs::path SweepStore::file(const SweepTask& task) const {
  return directory_ / "runs" / (task.name() + ".json");
}

std::optional<SweepOutcome> SweepStore::find(const SweepTask& task) const {
  const fs::path path = file(task);
  if (!fs::exists(path)) return std::nullopt;
  const Json stored = read_json(path);
  try {
    return SweepOutcome{run_from(stored.at("events")), stored.at("diverged").get<std::string>()};
  } catch (const Json::exception& error) {
    throw DataError(path.string() + ": is not a finished run of a sweep: " + error.what());
  }
}

void SweepStore::keep(const SweepTask& task, const SweepOutcome& outcome) const {
  write_file(file(task),
             Json{{"events", to_json(outcome.run)}, {"diverged", outcome.diverged}}.dump() + "\n");
}

}  // namespace premelt::cli
