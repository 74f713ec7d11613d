#pragma once
/// The command line as plain structures. Parsing lives in arguments.cpp, with its options; those that
/// `analyze` and `watch` share in chain_arguments.cpp.

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "cli/terminal/shard.hpp"

namespace premelt::cli {

struct SettingsArguments {
  std::string name;  ///< empty: list all
  bool json = false;
};

struct RunArguments {
  std::string setting;                                         ///< may be empty when `config` names it
  std::vector<std::pair<std::string, std::string>> overrides;  ///< --set, --seed, --steps, --dtype in order
  std::string config;
  std::string out;
  bool resume = false;
  bool profile = false;  ///< a table of ops at the end
  bool open = false;     ///< show the report
  bool quiet = false;
  bool json = false;
};

struct CompareArguments {
  std::string target;                                        ///< a setting or a run directory
  std::vector<std::int64_t> steps;                           ///< ascending; empty: five over the run
  std::vector<double> sigmas{1e-3, 3e-3, 1e-2, 3e-2, 1e-1};  ///< as given
  std::size_t draws = 0;                                     ///< loss vectors at each sigma; 0: by model size
  std::vector<std::string> samplers;                         ///< each once; empty: those of the default
  std::size_t memory = 1024;                                 ///< MB that G may take
  std::vector<std::pair<std::string, std::string>> overrides;  ///< --set, --seed, --window in order
  std::string config;
  std::string out;
  bool open = false;
  bool quiet = false;
  bool json = false;
};

/// How losses of any origin are read.
struct ChainArguments {
  bool no_steps = false;  ///< every column of a table is a probe
  std::size_t window = 40;
  std::size_t modes_every = 1;  ///< full windows from one with eigenvectors to the next
  std::string detrend = "none";
  std::string transform = "none";
  std::string blocks_file;
  std::vector<std::string> probes;                                ///< names of blocks; empty: all probes
  double factor = 10;                                             ///< F of the alarm rule
  std::size_t hold = 3;                                           ///< K of the alarm rule
  std::optional<std::pair<std::int64_t, std::int64_t>> baseline;  ///< steps, inclusive
};

struct AnalyzeArguments {
  std::string file;
  std::string steps_file;
  std::string events_file;  ///< what the user knows to have happened; empty: nothing
  ChainArguments chain;
  std::string out;
  bool open = false;
  bool quiet = false;
  bool json = false;
};

struct WatchArguments {
  std::string file = "-";  ///< "-": standard input
  ChainArguments chain;
  bool follow = false;                ///< wait for more at the end of the file
  std::string on_alarm;               ///< a command; empty: none
  std::string report;                 ///< run directory to leave; empty: none
  std::optional<std::size_t> warmup;  ///< recordings before the first that may alarm; W when not given
  bool quiet = false;
};

struct SweepArguments {
  std::string setting;                                         ///< may be empty when `config` names it
  std::vector<std::pair<std::string, std::string>> overrides;  ///< --set, --steps, in order
  std::string config;
  std::vector<std::size_t> windows;             ///< scored side by side; empty: the parameter `window`
  std::uint64_t first_seed = 0, last_seed = 0;  ///< held out, inclusive
  std::size_t controls = 20;                    ///< of each event, in each half
  std::optional<std::int64_t> horizon;          ///< longest wait for an event, in steps; absent: no limit
  std::optional<Shard> shard;                   ///< the part of the runs to train
  bool collect = false;                         ///< train nothing
  std::size_t jobs = 0;                         ///< 0: one a core
  bool ablate = false;                          ///< also score parts of the probe set
  bool no_whitening = false;                    ///< train no null replicas
  bool costly = false;                          ///< also measure curvature and local sampling
  std::vector<std::pair<std::string, std::string>> detectors;  ///< from outside: name and command
  bool traps = false;                                          ///< count alarms on the setting's traps
  std::string out;
  bool open = false;
  bool quiet = false;
  bool json = false;
};

struct ReportArguments {
  std::string directory;
  std::string second;   ///< a run to be laid over it; empty: none
  std::string figures;  ///< directory for SVG files; empty: none
  bool open = false;
};

struct RunsArguments {
  std::string directory = "runs";
  bool json = false;
};

/// A text to print on stdout: help, version, completion.
struct TextRequest {
  std::string text;
};

using Arguments = std::variant<SettingsArguments, RunArguments, CompareArguments, AnalyzeArguments,
                               WatchArguments, SweepArguments, ReportArguments, RunsArguments, TextRequest>;

/// Throws UsageError that names the wrong word and the nearest valid one.
Arguments parse_arguments(int argc, char** argv);

/// "see `premelt help run`": what explains the command that was called, for those who called it wrongly.
std::string where_to_look(int argc, char** argv);

}  // namespace premelt::cli
