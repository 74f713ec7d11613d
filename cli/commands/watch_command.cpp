#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <limits>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "cli/commands/commands.hpp"
#include "cli/runs/loss_chain.hpp"
#include "cli/terminal/interrupt.hpp"
#include "cli/terminal/standard_streams.hpp"
#include "cli/terminal/terminal.hpp"
#include "engine/io/csv.hpp"
#include "engine/tensor/error.hpp"
#include "rdm/io/loss_lines.hpp"
#include "rdm/io/run_writer.hpp"

namespace premelt::cli {

namespace {

constexpr std::size_t longest_line = 16'000'000;  ///< bytes; half a million losses in full precision

/// Lines of a file or of standard input, each as soon as it is complete.
class Lines {
 public:
  /// "-" is standard input. Throws DataError when the file cannot be read. Once `interrupted`, there are no
  /// more.
  Lines(const std::string& name, const std::atomic<bool>& interrupted)
      : name_(source_name(name)),
        file_(name == "-" ? stdin : std::fopen(name.c_str(), "r"), &std::fclose),
        interrupted_(interrupted) {
    if (!file_) throw DataError(name + ": cannot be read: " + std::strerror(errno));
    if (name.ends_with(".npy")) throw DataError(name + ": is not text; `premelt analyze` reads .npy files");
  }
  const std::string& name() const { return name_; }

  /// The next line without its end; nothing at the end of the input or once interrupted. Throws DataError
  /// when a line does not end.
  std::optional<std::string> next() {
    std::string line;
    ++number_;
    for (int c = 0; !interrupted_ && (c = getc_unlocked(file_.get())) != EOF; line += static_cast<char>(c)) {
      if (c == '\n') return line;
      if (line.size() < longest_line) continue;
      throw DataError(name_ + ":" + std::to_string(number_) + ": no line end within " +
                      std::to_string(longest_line) + " bytes, expected one recording of losses a line");
    }
    if (std::ferror(file_.get()) && !interrupted_)
      throw DataError(name_ + ": cannot be read: " + std::strerror(errno));
    if (line.empty() || interrupted_) return std::nullopt;
    return line;
  }

 private:
  std::string name_;
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_;
  const std::atomic<bool>& interrupted_;
  std::size_t number_ = 0;  ///< of the line read last
};

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
        reader_(source, LossLineReader::Accept::csv_and_json, step_column(arguments.chain)) {}

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
    if (recordings_ >= arguments_.chain.window || interrupted) return;
    throw DataError(reader_.where() + ": the input ended after " + std::to_string(recordings_) +
                    " recordings, before the window of " + std::to_string(arguments_.chain.window) +
                    " was full; choose a smaller --window");
  }

 private:
  void answer() {
    while (const auto recording = reader_.next()) {
      stop_when_diverged(reader_, *recording);
      if (!monitor_) start();
      bool pushed = false;
      const auto observation = unless_unreadable([&] {
        const auto seen = monitor_->push(recording->step, recording->losses);
        pushed = true;
        return seen;
      });
      if (!pushed) continue;
      ++recordings_;
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
    blocks_.emplace(block_names);
    monitor_.emplace(options);
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
    if (!observation || !observation->alarm) return object;
    object["alarm"] = premelt::to_json({*observation->alarm})[0];
    ++alarms_;
    say("ALARM step " + std::to_string(recording.step), observation->alarm->why);
    return object;
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
  std::optional<Blocks> blocks_;
  std::size_t recordings_ = 0, alarms_ = 0, skipped_ = 0;
};

}  // namespace

void watch_losses(const WatchArguments& arguments) {
  const std::atomic<bool>& interrupted = catch_interrupts();
  Lines lines(arguments.file, interrupted);
  WatchedLines watch(arguments, lines.name());
  while (const auto line = lines.next()) watch.take(*line);
  watch.finish(interrupted);
}

}  // namespace premelt::cli
