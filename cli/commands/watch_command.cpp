#include <unistd.h>

#include <cmath>
#include <exception>
#include <iostream>
#include <limits>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "cli/commands/commands.hpp"
#include "cli/runs/alarm_command.hpp"
#include "cli/runs/baseline.hpp"
#include "cli/runs/loss_chain.hpp"
#include "cli/runs/run_info.hpp"
#include "cli/runs/watch_record.hpp"
#include "cli/terminal/input_lines.hpp"
#include "cli/terminal/interrupt.hpp"
#include "cli/terminal/progress.hpp"
#include "cli/terminal/terminal.hpp"
#include "engine/io/csv.hpp"
#include "engine/tensor/error.hpp"
#include "rdm/io/loss_lines.hpp"
#include "rdm/io/run_writer.hpp"

namespace premelt::cli {

namespace {

/// The losses of a training run that left the finite numbers are no bad data: they are the news.
void stop_when_diverged(const LossLineReader& reader, const LossLine& recording) {
  for (std::size_t i = 0; i < recording.losses.size(); ++i) {
    if (std::abs(recording.losses[i]) <= largest_loss) continue;
    throw DivergedError(reader.where() + ": training diverged at step " + std::to_string(recording.step) +
                        ": the loss of probe '" + reader.probes()[i] + "' is " +
                        format_number(recording.losses[i]));
  }
}

/// From lines of losses to lines of signals.
class WatchedLines {
 public:
  WatchedLines(const WatchArguments& arguments, const std::string& source)
      : arguments_(arguments),
        source_(source),
        reader_(source, LossLineReader::Accept::csv_and_json, step_column(arguments.chain)) {
    if (!arguments.on_alarm.empty()) command_.emplace(arguments.on_alarm);
  }

  /// A line that cannot be read is reported and left out: the training it comes from goes on.
  void take(const std::string& line) {
    unless_unreadable([&] {
      reader_.read(line);
      return std::optional(true);
    });
    answer();
  }

  /// Throws DataError when the input ended, without being interrupted, before there was anything to say.
  void finish(bool interrupted) {
    unless_unreadable([&] {
      reader_.finish();
      return std::optional(true);
    });
    answer();
    say("watched", std::to_string(recordings_) + " recordings; alarms: " + std::to_string(alarms_) +
                       (skipped_ > 0 ? "; lines skipped: " + std::to_string(skipped_) : ""));
    if (const std::string report = record_ ? record_->finish() : ""; !report.empty()) say("report", report);
    if (!arguments_.quiet && arguments_.file != "-") suggest("premelt analyze " + arguments_.file);
    if (recordings_ >= arguments_.chain.window || interrupted) return;
    throw DataError(reader_.where() + ": the input ended after " + std::to_string(recordings_) +
                    " recordings, before the window of " + std::to_string(arguments_.chain.window) +
                    " was full; choose a smaller --window");
  }

 private:
  void answer() {
    while (const auto recording = reader_.next()) {
      stop_when_diverged(reader_, *recording);
      if (repeats(*recording)) continue;
      if (!monitor_) start();
      end_baseline(recording->step);
      bool pushed = false;
      const auto observation = unless_unreadable([&] {
        const auto seen = monitor_->push(recording->step, recording->losses);
        pushed = true;
        if (baseline_) baseline_->push(recording->step, recording->losses);
        return seen;
      });
      if (!pushed) continue;
      ++recordings_;
      last_step_ = recording->step;
      if (record_) record_->take({recording->step, recording->losses}, observation);
      std::cout << to_json(*recording, observation) << std::endl;
      if (!std::cout) throw DataError("stdout cannot be written");
    }
  }

  /// The first recording says how many probes there are.
  void start() {
    say("reading", std::to_string(reader_.probes().size()) + " probes, " + reader_.steps_from());
    const std::vector<std::string> block_names = chain_blocks(arguments_.chain, source_, reader_.probes());
    MonitorOptions options = chain_options(arguments_.chain, block_names);
    options.alarm.burn_in = std::numeric_limits<std::int64_t>::min();
    options.warmup = arguments_.warmup.value_or(options.window);
    if (const auto& steps = arguments_.chain.baseline) {
      baseline_.emplace(options, *steps);
      options.alarm.burn_in = steps->second + 1;
    }
    blocks_.emplace(block_names);
    monitor_.emplace(options);
    if (!arguments_.report.empty()) start_record(options, block_names);
  }

  void start_record(const MonitorOptions& options, const std::vector<std::string>& block_names) {
    const nlohmann::json info = run_info({.file = arguments_.file,
                                          .chain = arguments_.chain,
                                          .options = options,
                                          .probes = reader_.probes(),
                                          .blocks = block_names,
                                          .recordings = std::nullopt,
                                          .noise_level = std::nullopt});
    record_.emplace(arguments_.report, info,
                    RunWriter::Layout{.probes = options.probes,
                                      .modes = options.modes,
                                      .order = {},
                                      .training = {},
                                      .signals = monitor_->columns()});
  }

