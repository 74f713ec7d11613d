#include <fmt/format.h>
#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>

#include "cli/commands/commands.hpp"
#include "cli/runs/baseline.hpp"
#include "cli/runs/known_events.hpp"
#include "cli/runs/loss_chain.hpp"
#include "cli/runs/output_directory.hpp"
#include "cli/runs/run_directory.hpp"
#include "cli/runs/run_info.hpp"
#include "cli/terminal/browser.hpp"
#include "cli/terminal/progress.hpp"
#include "cli/terminal/standard_streams.hpp"
#include "cli/terminal/terminal.hpp"
#include "engine/io/csv.hpp"
#include "engine/tensor/error.hpp"
#include "engine/tensor/numbers.hpp"
#include "rdm/io/loss_file.hpp"
#include "rdm/io/run_writer.hpp"
#include "rdm/window/blocks.hpp"
#include "rdm/window/null.hpp"

namespace premelt::cli {

namespace {

namespace fs = std::filesystem;

/// The recordings, their probes and the blocks of these.
struct Input {
  std::string source;  ///< for messages
  LossTable table;
  std::vector<std::string> blocks;
  std::vector<Event> events;  ///< that the user knows of

  std::size_t recordings() const { return table.losses.shape()[0]; }
  std::size_t probes() const { return table.losses.shape()[1]; }
};

LossTable read_table(const AnalyzeArguments& arguments) {
  const StepColumn steps = step_column(arguments.chain);
  if (arguments.file != "-") return read_losses(arguments.file, steps);
  return parse_losses(source_name(arguments.file), read_standard_input(), steps);
}

Input read_input(const AnalyzeArguments& arguments) {
  Input input{source_name(arguments.file), read_table(arguments), {}, {}};
  if (!arguments.steps_file.empty()) {
    input.table.steps = read_steps(arguments.steps_file, input.recordings());
    input.table.steps_from = "steps from " + arguments.steps_file;
  }
  if (!arguments.quiet)
    std::cerr << printable(std::to_string(input.recordings()) + " recordings of " +
                           std::to_string(input.probes()) + " probes, " + input.table.steps_from)
              << std::endl;
  input.blocks = chain_blocks(arguments.chain, input.source, input.table.probes);
  if (arguments.chain.window > input.recordings()) {
    throw DataError(input.source + ": holds " + std::to_string(input.recordings()) +
                    " recordings, fewer than the window of " + std::to_string(arguments.chain.window) +
                    "; record more often or choose a smaller --window");
  }
  if (!arguments.events_file.empty())
    input.events =
        read_known_events(arguments.events_file, {input.table.steps.front(), input.table.steps.back()});
  return input;
}

/// The recordings whose step lies in the quiet stretch: the given one, or the first full window after
/// burn-in.
std::pair<std::size_t, std::size_t> quiet_rows(const AnalyzeArguments& arguments, const Input& input) {
  if (!arguments.chain.baseline) {
    const std::size_t first = input.recordings() >= 2 * arguments.chain.window ? arguments.chain.window : 0;
    return {first, first + arguments.chain.window};
  }
  const auto& steps = input.table.steps;
  const auto [from, to] = *arguments.chain.baseline;
  const auto first = static_cast<std::size_t>(std::ranges::lower_bound(steps, from) - steps.begin());
  const auto last = static_cast<std::size_t>(std::ranges::upper_bound(steps, to) - steps.begin());
  check_baseline(*arguments.chain.baseline, last - first, arguments.chain.window);
  return {first, last};
}

/// Nothing where the rows are too few to leave anything beside their trend.
std::optional<double> quiet_noise_level(const Input& input, std::pair<std::size_t, std::size_t> rows) {
  if (rows.second - rows.first < 3) return std::nullopt;
  const std::size_t n = input.probes();
  Tensor<double> quiet(Shape{rows.second - rows.first, n});
  std::copy_n(input.table.losses.data() + rows.first * n, quiet.size(), quiet.data());
  return noise_level(quiet, Detrend::linear);
}

MonitorOptions monitor_options(const AnalyzeArguments& arguments, const Input& input) {
  MonitorOptions options = chain_options(arguments.chain, input.blocks);
  options.alarm.burn_in = input.table.steps[std::min(options.window, input.recordings() - 1)];
  return options;
}

/// Before anything is written: every loss whose logarithm the alarm reads has one.
void check_logarithms(const Input& input, const MonitorOptions& options) {
  for (const Channel& channel : options.channels) {
    for (std::size_t t = 0; t < input.recordings(); ++t) {
      const auto probe = probe_without_logarithm(channel, input.table.losses.row(t));
      if (!probe) continue;
      throw DataError(input.source + ": row " + std::to_string(t + 1) + ", probe '" +
                      input.table.probes[*probe] + "': the loss is " +
                      format_number(input.table.losses(t, *probe)) +
                      ", but --transform log needs positive losses; choose others with --probes");
    }
  }
}

/// With --baseline, the alarm counts from its end on, against its threshold.
void take_baseline(const AnalyzeArguments& arguments, const Input& input, MonitorOptions& options) {
  if (!arguments.chain.baseline) return;
  Baseline baseline(options, *arguments.chain.baseline);
  for (std::size_t t = 0; t < input.recordings(); ++t)
    baseline.push(input.table.steps[t], input.table.losses.row(t));
  options.alarm.threshold = baseline.threshold();
  options.alarm.burn_in = std::max(options.alarm.burn_in, arguments.chain.baseline->second + 1);
}

std::string block_masses(const Observation& observation, const Blocks& blocks) {
  std::string text;
  if (blocks.size() < 2) return text;
  const std::vector<double> shares = mode_shares(observation.modes.row(0), blocks);
  for (std::size_t b = 0; b < blocks.size(); ++b)
    text += "  " + blocks.names()[b] + " " + short_number(shares[b]);
  return text;
}

/// One row of the table of windows: its signals, and how the top eigenvector divides among the blocks.
void print_window(const char* label, const Monitor& monitor, const Observation& observation,
                  const Blocks& blocks) {
  const auto signal = [&](const char* name) {
    return short_number(observation.values[monitor.column(name)]);
  };
  std::cout << fmt::format("{:<14} step {:<7} shc {:<9} pr {:<6} trace {:<9}{}\n", label, observation.step,
                           signal("shc"), signal("pr"), signal("trace"), block_masses(observation, blocks));
}

nlohmann::json result_json(const Monitor& monitor, const Observation& last, const std::vector<Event>& events,
                           const Input& input, const fs::path& directory) {
  nlohmann::json signals = nlohmann::json::object();
  for (std::size_t i = 0; i < last.values.size(); ++i)
    signals[monitor.columns()[i]] = json_number(last.values[i]);
  return {{"dir", directory.string()},          {"recordings", input.recordings()},
          {"probes", input.probes()},           {"window", monitor.window().window()},
          {"events", premelt::to_json(events)}, {"last", signals}};
}

/// What is shown of a finished analysis.
struct Result {
  std::vector<Observation> alarms;
  Observation highest;  ///< largest SHC
  Observation last;     ///< window; all three with the eigenvectors computed last
};

Result analyze(const Input& input, Monitor& monitor, RunWriter& writer) {
  Result result;
  const std::size_t shc = monitor.column("shc");
  Tensor<double> modes;  // the last that were computed
  for (std::size_t t = 0; t < input.recordings(); ++t) {
    writer.record({input.table.steps[t], input.table.losses.row(t)});
    auto observation = monitor.push(input.table.steps[t], input.table.losses.row(t));
    if (!observation) continue;
    writer.observe(*observation);
    if (observation->has_modes) {
      modes = observation->modes;
    } else {
      observation->modes = modes;
    }
    if (observation->alarm) {
      writer.add(*observation->alarm);
      result.alarms.push_back(*observation);
    }
    const bool first = result.highest.values.empty();
    if (first || observation->values[shc] > result.highest.values[shc]) result.highest = *observation;
    result.last = *observation;
  }
  writer.flush();
  return result;
}

void print_result(const Result& result, const Monitor& monitor, const Input& input) {
  const Blocks blocks(input.blocks);
  for (const Observation& alarm : result.alarms) {
    std::cout << "ALARM: " << alarm.alarm->why << "\n";
    std::cout << "  " << margin_text(*alarm.alarm) << "\n";
    print_window("  at the alarm", monitor, alarm, blocks);
  }
  if (result.alarms.empty()) std::cout << "no alarm\n";
  print_window("highest SHC", monitor, result.highest, blocks);
  print_window("last window", monitor, result.last, blocks);
  if (blocks.size() > 1)
    std::cout << "block columns: share of the top eigenvector (sum of squares) in each block\n";
}

}  // namespace

void analyze_losses(const AnalyzeArguments& arguments) {
  const Input input = read_input(arguments);
  MonitorOptions options = monitor_options(arguments, input);
  check_logarithms(input, options);
  take_baseline(arguments, input, options);
  const auto quiet = quiet_rows(arguments, input);

  Monitor monitor(options);
  const nlohmann::json info = run_info({.file = arguments.file,
                                        .chain = arguments.chain,
                                        .options = options,
                                        .probes = input.table.probes,
                                        .blocks = input.blocks,
                                        .recordings = input.recordings(),
                                        .noise_level = quiet_noise_level(input, quiet)});
  const ClaimedDirectory claimed =
      claim_output(arguments.out, fs::path("runs") / ("analyze-" + fs::path(input.source).stem().string()),
                   arguments.quiet);
  const fs::path& directory = claimed.path();
  RunWriter writer(directory, info,
                   {.probes = input.probes(),
                    .modes = options.modes,
                    .order = {},
                    .training = {},
                    .signals = monitor.columns()});
  for (const Event& event : input.events) writer.add(event);
  const Result result = analyze(input, monitor, writer);
  const fs::path report = write_run_report(directory);
  if (arguments.open) open_in_browser(report);
  if (arguments.json) {
    nlohmann::json object = result_json(monitor, result.last, writer.events(), input, directory);
    if (!input.events.empty()) object.update(to_json(find_leads(writer.events())));
    std::cout << object.dump(2) << "\n";
    return;
  }
  print_result(result, monitor, input);
  if (!input.events.empty()) std::cout << to_text(find_leads(writer.events()));
  std::cout << "report: " << report.string() << "\n";
  if (!arguments.quiet && !arguments.open) suggest("premelt report " + directory.string() + " --open");
}

}  // namespace premelt::cli
