#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "cli/commands/commands.hpp"
#include "cli/runs/run_directory.hpp"
#include "cli/runs/run_info.hpp"
#include "engine/io/claimed_directory.hpp"
#include "engine/io/npy.hpp"
#include "engine/tensor/error.hpp"
#include "engine/tensor/memory.hpp"
#include "models/experiment/checkpoints.hpp"

namespace premelt::cli {

namespace {

namespace fs = std::filesystem;

/// A directory with a run.json, as far as it can be read.
struct RunSummary {
  std::filesystem::path directory;
  std::string title;                  ///< the setting, or the file that was analysed
  std::optional<std::int64_t> seed;   ///< none: an analysis
  std::optional<std::int64_t> step;   ///< of the newest recording
  std::optional<std::int64_t> steps;  ///< as many were asked for
  std::size_t alarms = 0;             ///< alarms noted
  std::uintmax_t bytes = 0;           ///< on the disk
  std::string state;                  ///< "finished", "running", "stopped" or "damaged"
  std::string remedy;                 ///< the command that continues or repeats it; may be empty
};

std::uintmax_t size_of(const fs::path& directory) {
  std::uintmax_t bytes = 0;
  std::error_code error;
  for (fs::recursive_directory_iterator entry(directory, error), end; !error && entry != end;
       entry.increment(error)) {
    if (entry->is_regular_file(error)) bytes += entry->file_size(error);
  }
  return bytes;
}

/// For a shell.
std::string quoted(const std::string& path) {
  const bool plain = std::ranges::all_of(path, [](unsigned char c) {
    return std::isalnum(c) != 0 || std::string("/._-+,:=@").find(static_cast<char>(c)) != std::string::npos;
  });
  if (plain) return path;
  std::string text = "'";
  for (const char c : path) text += c == '\'' ? "'\\''" : std::string(1, c);
  return text + "'";
}

/// Finished, or how to go on.
void judge(RunSummary& run, std::int64_t every) {
  if (DirectoryLock::is_taken(run.directory)) {
    run.state = "running";
  } else if (!run.steps || (run.step && *run.step > *run.steps - every)) {
    run.state = "finished";
  } else {
    const std::string name = run.directory.string();
    run.state = "stopped";
    run.remedy = find_checkpoints(run.directory).empty()
                     ? "premelt run --config " + quoted(name + "/run.json")
                     : "premelt run --resume --out " + quoted(name);
  }
}

RunSummary summary_of(const fs::path& directory) {
  RunSummary run{.directory = directory,
                 .title = "?",
                 .seed = {},
                 .step = {},
                 .steps = {},
                 .bytes = size_of(directory),
                 .state = "damaged",
                 .remedy = {}};
  try {
    const nlohmann::json info = read_json(directory / "run.json");
    run.title = info.at("title");
    if (info.at("kind") == "run") {
      run.seed = info.at("seed").get<std::int64_t>();
      run.steps = info.at("steps").get<std::int64_t>();
    }
    std::error_code error;  // of a run that was killed early, not all files are there
    if (fs::exists(directory / "steps.npy", error)) {
      const auto steps = read_npy<std::int64_t>(directory / "steps.npy");
      if (steps.size() > 0) run.step = steps(steps.size() - 1);
    }
    if (fs::exists(directory / "events.json", error)) {
      const std::vector<Event> events = read_events(directory);
      run.alarms = static_cast<std::size_t>(std::ranges::count(events, Event::Kind::alarm, &Event::kind));
    }
    judge(run, info.value("every", std::int64_t{1}));
  } catch (const DataError&) {
  } catch (const nlohmann::json::exception&) {
  }
  return run;
}

/// By name. Throws DataError when `directory` is none.
std::vector<RunSummary> list_run_directories(const fs::path& directory) {
  std::error_code error;
  fs::directory_iterator entries(directory, error);
  if (error) throw DataError(directory.string() + ": cannot be read as a directory: " + error.message());
  std::vector<RunSummary> runs;
  for (const fs::directory_entry& entry : entries) {
    if (fs::exists(entry.path() / "run.json", error)) runs.push_back(summary_of(entry.path()));
  }
  std::ranges::sort(runs, {}, &RunSummary::directory);
  return runs;
}

std::string progress_text(const RunSummary& run) {
  const std::string reached = run.step ? std::to_string(*run.step) : "-";
  return run.steps && run.state != "finished" ? reached + "/" + std::to_string(*run.steps) : reached;
}

void print_table(const std::vector<RunSummary>& runs) {
  const auto print_row = [](const auto&... cells) {
    std::cout << printable(fmt::format("{:<32} {:<16} {:>6} {:>12} {:>6} {:>8}  {}", cells...)) << "\n";
  };
  print_row("directory", "setting", "seed", "steps", "alarms", "size", "state");
  for (const RunSummary& run : runs)
    print_row(run.directory.string(), run.title, run.seed ? std::to_string(*run.seed) : "-",
              progress_text(run), run.alarms, memory_text(static_cast<double>(run.bytes)), run.state);
  for (const RunSummary& run : runs) {
    if (!run.remedy.empty()) std::cout << "to continue: " << printable(run.remedy) << "\n";
  }
}

template <class T>
nlohmann::json or_null(const std::optional<T>& value) {
  return value ? nlohmann::json(*value) : nlohmann::json();
}

nlohmann::json to_json(const std::vector<RunSummary>& runs) {
  nlohmann::json list = nlohmann::json::array();
  for (const RunSummary& run : runs)
    list.push_back({{"dir", run.directory.string()},
                    {"setting", run.title},
                    {"seed", or_null(run.seed)},
                    {"step", or_null(run.step)},
                    {"steps", or_null(run.steps)},
                    {"alarms", run.alarms},
                    {"bytes", run.bytes},
                    {"state", run.state},
                    {"continue", run.remedy.empty() ? nlohmann::json() : nlohmann::json(run.remedy)}});
  return list;
}

}  // namespace

void list_runs(const RunsArguments& arguments) {
  const std::vector<RunSummary> runs = list_run_directories(arguments.directory);
  if (arguments.json) {
    std::cout << nlohmann::json{{"dir", arguments.directory}, {"runs", to_json(runs)}}.dump(2) << "\n";
  } else if (runs.empty()) {
    std::cout << printable("no run in " + arguments.directory + "; `premelt run deep-linear` makes one")
              << "\n";
  } else {
    print_table(runs);
  }
}

}  // namespace premelt::cli
