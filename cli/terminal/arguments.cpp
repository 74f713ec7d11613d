#include "cli/terminal/arguments.hpp"

#include <CLI/CLI.hpp>
#include <tuple>

#include "cli/help/command_info.hpp"
#include "cli/help/command_text.hpp"
#include "cli/help/completion.hpp"
#include "cli/help/help_page.hpp"
#include "cli/help/man_page.hpp"
#include "cli/terminal/chain_arguments.hpp"
#include "cli/terminal/exit_code.hpp"
#include "cli/terminal/option_declaration.hpp"
#include "cli/terminal/option_values.hpp"
#include "cli/terminal/provenance.hpp"
#include "engine/linalg/blas_kernel.hpp"
#include "engine/tensor/error.hpp"
#include "engine/tensor/names.hpp"
#include "engine/tensor/numbers.hpp"
#include "rdm/proposition/sampler.hpp"
#include "rdm/scoring/detectors.hpp"

namespace premelt::cli {
namespace {

std::vector<std::string> option_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    for (const std::string& letter : option->get_snames()) names.push_back("-" + letter);
  }
  return names;
}

constexpr std::size_t most_steps = 10000, most_seeds = 100000;
constexpr std::int64_t most_draws = 100'000'000, most_controls = 100000, most_jobs = 1024;
constexpr double least_sigma = 1e-9, most_sigma = 1e3;

/// Everything the parser fills; the chosen subcommand decides which part is returned.
struct Parser {
  CLI::App app{command_text("").summary, "premelt"};
  SettingsArguments settings;
  RunArguments run;
  CompareArguments compare;
  AnalyzeArguments analyze;
  WatchArguments watch;
  SweepArguments sweep;
  ReportArguments report;
  RunsArguments runs;
  std::string shell;         ///< of `completion`
  std::string help_command;  ///< of `help`
  bool man = false;
  std::vector<std::pair<std::string, std::string>> sets, shortcuts;  ///< --set; --seed, --steps and the like

  Parser() {
    app.require_subcommand(0, 1);
    app.footer(exit_code_table());
    app.set_version_flag("-V,--version", version_text,
                         "version, build type, BLAS library, kernel and threads");
    add_settings();
    add_run();
    add_compare();
    add_analyze();
    add_watch();
    add_sweep();
    add_report();
    add_runs();
    add_completion();
    add_help();
    for (CLI::App* sub : app.get_subcommands({})) sub->allow_extras();
    app.allow_extras();
  }

  CLI::App* add_command(const char* name, const std::string& notes = "") {
    CLI::App* sub = app.add_subcommand(name, command_text(name).summary);
    sub->footer(notes);
    return sub;
  }

  void add_settings() {
    CLI::App* sub = add_command("settings");
    sub->alias("models");
    add_value(sub, "NAME", "SETTING", "a setting", into(settings.name));
    sub->add_flag("--json", settings.json, "print JSON");
  }

  void add_run() {
    CLI::App* sub = add_command("run");
    add_value(sub, "SETTING", "SETTING", "a name from `premelt settings`", into(run.setting));
    add_shortcut(sub, "seed", "N", "seed of all random streams");
    add_shortcut(sub, "steps", "N", "training steps");
    add_sets(sub);
    add_config(sub, run.config);
    add_out(sub, "run directory (default: runs/SETTING-seedN)", run.out);
    add_shortcut(sub, "dtype", "float32|float64", "the numbers it is trained in");
    sub->add_flag("--resume", run.resume, "continue the interrupted run in --out from its newest checkpoint");
    sub->add_flag("--profile", run.profile,
                  "at the end, a table of the time and memory of each op on stderr");
    add_open(sub, run.open);
    add_quiet(sub, run.quiet);
    add_json(sub, run.json);
  }

