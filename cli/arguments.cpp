#include "cli/arguments.hpp"

#include <CLI/CLI.hpp>
#include <cmath>
#include <sstream>
#include <tuple>

#include "cli/exit_code.hpp"
#include "cli/provenance.hpp"
#include "engine/csv.hpp"
#include "engine/error.hpp"
#include "engine/names.hpp"

namespace premelt::cli {

namespace {

constexpr const char* main_help = R"(premelt watches phase transitions come in neural-network training.

Examples:
  premelt settings                          what can be trained
  premelt settings deep-linear              its parameters, as TOML
  premelt run deep-linear                   train it; the report opens in any browser
  premelt run deep-linear --seed 7 --set optimiser=gd --set window=20
  premelt run deep-linear --set data=iris.csv --set targets=species
  premelt run --config runs/deep-linear-seed1/run.json      the same run again, bit for bit
  premelt compare deep-linear --at 0:480:120                the 2RDM of four distributions beside Prop. 2.1
  premelt analyze losses.npy --blocks blocks.csv            losses of your own training run
  python train.py | premelt watch                           the same while it trains: lines in, JSON lines out
  premelt sweep pitchfork --seeds 200..229 --controls 30    which statistic warns, and at what price
  premelt report runs/deep-linear-seed1 --figures figures   draw it again, also as SVG
)";

constexpr const char* run_help = R"(Train a setting and watch it.

Examples:
  premelt run deep-linear
  premelt run deep-linear --seed 7 --steps 2000 --set label_noise=1
  premelt run schematic --set tau=20 --set alarm_statistic=shc_detrended
  premelt run --config my.toml --out runs/mine
  premelt run --resume --out runs/mine                      after Ctrl-C or a crash: to the same bits
  premelt run --resume --out runs/mine --steps 5000         longer than it was to be
)";

constexpr const char* compare_help =
    R"(The loss covariance under several distributions of the parameters, beside Prop. 2.1 (GΣGᵀ) and its second order.
Errors are relative Frobenius errors against the Gaussian covariance by control variate, or the window's own.

Examples:
  premelt compare tanh-mlp --at 0 --at 1000
  premelt compare deep-linear --at 0:480:40 --sigma 0.001,0.01,0.1 --window 20
  premelt compare runs/deep-linear-seed1 --at 320 --sampler gaussian --sampler replica --sampler sgld
)";

constexpr const char* analyze_help =
    R"(SHC, PR and alarms for recorded probe losses: T recordings (rows) of n probes (columns).
.npy (float32 or float64), .csv (optional header, optional first column `step`) or .jsonl.

Examples:
  premelt analyze losses.npy
  premelt analyze losses.npy --steps-file order.csv --window 20 --blocks blocks.csv
  premelt analyze losses.csv --transform log --probes test --baseline 0:500
)";

constexpr const char* watch_help =
    R"(SHC, PR and alarms while another program trains: one recording a line in, one JSON line a recording out.
A line is CSV (1.2,0.7; the first may be a header, its first column `step`) or JSON ([1.2, 0.7] or
{"step": 10, "losses": [1.2, 0.7]}). The numbers are those of `premelt analyze`, which also draws a report.

Examples:
  python train.py | premelt watch
  tail -n +1 -f losses.csv | premelt watch --window 20 --blocks blocks.csv
  premelt watch losses.jsonl --transform log --probes test > signals.jsonl
)";

constexpr const char* sweep_help =
    R"(Race every early-warning statistic over many seeds, at 5 % false alarms on event-free controls.
Finished runs are kept: the same command continues an interrupted sweep.

Examples:
  premelt sweep pitchfork --seeds 200..229 --controls 30
  premelt sweep deep-linear --seeds 200..229 --controls 30 --set label_noise=1 --window 10,20,40,80,160
  premelt sweep grokking --seeds 200..209 --controls 10 --traps
)";

constexpr const char* settings_help = R"(List the settings, or one setting's parameters as TOML.

Examples:
  premelt settings
  premelt settings deep-linear > my.toml
)";

constexpr const char* report_help = R"(Draw the report of a run directory again.

