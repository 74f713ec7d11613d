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
    entry["start"] = watch.start;
    if (watch.event_step) entry["step"] = *watch.event_step;
    for (const auto& [window, lags] : watch.lags) {
      for (const auto& [definition, lag] : lags)
        entry["lags"][std::to_string(window)][definition] = {lag.steps, lag.chance};
    }
    Json& windows = entry["windows"] = Json::object();
    for (const auto& [window, detectors] : watch.detectors) {
      for (const auto& [name, record] : detectors)
        windows[std::to_string(window)][name] = {
            {"steps", record.steps}, {"values", record.values}, {"end", record.end}};
    }
  }
  return events;
}

SweepRun run_from(const Json& events) {
  SweepRun run;
  for (const auto& [event, entry] : events.items()) {
    SweepWatch& watch = run[event];
    watch.start = entry.at("start").get<std::int64_t>();
    if (entry.contains("step")) watch.event_step = entry.at("step").get<std::int64_t>();
    const Json all_lags = entry.value("lags", Json::object());
    for (const auto& [window, lags] : all_lags.items()) {
      for (const auto& [definition, lag] : lags.items())
        watch.lags[std::stoul(window)][definition] = {lag.at(0).get<double>(), lag.at(1).get<double>()};
    }
    for (const auto& [window, detectors] : entry.at("windows").items()) {
      for (const auto& [name, record] : detectors.items())
        watch.detectors[std::stoul(window)][name] = {record.at("steps").get<std::vector<std::int64_t>>(),
                                                     record.at("values").get<std::vector<double>>(),
                                                     record.at("end").get<std::int64_t>()};
    }
  }
  return run;
}

}  // namespace

SweepStore::SweepStore(fs::path directory, const Sweep& sweep) : directory_(std::move(directory)) {
  std::error_code error;
  fs::create_directories(directory_ / "runs", error);
  if (error) throw DataError(directory_.string() + ": cannot be made: " + error.message());
  const Json wanted{{"setting", sweep.setting->name},
                    {"parameters", to_json(sweep.parameters)},
                    {"windows", sweep.windows},
                    {"ablate", sweep.ablate},
                    {"whitened", sweep.whitened}};
  const fs::path path = directory_ / "sweep.json";
  if (!fs::exists(path)) {
    Json info = wanted;
    info["provenance"] = build_provenance();
    write_file(path, info.dump(2) + "\n");
    return;
  }
  const Json found = read_json(path);
  for (const auto& [key, value] : wanted.items()) {
    if (found.value(key, Json()) == value) continue;
    throw UsageError(directory_.string() + " holds a sweep with another value of '" + key +
                     "'; name another --out");
  }
}

fs::path SweepStore::file(const SweepTask& task) const {
  return directory_ / "runs" / (task.name() + ".json");
}

std::optional<SweepOutcome> SweepStore::find(const SweepTask& task) const {
  const fs::path path = file(task);
  if (!fs::exists(path)) return std::nullopt;
  const Json stored = read_json(path);
  try {
    if (stored.at("last") != task.last || stored.at("trap_step") != task.trap_step) return std::nullopt;
    return SweepOutcome{run_from(stored.at("events")), stored.at("diverged").get<std::string>()};
  } catch (const Json::exception& error) {
    throw DataError(path.string() + ": is not a finished run of a sweep: " + error.what());
  }
}

void SweepStore::keep(const SweepTask& task, const SweepOutcome& outcome) const {
  write_file(file(task), Json{{"last", task.last},
                              {"trap_step", task.trap_step},
                              {"events", to_json(outcome.run)},
                              {"diverged", outcome.diverged}}
                                 .dump() +
                             "\n");
}

}  // namespace premelt::cli