  /// A training that was started again repeats steps. What is known is left out, with one word for all of it.
  bool repeats(const LossLine& recording) {
    const bool repeated = last_step_ && recording.step <= *last_step_;
    if (repeated && !repeating_)
      std::cerr << "premelt: " << reader_.where() << ": steps have to increase: " << recording.step
                << " follows " << *last_step_ << "; the line is skipped, and all that follow up to that step"
                << std::endl;
    repeating_ = repeated;
    skipped_ += repeated;
    return repeated;
  }

  /// Before the first recording beyond the baseline: from now on its threshold counts.
  void end_baseline(std::int64_t step) {
    if (!baseline_ || !baseline_->over(step)) return;
    const double threshold = baseline_->threshold();
    monitor_->set_threshold(threshold);
    say("baseline", "is over; threshold " + short_number(threshold));
    baseline_.reset();
  }

  /// What `look` finds in the line; nothing, and a word on stderr, when that is bad data.
  template <class Look>
  auto unless_unreadable(const Look& look) -> decltype(look()) {
    try {
      return look();
    } catch (const DataError& error) {
      const std::string why = error.what(), where = reader_.where();
      std::cerr << "premelt: " << (why.starts_with(where) ? "" : where + ": ") << why
                << "; the line is skipped" << std::endl;
      ++skipped_;
      return std::nullopt;
    }
  }

  /// Every line has the same keys; what is not yet known is null.
  nlohmann::ordered_json to_json(const LossLine& recording, const std::optional<Observation>& observation) {
    nlohmann::ordered_json object{{"step", recording.step}};
    const std::vector<std::string>& columns = monitor_->columns();
    for (std::size_t i = 0; i < columns.size(); ++i)
      object[columns[i]] = observation ? json_number(observation->values[i]) : nlohmann::json();
    if (blocks_->size() > 1) object["top_mode"] = top_mode(observation);
    object["alarm"] = nullptr;
    object["why"] = why_silent(observation);
    if (!observation || !observation->alarm) return object;
    object["alarm"] = premelt::to_json({*observation->alarm})[0];
    ++alarms_;
    if (command_) command_->tell(object["alarm"].dump());
    say("ALARM step " + std::to_string(recording.step), observation->alarm->why);
    say("    ", margin_text(*observation->alarm));
    return object;
  }

  /// Why there is no signal, or not every one; null when there is.
  nlohmann::ordered_json why_silent(const std::optional<Observation>& observation) const {
    if (!observation) return filling_text(monitor_->window());
    if (std::isnan(observation->values[monitor_->column("pr")])) return "no loss changed in the window";
    return nullptr;
  }

  /// The share of each block in the top eigenvector; null where it was not due.
  nlohmann::ordered_json top_mode(const std::optional<Observation>& observation) const {
    if (!observation || !observation->has_modes) return nullptr;
    const std::vector<double> shares = mode_shares(observation->modes.row(0), *blocks_);
    nlohmann::ordered_json object;
    for (std::size_t b = 0; b < shares.size(); ++b) object[blocks_->names()[b]] = json_number(shares[b]);
    return object;
  }

  void say(const std::string& emphasis, const std::string& text) const {
    if (!arguments_.quiet) std::cerr << emphasised(terminal_, emphasis) << "  " << text << std::endl;
  }

  const WatchArguments& arguments_;
  std::string source_;
  Terminal terminal_ = ask_terminal();
  LossLineReader reader_;
  std::optional<Monitor> monitor_;
  std::optional<Baseline> baseline_;  ///< while it lasts
  std::optional<Blocks> blocks_;
  std::optional<AlarmCommand> command_;
  std::optional<WatchRecord> record_;
  std::optional<std::int64_t> last_step_;
  bool repeating_ = false;  ///< the steps up to `last_step_`
  std::size_t recordings_ = 0, alarms_ = 0, skipped_ = 0;
};

}  // namespace

void watch_losses(const WatchArguments& arguments) {
  if (arguments.file == "-" && isatty(STDIN_FILENO) != 0)
    throw UsageError("nothing is piped in; for example `python train.py | premelt watch`, or name a file");
  const std::atomic<bool>& interrupted = catch_interrupts();
  InputLines lines(arguments.file, arguments.follow, interrupted);
  WatchedLines watch(arguments, lines.name());
  try {
    while (const auto line = lines.next()) watch.take(*line);
  } catch (const std::exception& error) {
    if (lines.has_writer()) {
      std::cerr << "premelt: " << error.what() << "; the watch has ended, the input is still read to its end"
                << std::endl;
      lines.discard();
    }
    throw;
  }
  watch.finish(interrupted);
}

}  // namespace premelt::cli