Examples:
  premelt report runs/deep-linear-seed1
  premelt report runs/deep-linear-seed1 --figures figures
)";

std::vector<std::string> option_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

std::pair<std::string, std::string> split_assignment(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) {
    throw UsageError("--set: expected key=value, got '" + text + "'");
  }
  return {text.substr(0, equals), text.substr(equals + 1)};
}

/// "3", "0:480:40" -> whole numbers; `expected` describes them in errors.
std::vector<std::int64_t> split_numbers(const std::string& text, const std::string& expected) {
  std::vector<std::int64_t> numbers;
  std::istringstream stream(text);
  for (std::string item; std::getline(stream, item, ':');) {
    const auto number = parse_number(item);
    if (!number || *number != std::floor(*number) || std::abs(*number) > 0x1p53) {
      throw UsageError(expected + ", got '" + text + "'");
    }
    numbers.push_back(static_cast<std::int64_t>(*number));
  }
  return numbers;
}

std::pair<std::int64_t, std::int64_t> split_range(const std::string& text) {
  const std::string expected = "--baseline: expected A:B with steps A <= B";
  const std::vector<std::int64_t> numbers = split_numbers(text, expected);
  if (numbers.size() != 2 || numbers[0] > numbers[1]) throw UsageError(expected + ", got '" + text + "'");
  return {numbers[0], numbers[1]};
}

/// STEP or A:B:STEP, both ends included.
void add_steps(const std::string& text, std::vector<std::int64_t>& steps) {
  const std::string expected = "--at: expected STEP or A:B:STEP with 0 <= A <= B and a positive STEP";
  const std::vector<std::int64_t> numbers = split_numbers(text, expected);
  const bool single = numbers.size() == 1 && numbers[0] >= 0;
  const bool range = numbers.size() == 3 && numbers[0] >= 0 && numbers[0] <= numbers[1] && numbers[2] > 0;
  if (!single && !range) throw UsageError(expected + ", got '" + text + "'");
  if (single) return steps.push_back(numbers[0]);
  for (std::int64_t step = numbers[0]; step <= numbers[1]; step += numbers[2]) steps.push_back(step);
}

std::pair<std::uint64_t, std::uint64_t> split_seeds(const std::string& text) {
  const std::size_t dots = text.find("..");
  const auto seed = [](const std::string& word) {
    const double number = parse_number(word).value_or(-1);
    return number <= 0x1p53 && number == std::floor(number) ? number : -1;
  };
  const double first = seed(text.substr(0, dots));
  const double last = dots == std::string::npos ? -1 : seed(text.substr(dots + 2));
  if (first < 0 || last < first) {
    throw UsageError("--seeds: expected A..B with whole numbers A <= B, got '" + text + "'");
  }
  return {static_cast<std::uint64_t>(first), static_cast<std::uint64_t>(last)};
}

/// Everything the parser fills; the chosen subcommand decides which part is returned.
struct Parser {
  CLI::App app{main_help};
  SettingsArguments settings;
  RunArguments run;
  CompareArguments compare;
  AnalyzeArguments analyze;
  WatchArguments watch;
  SweepArguments sweep;
  ReportArguments report;
  std::vector<std::string> sets, at;
  std::string seed, steps, dtype, window, baseline, seeds;

  Parser() {
    app.require_subcommand(0, 1);
    app.footer(exit_code_table());
    app.set_version_flag("--version", version_text, "version, build type, BLAS library, kernel and threads");
    add_settings();
    add_run();
    add_compare();
    add_analyze();
    add_watch();
    add_sweep();
    add_report();
    for (CLI::App* sub : app.get_subcommands({})) sub->allow_extras();
    app.allow_extras();
  }

  void add_settings() {
    CLI::App* sub = app.add_subcommand("settings", settings_help);
    sub->add_option("NAME", settings.name, "a setting");
    sub->add_flag("--json", settings.json, "print JSON");
  }

