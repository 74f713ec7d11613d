#include "cli/terminal/arguments.hpp"

#include <CLI/CLI.hpp>
#include <tuple>

#include "cli/terminal/chain_arguments.hpp"
#include "cli/terminal/exit_code.hpp"
#include "cli/terminal/option_declaration.hpp"
#include "cli/terminal/option_values.hpp"
#include "cli/terminal/provenance.hpp"
#include "engine/tensor/error.hpp"
#include "engine/tensor/names.hpp"
#include "engine/tensor/numbers.hpp"
#include "rdm/proposition/sampler.hpp"
#include "rdm/scoring/detectors.hpp"

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
.npy, .npz and .safetensors (of any numeric type; arrays `losses` and `steps`), .csv (optional header,
optional first column `step`) or .jsonl; - reads standard input.

Examples:
  premelt analyze losses.npy
  premelt analyze losses.npy --steps-file order.csv --window 20 --blocks blocks.csv
  premelt analyze losses.csv --transform log --probes test --baseline 0:500
)";

constexpr const char* watch_help =
    R"(SHC, PR and alarms while another program trains: one recording a line in, one JSON line a recording out.
A line is CSV (1.2,0.7; the first may be a header; one column may be the step) or JSON ([1.2, 0.7] or
{"step": 10, "losses": [1.2, 0.7]}). The numbers are those of `premelt analyze`, which also draws a report.

Examples:
  python train.py | premelt watch
  tail -n +1 -f losses.csv | premelt watch --window 20 --blocks blocks.csv
  premelt watch losses.csv --follow --report runs/mine --on-alarm ./save_checkpoint.sh
  premelt watch losses.jsonl --transform log --probes test > signals.jsonl
)";

constexpr const char* sweep_help =
    R"(Race every early-warning statistic over many seeds, at 5 % false alarms on event-free controls.
Half of the runs set thresholds and name the champion among the rivals of SHC; the other half is scored.
Finished runs are kept: the same command continues an interrupted sweep. In a job array of Slurm, or under
mpirun, each process takes its own share of the runs; --collect then scores them.

Examples:
  premelt sweep pitchfork --seeds 200..229 --controls 30
  premelt sweep deep-linear --seeds 200..229 --controls 30 --set label_noise=1 --window 10,20,40,80,160
  premelt sweep grokking --seeds 200..209 --controls 10 --traps
  premelt sweep pitchfork --seeds 200..299 --controls 100 --shard 3/16 --out /shared/pitchfork
  premelt sweep pitchfork --seeds 200..299 --controls 100 --collect --out /shared/pitchfork
)";

constexpr const char* settings_help = R"(List the settings, or one setting's parameters as TOML.

Examples:
  premelt settings
  premelt settings deep-linear > my.toml
)";

constexpr const char* report_help = R"(Draw the report of a run directory again.

Examples:
  premelt report runs/deep-linear-seed1
  premelt report runs/deep-linear-seed1 runs/deep-linear-seed2   two runs on the same axes
  premelt report runs/deep-linear-seed1 --figures figures
)";

std::vector<std::string> option_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