  static void add_out(CLI::App* sub, const char* help, std::string& out) {
    add_value(sub, "-o,--out", "DIR", help, into(out));
  }
  static void add_open(CLI::App* sub, bool& open) {
    sub->add_flag("--open", open, "show the report in the browser when it is done");
  }
  static void add_quiet(CLI::App* sub, bool& quiet) {
    sub->add_flag("-q,--quiet", quiet, "no progress and no hints on stderr");
  }
  static void add_json(CLI::App* sub, bool& json) {
    sub->add_flag("--json", json, "print one JSON object on stdout");
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
    CLI::App* sub = add_command("compare", help_list("Samplers", samplers()));
    add_value(sub, "SETTING", "SETTING|RUN_DIR", "a name from `premelt settings`, or a run directory",
              into(compare.target));
    add_values(sub, "--at", "STEP|A:B:STEP", "may be repeated (default: five steps over the run)",
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
    add_values(sub, "--sampler", "SAMPLER,...", comma_separated(sampler_names()) + "; may be repeated",
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
    add_out(sub, "output directory (default: runs/compare-SETTING-seedN)", compare.out);
    add_open(sub, compare.open);
    add_quiet(sub, compare.quiet);
    add_json(sub, compare.json);
  }

  void add_analyze() {
    CLI::App* sub = add_command("analyze");
    add_value(sub, "FILE", "FILE", "losses: .npy, .npz, .safetensors, .csv or .jsonl; - for standard input",
              into(analyze.file))
        ->required();
    add_value(sub, "--steps-file", "FILE", "the steps of the recordings: .npy or .csv",
              into(analyze.steps_file));
    add_value(sub, "--events", "FILE", "CSV step,name of what happened: prints leads and false alarms",
              into(analyze.events_file));
    add_chain(sub, analyze.chain);
    add_out(sub, "output directory (default: runs/analyze-FILE)", analyze.out);
    add_open(sub, analyze.open);
    add_quiet(sub, analyze.quiet);
    add_json(sub, analyze.json);
  }

  void add_watch() {
    CLI::App* sub = add_command("watch");
    add_value(sub, "FILE", "FILE", "lines of losses; - for standard input", into(watch.file))
        ->default_str("-");
    add_chain(sub, watch.chain);
    add_value(sub, "--warmup", "N", "recordings before the first that may alarm (default: the window)",
              [this](const std::string& text) { watch.warmup = count_of("--warmup", text, 0); });
    sub->add_flag("--follow", watch.follow,
                  "wait for more at the end of FILE, and read on when another takes its place");
    add_value(sub, "--on-alarm", "COMMAND", "started at each alarm, which is a JSON object on its stdin",
              into(watch.on_alarm));
    add_value(sub, "--report", "DIR", "leave a run directory, with a report at the end", into(watch.report));
    sub->add_flag("-q,--quiet", watch.quiet, "no alarms on stderr");
  }

  void add_sweep() {
    CLI::App* sub = add_command("sweep", help_list("Detectors", detectors()));
    add_value(sub, "SETTING", "SETTING", "a name from `premelt settings`", into(sweep.setting));
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
    add_value(sub, "-j,--jobs", "N", "runs at a time (default: one a core)", [this](const std::string& text) {
      sweep.jobs = static_cast<std::size_t>(whole_number("--jobs", text, 1, most_jobs));
    });
    add_value(sub, "--shard", "I/N", "train every N-th run from the I-th (from 0) and score nothing",
              [this](const std::string& text) { sweep.shard = shard_of("--shard", text); });
    sub->add_flag("--collect", sweep.collect, "train nothing: score what is there, or name what is missing");
    add_shortcut(sub, "steps", "N", "training steps");
    add_sets(sub);
    add_config(sub, sweep.config);
    add_out(sub, "sweep directory (default: runs/sweep-SETTING)", sweep.out);
    add_open(sub, sweep.open);
    add_quiet(sub, sweep.quiet);
    add_json(sub, sweep.json);
  }

  void add_report() {
    CLI::App* sub = add_command("report");
    add_value(sub, "RUN_DIR", "RUN_DIR", "a directory made by run or analyze", into(report.directory))
        ->required();
    add_value(sub, "SECOND_RUN", "RUN_DIR", "another one, to be laid over it on the same axes",
              into(report.second));
    add_value(sub, "--figures", "DIR", "also write the charts as SVG files into this directory",
              into(report.figures));
    add_open(sub, report.open);
  }

  void add_runs() {
    CLI::App* sub = add_command("runs");
    add_value(sub, "DIR", "DIR", "where the run directories are", into(runs.directory))->default_str("runs");
    add_json(sub, runs.json);
  }

  void add_completion() {
    CLI::App* sub = add_command("completion");
    add_value(sub, "SHELL", "bash|zsh|fish", "the shell: bash, zsh or fish", into(shell))->required();
  }

  void add_help() {
    CLI::App* sub = add_command("help");
    add_value(sub, "COMMAND", "COMMAND", "what to explain", into(help_command));
    sub->add_flag("--man", man, "print the manual page");
  }

  /// What CLI11 could not place: an option or a command that does not exist.
  void refuse_extras() {
    const auto chosen = app.get_subcommands();
    const CLI::App& owner = chosen.empty() ? app : *chosen.front();
    for (const std::string& word : app.remaining(true)) {
      if (word.starts_with("-")) {
        throw UsageError(unknown_name("option", word.substr(0, word.find('=')), option_names(owner)));
      }
      if (chosen.empty()) throw UsageError(unknown_name("command", word, command_names(describe(app))));
      throw UsageError("'" + word + "' is one word too many for `premelt " + owner.get_name() + "`");
    }
  }

  std::string help_text() const {
    const std::vector<CommandInfo> commands = describe(app);
    if (man) return man_page(commands, version());
    if (help_command.empty()) return program_help(commands);
    const CommandInfo* command = find_command(commands, help_command);
    if (command != nullptr) return command_help(*command);
    throw UsageError(unknown_name("command", help_command, command_names(commands)));
  }

  Arguments result() {
    refuse_extras();
    if (app.got_subcommand("settings")) return settings;
    if (app.got_subcommand("analyze")) return analyze;
    if (app.got_subcommand("watch")) return watch;
    if (app.got_subcommand("report")) return report;
    if (app.got_subcommand("runs")) return runs;
    if (app.got_subcommand("completion")) return TextRequest{completion_script(shell)};
    if (app.got_subcommand("help")) return TextRequest{help_text()};
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
    if (!app.got_subcommand("run")) return TextRequest{short_help(describe(app))};
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
  if (argc > 1 && argv[1] == std::string("complete"))  // asked by the scripts of completion.cpp; any words
    return TextRequest{completions(describe(parser.app), {argv + 2, argv + argc})};
  try {
    parser.app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    const auto chosen = parser.app.get_subcommands();
    if (!chosen.empty()) parser.help_command = chosen.front()->get_name();
    return TextRequest{parser.help_text()};
  } catch (const CLI::CallForVersion&) {
    return TextRequest{version_text() + "\n"};
  } catch (const CLI::ParseError& error) {
    throw UsageError(error.what());
  }
  return parser.result();
}

std::string where_to_look(int argc, char** argv) {
  const std::vector<CommandInfo> commands = describe(Parser().app);
  const CommandInfo* command = argc > 1 ? find_command(commands, argv[1]) : nullptr;
  return "see `premelt " + (command != nullptr ? "help " + command->name : "--help") + "`";
}

}  // namespace premelt::cli