  void add_run() {
    CLI::App* sub = app.add_subcommand("run", run_help);
    sub->add_option("SETTING", run.setting, "a name from `premelt settings`");
    sub->add_option("--seed", seed, "seed of all random streams");
    sub->add_option("--steps", steps, "training steps");
    add_sets(sub);
    sub->add_option("--config", run.config, "a TOML file, or the run.json of an earlier run");
    sub->add_option("--out", run.out, "run directory (default: runs/SETTING-seedN)");
    sub->add_option("--dtype", dtype, "float32 or float64");
    sub->add_flag("--resume", run.resume, "continue the interrupted run in --out from its newest checkpoint");
    sub->add_flag("--profile", run.profile,
                  "at the end, a table of the time and memory of each op on stderr");
    sub->add_flag("--quiet", run.quiet, "no progress on stderr");
    sub->add_flag("--json", run.json, "print one JSON object on stdout");
  }

  void add_sets(CLI::App* sub) {
    sub->add_option("--set", sets, "KEY=VALUE: a parameter of the setting; may be repeated")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  }

  void add_compare() {
    CLI::App* sub = app.add_subcommand("compare", compare_help);
    sub->add_option("SETTING", compare.target, "a name from `premelt settings`, or a run directory");
    sub->add_option("--at", at, "STEP or A:B:STEP; may be repeated (default: five steps over the run)")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    sub->add_option("--sigma", compare.sigmas, "widths of the Gaussian, separated by commas")
        ->delimiter(',')
        ->capture_default_str();
    sub->add_option("--draws", compare.draws,
                    "loss vectors at each sigma (default: 40000, fewer for large models)")
        ->check(CLI::PositiveNumber);
    sub->add_option("--window", window, "recordings in the dynamical window");
    sub->add_option("--sampler", compare.samplers, "gaussian, dynamical, replica, sgld; may be repeated")
        ->delimiter(',')
        ->check(CLI::IsMember({"gaussian", "dynamical", "replica", "sgld"}));
    sub->add_option("--memory", compare.memory,
                    "MB that the Jacobian may take; beyond, GGᵀ is made without it")
        ->capture_default_str();
    sub->add_option("--seed", seed, "seed of all random streams");
    add_sets(sub);
    sub->add_option("--config", compare.config, "a TOML file, or the run.json of an earlier run");
    sub->add_option("--out", compare.out, "output directory (default: runs/compare-SETTING-seedN)");
    sub->add_flag("--json", compare.json, "print one JSON object on stdout");
  }

  void add_analyze() {
    CLI::App* sub = app.add_subcommand("analyze", analyze_help);
    sub->add_option("FILE", analyze.file, "losses: .npy, .csv or .jsonl")->required();
    sub->add_option("--steps-file", analyze.steps_file, "the steps of the recordings: .npy or .csv");
    add_chain(sub, analyze.chain);
    sub->add_option("--baseline", baseline, "A:B: quiet steps that set noise level and threshold");
    sub->add_option("--out", analyze.out, "output directory (default: runs/analyze-FILE)");
    sub->add_flag("--json", analyze.json, "print one JSON object on stdout");
  }

  void add_chain(CLI::App* sub, ChainArguments& chain) {
    sub->add_option("--window", chain.window, "recordings in the sliding window")->capture_default_str();
    sub->add_option("--detrend", chain.detrend, "statistic the alarm reads: none, linear or diff")
        ->check(CLI::IsMember({"none", "linear", "diff"}));
    sub->add_option("--transform", chain.transform,
                    "statistic the alarm reads: of the losses (none) or of their log")
        ->check(CLI::IsMember({"none", "log"}));
    sub->add_option("--blocks", chain.blocks_file, "CSV probe,block");
    sub->add_option("--probes", chain.probes, "only these blocks feed the alarm")->delimiter(',');
  }

  void add_watch() {
    CLI::App* sub = app.add_subcommand("watch", watch_help);
    sub->add_option("FILE", watch.file, "lines of losses; - for standard input")->capture_default_str();
    add_chain(sub, watch.chain);
    sub->add_option("--warmup", watch.warmup,
                    "recordings before the first that may alarm (default: the window)");
    sub->add_flag("--quiet", watch.quiet, "no alarms on stderr");
  }

