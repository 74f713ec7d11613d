#include "cli/commands/sweep_store.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "cli/runs/plan.hpp"
#include "cli/runs/run_directory.hpp"
#include "cli/runs/run_info.hpp"
#include "cli/terminal/provenance.hpp"
#include "engine/io/csv.hpp"
#include "engine/io/file.hpp"
#include "engine/tensor/error.hpp"
#include "engine/tensor/hash.hpp"

namespace premelt::cli {

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

/// Shards do not claim the directory: one that still writes must keep its file, which takes it moments.
constexpr std::chrono::hours stale_after{1};

/// JSON has no word for NaN and infinity, which a lag that is undefined or the log of 0 is.
Json exact_number(double value) {
  return std::isfinite(value) ? Json(value) : Json(format_number(value));
}

/// Throws Json::exception or std::invalid_argument when it is none of ours.
double number_from(const Json& json) {
  if (!json.is_string()) return json.get<double>();
  const auto number = parse_number(json.get<std::string>());
  if (!number) throw std::invalid_argument("'" + json.get<std::string>() + "' is no number");
  return *number;
}

Json exact_numbers(const std::vector<double>& values) {
  Json list = Json::array();
  for (const double value : values) list.push_back(exact_number(value));
  return list;
}

std::vector<double> numbers_from(const Json& list) {
  std::vector<double> values;
  for (const Json& json : list) values.push_back(number_from(json));
  return values;
}

Json to_json(const SweepRun& run) {
  Json events = Json::object();
  for (const auto& [event, swept] : run) {
    Json& entry = events[event];
    entry["start"] = swept.start;
    if (swept.event_step) entry["step"] = *swept.event_step;
    for (const auto& [window, lags] : swept.lags) {
      for (const auto& [definition, lag] : lags)
        entry["lags"][std::to_string(window)][definition] = {exact_number(lag.steps),
                                                             exact_number(lag.chance)};
    }
    for (const auto& [window, path] : swept.weight_paths)
      entry["weight_paths"][std::to_string(window)] = {{"first", path.first},
                                                       {"every", path.every},
                                                       {"end", path.end},
                                                       {"log_squares", exact_numbers(path.log_squares)}};
    Json& windows = entry["windows"] = Json::object();
    for (const auto& [window, detectors] : swept.detectors) {
      for (const auto& [name, record] : detectors)
        windows[std::to_string(window)][name] = {{"times", record.times},
                                                 {"levels", exact_numbers(record.levels)},
                                                 {"end", record.end},
                                                 {"earliest", record.earliest}};
    }
  }
  return events;
}

SweepRun run_from(const Json& events) {
  SweepRun run;
  for (const auto& [event, entry] : events.items()) {
    SweptEvent& swept = run[event];
    swept.start = entry.at("start").get<std::int64_t>();
    if (entry.contains("step")) swept.event_step = entry.at("step").get<std::int64_t>();
    const Json all_lags = entry.value("lags", Json::object());
    for (const auto& [window, lags] : all_lags.items()) {
      for (const auto& [definition, lag] : lags.items())
        swept.lags[std::stoul(window)][definition] = {number_from(lag.at(0)), number_from(lag.at(1))};
    }
    const Json paths = entry.value("weight_paths", Json::object());
    for (const auto& [window, path] : paths.items())
      swept.weight_paths[std::stoul(window)] = {
          path.at("first").get<std::int64_t>(), path.at("every").get<std::int64_t>(),
          path.at("end").get<std::int64_t>(), numbers_from(path.at("log_squares"))};
    for (const auto& [window, detectors] : entry.at("windows").items()) {
      for (const auto& [name, record] : detectors.items())
        swept.detectors[std::stoul(window)][name] = {
            record.at("times").get<std::vector<std::int64_t>>(), numbers_from(record.at("levels")),
            record.at("end").get<std::int64_t>(), record.at("earliest").get<std::int64_t>()};
    }
  }
  return run;
}

/// All that decides what a run of this sweep gives: runs that differ in it must not be scored together.
Json making_of(const Sweep& sweep) {
  Json outside = Json::object();
  for (const OutsideReader& reader : sweep.outside) outside[reader.name] = reader.made_by;
  return {{"setting", sweep.setting->name},
          {"parameters", cli::to_json(sweep.parameters)},
          {"data_hash", data_hash(sweep.parameters).value_or("none")},
          {"windows", sweep.windows},
          {"horizon", sweep.horizon ? Json(*sweep.horizon) : Json()},
          {"ablate", sweep.ablate},
          {"whitened", sweep.whitened},
          {"costly", sweep.measures.costly},
          {"detectors", outside},
          {"build", build_provenance()}};
}

/// "'parameters/steps' (400 there, 300 here)": the first thing in which two sweeps or runs differ; empty when
/// there is none.
std::string difference(const Json& there, const Json& here) {
  if (there == here) return "";
  if (!there.is_object()) return "everything (no JSON object there)";
  const Json theirs = there.flatten(), ours = here.flatten();
  const auto text = [](const Json& all, const std::string& key) {
    return all.contains(key) ? all[key].dump() : std::string("nothing");
  };
  Json keys = ours;
  keys.update(theirs);
  for (const auto& [key, value] : keys.items()) {
    const std::string a = text(theirs, key), b = text(ours, key);
    if (a != b) return "'" + key.substr(1) + "' (" + a + " there, " + b + " here)";
  }
  return "their order";
}

/// Throws std::invalid_argument when a record cannot be one of ours.
void check_record(const SweepRun& run) {
  for (const auto& [event, swept] : run) {
    for (const auto& [window, path] : swept.weight_paths) {
      if (path.log_squares.empty())
        throw std::invalid_argument("the weights' path of " + event + "/" + std::to_string(window) +
                                    " holds no recording");
    }
    for (const auto& [window, detectors] : swept.detectors) {
      for (const auto& [name, record] : detectors) {
        if (record.times.size() == record.levels.size() && std::ranges::is_sorted(record.times) &&
            std::ranges::is_sorted(record.levels))
          continue;
        throw std::invalid_argument("the record of " + event + "/" + std::to_string(window) + "/" + name +
                                    " holds " + std::to_string(record.levels.size()) + " levels at " +
                                    std::to_string(record.times.size()) + " times, both to ascend");
      }
    }
  }
}

}  // namespace