constexpr std::size_t most_steps = 10000, most_seeds = 100000;
constexpr std::int64_t most_draws = 100'000'000, most_controls = 100000, most_jobs = 1024;
constexpr double least_sigma = 1e-9, most_sigma = 1e3;

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
  std::vector<std::pair<std::string, std::string>> sets, shortcuts;  ///< --set; --seed, --steps and the like

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
    add_value(sub, "NAME", "TEXT", "a setting", into(settings.name));
    sub->add_flag("--json", settings.json, "print JSON");
  }

  void add_run() {
    CLI::App* sub = app.add_subcommand("run", run_help);
    add_value(sub, "SETTING", "TEXT", "a name from `premelt settings`", into(run.setting));
    add_shortcut(sub, "seed", "N", "seed of all random streams");
    add_shortcut(sub, "steps", "N", "training steps");
    add_sets(sub);
    add_config(sub, run.config);
    add_value(sub, "--out", "DIR", "run directory (default: runs/SETTING-seedN)", into(run.out));
    add_shortcut(sub, "dtype", "TEXT", "float32 or float64");
    sub->add_flag("--resume", run.resume, "continue the interrupted run in --out from its newest checkpoint");
    sub->add_flag("--profile", run.profile,
                  "at the end, a table of the time and memory of each op on stderr");
    sub->add_flag("--quiet", run.quiet, "no progress on stderr");
    sub->add_flag("--json", run.json, "print one JSON object on stdout");
  }

  void add_sets(CLI::App* sub) {
    add_values(sub, "--set", "KEY=VALUE", "a parameter of the setting; may be repeated",
               [this](const std::string& text) { sets.push_back(assignment("--set", text)); });
  }

  /// An option that is short for --set with its name.
  void add_shortcut(CLI::App* sub, const std::string& key, const char* type, const char* help) {
    add_value(sub, "--" + key, type, help,
              [this, key](const std::string& text) { shortcuts.emplace_back(key, text); });
  }

  static void add_config(CLI::App* sub, std::string& config) {
    add_value(sub, "--config", "FILE", "a TOML file, or the run.json of an earlier run", into(config));
  }

  void add_compare() {
    CLI::App* sub = app.add_subcommand("compare", compare_help + help_list("Samplers", samplers()));
    add_value(sub, "SETTING", "TEXT", "a name from `premelt settings`, or a run directory",
              into(compare.target));
    add_values(sub, "--at", "STEP", "STEP or A:B:STEP; may be repeated (default: five steps over the run)",
               [this](const std::string& text) {
                 const auto steps = step_list("--at", text, most_steps);
                 compare.steps.insert(compare.steps.end(), steps.begin(), steps.end());
               });
    add_value(sub, "--sigma", "FLOAT,...", "widths of the Gaussian, separated by commas",
              [this](const std::string& text) {
                compare.sigmas = number_list("--sigma", text, least_sigma, most_sigma);
              })
        ->default_str("0.001,0.003,0.01,0.03,0.1");
    add_value(sub, "--draws", "N", "loss vectors at each sigma (default: 40000, fewer for large models)",
              [this](const std::string& text) {
                compare.draws = static_cast<std::size_t>(whole_number("--draws", text, 4, most_draws));
              });
    add_shortcut(sub, "window", "N", "recordings in the dynamical window");
    add_values(sub, "--sampler", "TEXT", comma_separated(sampler_names()) + "; may be repeated",
               [this](const std::string& text) {
                 for (const std::string& name : name_list("--sampler", text))
                   add_once(compare.samplers, choice("--sampler", name, sampler_names()));
               });
    add_value(sub, "--memory", "MB", "MB that the Jacobian may take; beyond, GGᵀ is made without it",
              [this](const std::string& text) { compare.memory = count_of("--memory", text, 0); })
        ->default_str("1024");
    add_shortcut(sub, "seed", "N", "seed of all random streams");
    add_sets(sub);
    add_config(sub, compare.config);
    add_value(sub, "--out", "DIR", "output directory (default: runs/compare-SETTING-seedN)",
              into(compare.out));
    sub->add_flag("--json", compare.json, "print one JSON object on stdout");
  }

  void add_analyze() {
    CLI::App* sub = app.add_subcommand("analyze", analyze_help);
    add_value(sub, "FILE", "TEXT", "losses: .npy, .npz, .safetensors, .csv or .jsonl; - for standard input",
              into(analyze.file))
        ->required();
    add_value(sub, "--steps-file", "FILE", "the steps of the recordings: .npy or .csv",
              into(analyze.steps_file));
    add_value(sub, "--events", "FILE", "CSV step,name of what happened: prints leads and false alarms",
              into(analyze.events_file));
    add_chain(sub, analyze.chain);
    add_value(sub, "--baseline", "A:B", "quiet steps that set noise level and threshold",
              [this](const std::string& text) { analyze.baseline = step_range("--baseline", text); });
    add_value(sub, "--out", "DIR", "output directory (default: runs/analyze-FILE)", into(analyze.out));
    sub->add_flag("--json", analyze.json, "print one JSON object on stdout");
  }

  void add_watch() {
    CLI::App* sub = app.add_subcommand("watch", watch_help);
    add_value(sub, "FILE", "TEXT", "lines of losses; - for standard input", into(watch.file))
        ->default_str("-");
    add_chain(sub, watch.chain);
    add_value(sub, "--warmup", "N", "recordings before the first that may alarm (default: the window)",
              [this](const std::string& text) { watch.warmup = count_of("--warmup", text, 0); });
    sub->add_flag("--follow", watch.follow,
                  "wait for more at the end of FILE, and read on when another takes its place");
    add_value(sub, "--on-alarm", "COMMAND", "started at each alarm, which is a JSON object on its stdin",
              into(watch.on_alarm));
    add_value(sub, "--report", "DIR", "leave a run directory, with a report at the end", into(watch.report));
    sub->add_flag("--quiet", watch.quiet, "no alarms on stderr");
  }

  void add_sweep() {
    CLI::App* sub = app.add_subcommand("sweep", sweep_help + help_list("Detectors", detectors()));
    add_value(sub, "SETTING", "TEXT", "a name from `premelt settings`", into(sweep.setting));
    add_value(sub, "--seeds", "A..B", "the held-out runs, which are scored; as many others develop",
              [this](const std::string& text) {
                std::tie(sweep.first_seed, sweep.last_seed) = seed_range("--seeds", text, most_seeds);
              })
        ->required();
    add_value(sub, "--controls", "N", "event-free runs of each event, in each half",
              [this](const std::string& text) {
                sweep.controls = static_cast<std::size_t>(whole_number("--controls", text, 1, most_controls));
              })
        ->default_str("20");
    add_value(sub, "--window", "N,...",
              "windows in recordings, separated by commas, all read from the same runs",
              [this](const std::string& text) { sweep.windows = count_list("--window", text, 2); });
    add_value(sub, "--horizon", "N",
              "longest wait for an event, in steps from its segment's start (default: no limit)",
              [this](const std::string& text) { sweep.horizon = whole_number("--horizon", text, 1); });
    sub->add_flag("--traps", sweep.traps, "also count alarms on event-free runs that disturb the losses");
    sub->add_flag("--ablate", sweep.ablate,
                  "also score SHC on fewer probes, single blocks, and without them");
    sub->add_flag("--costly", sweep.costly, "also measure curvature and local sampling (slow)");
    add_values(
        sub, "--detector", "NAME=COMMAND", "a program that answers each recording with a number",
        [this](const std::string& text) { sweep.detectors.push_back(assignment("--detector", text)); });
    sub->add_flag("--no-whitening", sweep.no_whitening,
                  "train no null replicas: half the time, and no whitened detectors");
    add_value(sub, "--jobs", "N", "runs at a time (default: one a core)", [this](const std::string& text) {
      sweep.jobs = static_cast<std::size_t>(whole_number("--jobs", text, 1, most_jobs));
    });
    add_value(sub, "--shard", "I/N", "train every N-th run from the I-th (from 0) and score nothing",
              [this](const std::string& text) { sweep.shard = shard_of("--shard", text); });
    sub->add_flag("--collect", sweep.collect, "train nothing: score what is there, or name what is missing");
    add_shortcut(sub, "steps", "N", "training steps");
    add_sets(sub);
    add_config(sub, sweep.config);
    add_value(sub, "--out", "DIR", "sweep directory (default: runs/sweep-SETTING)", into(sweep.out));
    sub->add_flag("--quiet", sweep.quiet, "no progress on stderr");
    sub->add_flag("--json", sweep.json, "print one JSON object on stdout");
  }

  void add_report() {
    CLI::App* sub = app.add_subcommand("report", report_help);
    add_value(sub, "RUN_DIR", "TEXT", "a directory made by run or analyze", into(report.directory))
        ->required();
    add_value(sub, "SECOND_RUN", "TEXT", "another one, to be laid over it on the same axes",
              into(report.second));
    add_value(sub, "--figures", "DIR", "also write the charts as SVG files into this directory",
              into(report.figures));
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
    if (app.got_subcommand("analyze")) return analyze;
    if (app.got_subcommand("watch")) return watch;
    if (app.got_subcommand("report")) return report;
    std::vector<std::pair<std::string, std::string>> overrides = sets;
    overrides.insert(overrides.end(), shortcuts.begin(), shortcuts.end());
    if (app.got_subcommand("compare")) {
      compare.overrides = overrides;
      return compare;
    }
    if (app.got_subcommand("sweep")) {
      sweep.overrides = overrides;
      if (sweep.shard && sweep.collect)
        throw UsageError("--shard trains and --collect scores: give one of them");
      return sweep;
    }
    if (!app.got_subcommand("run")) return TextRequest{app.help()};
    run.overrides = overrides;
    return run;
  }
};

/// Arguments become names in JSON files and pages, where only UTF-8 can be told apart.
void check_encoding(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    if (is_utf8(argv[i])) continue;
    throw UsageError("argument " + std::to_string(i) + ", '" + argv[i] +
                     "': is not UTF-8; rename the file, or set the terminal to UTF-8");
  }
}

}  // namespace

Arguments parse_arguments(int argc, char** argv) {
  check_encoding(argc, argv);
  Parser parser;
  try {
    parser.app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    const auto chosen = parser.app.get_subcommands();
    return TextRequest{(chosen.empty() ? &parser.app : chosen.front())->help()};
  } catch (const CLI::CallForVersion&) {
    return TextRequest{version_text()};
  } catch (const CLI::ParseError& error) {
    throw UsageError(error.what());
  }
  return parser.result();
}

}  // namespace premelt::cli