  void add_sweep() {
    CLI::App* sub = app.add_subcommand("sweep", sweep_help);
    sub->add_option("SETTING", sweep.setting, "a name from `premelt settings`");
    sub->add_option("--seeds", seeds, "A..B: the seeds that are scored")->required();
    sub->add_option("--controls", sweep.controls,
                    "event-free runs that calibrate, and as many that are scored")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    sub->add_option("--window", sweep.windows,
                    "windows in recordings, separated by commas, all read from the same runs")
        ->delimiter(',')
        ->check(CLI::PositiveNumber);
    sub->add_flag("--traps", sweep.traps, "also count alarms on event-free runs that disturb the losses");
    sub->add_flag("--ablate", sweep.ablate,
                  "also score SHC on fewer probes, single blocks, and without them");
    sub->add_flag("--no-whitening", sweep.no_whitening,
                  "train no null replicas: half the time, and no whitened detectors");
    sub->add_option("--jobs", sweep.jobs, "runs at a time (default: one a core)")->check(CLI::PositiveNumber);
    sub->add_option("--steps", steps, "training steps");
    add_sets(sub);
    sub->add_option("--config", sweep.config, "a TOML file, or the run.json of an earlier run");
    sub->add_option("--out", sweep.out, "sweep directory (default: runs/sweep-SETTING)");
    sub->add_flag("--quiet", sweep.quiet, "no progress on stderr");
    sub->add_flag("--json", sweep.json, "print one JSON object on stdout");
  }

  void add_report() {
    CLI::App* sub = app.add_subcommand("report", report_help);
    sub->add_option("RUN_DIR", report.directory, "a directory made by run or analyze")->required();
    sub->add_option("--figures", report.figures, "also write the charts as SVG files into this directory");
  }

  /// What CLI11 could not place: an option or a command that does not exist.
  void refuse_extras() {
    const auto chosen = app.get_subcommands();
    const CLI::App& owner = chosen.empty() ? app : *chosen.front();
    for (const std::string& word : app.remaining(true)) {
      if (word.starts_with("-")) {
        throw UsageError(unknown_name("option", word.substr(0, word.find('=')), option_names(owner)));
      }
      if (chosen.empty())
        throw UsageError(unknown_name("command", word,
                                      {"settings", "run", "compare", "analyze", "watch", "sweep", "report"}));
      throw UsageError("'" + word + "' is one word too many for `premelt " + owner.get_name() + "`");
    }
  }

  Arguments result() {
    refuse_extras();
    if (app.got_subcommand("settings")) return settings;
    if (app.got_subcommand("analyze")) {
      if (!baseline.empty()) analyze.baseline = split_range(baseline);
      return analyze;
    }
    if (app.got_subcommand("watch")) return watch;
    if (app.got_subcommand("report")) return report;
    if (app.got_subcommand("compare")) {
      for (const std::string& text : at) add_steps(text, compare.steps);
      compare.overrides = overrides();
      return compare;
    }
    if (app.got_subcommand("sweep")) {
      std::tie(sweep.first_seed, sweep.last_seed) = split_seeds(seeds);
      sweep.overrides = overrides();
      return sweep;
    }
    if (!app.got_subcommand("run")) return TextRequest{app.help()};
    run.overrides = overrides();
    return run;
  }

  std::vector<std::pair<std::string, std::string>> overrides() const {
    std::vector<std::pair<std::string, std::string>> pairs;
    for (const std::string& text : sets) pairs.push_back(split_assignment(text));
    if (!seed.empty()) pairs.emplace_back("seed", seed);
    if (!steps.empty()) pairs.emplace_back("steps", steps);
    if (!dtype.empty()) pairs.emplace_back("dtype", dtype);
    if (!window.empty()) pairs.emplace_back("window", window);
    return pairs;
  }
};

}  // namespace

Arguments parse_arguments(int argc, char** argv) {
  Parser parser;
  try {
    parser.app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    const auto chosen = parser.app.get_subcommands();
    return TextRequest{chosen.empty() ? parser.app.help() : chosen.front()->help()};
  } catch (const CLI::CallForVersion&) {
    return TextRequest{version_text()};
  } catch (const CLI::ParseError& error) {
    throw UsageError(error.what());
  }
  return parser.result();
}

}  // namespace premelt::cli