SweepStore::SweepStore(const fs::path& directory, const Sweep& sweep, Access access)
    : directory_(directory), making_(making_of(sweep)) {
  if (access != Access::shared) {
    claimed_.emplace(ClaimedDirectory::open(directory));
    directory_ = claimed_->path();
  }
  std::error_code error;
  fs::create_directories(directory_ / "runs", error);
  if (error) throw DataError((directory_ / "runs").string() + ": cannot be made: " + error.message());
  if (access != Access::shared) remove_unfinished(directory_ / "runs", stale_after);
  const fs::path path = directory_ / "making.json";
  if (!fs::exists(path)) write_file(path, making_.dump(2) + "\n");
  const Json stored = read_json(path);
  if (access == Access::scoring && stored.contains("build")) making_["build"] = stored["build"];
  const std::string other = difference(stored, making_);
  if (other.empty()) return;
  throw UsageError(directory_.string() + " holds a sweep with another value of " + other +
                   "; name another --out");
}

fs::path SweepStore::file(const SweepTask& task) const {
  return directory_ / "runs" / (task.name() + ".json");
}

std::optional<SweepOutcome> SweepStore::find(const SweepTask& task) const {
  const fs::path path = file(task);
  if (!fs::exists(path)) return std::nullopt;
  const Json stored = read_json(path);
  const auto refuse = [&](const std::string& why) {
    throw DataError(path.string() + ": is not a finished run of this sweep: " + why +
                    "; delete this file to train the run again");
  };
  try {
    const Json& run = stored.at("run");
    if (stored.at("checksum") != hexadecimal(fnv1a(run.dump()))) refuse("its checksum does not fit");
    if (const std::string other = difference(run.at("making"), making_); !other.empty())
      refuse("it was made with another value of " + other);
    SweepOutcome outcome{run_from(run.at("events")), run.at("diverged").get<std::string>()};
    check_record(outcome.run);
    return outcome;
  } catch (const Json::exception& error) {
    refuse(error.what());
  } catch (const std::invalid_argument& error) {  // a record or a number that is none
    refuse(error.what());
  }
  return std::nullopt;
}

void SweepStore::keep(const SweepTask& task, const SweepOutcome& outcome) const {
  const Json run{{"making", making_}, {"events", to_json(outcome.run)}, {"diverged", outcome.diverged}};
  write_file(file(task), Json{{"checksum", hexadecimal(fnv1a(run.dump()))}, {"run", run}}.dump() + "\n");
}

}  // namespace premelt::cli
