#pragma once
/// The monitor for a C++ program of any kind, in three calls: make it, `push` the losses, read a `mode`.
/// Header only, on the C interface of libpremelt; needs neither the engine nor the packages it is built from.

#include <premelt.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace premelt::client {

/// What to watch; see premelt_options.
struct Options {
  std::size_t probes = 0;                ///< n, losses a recording
  std::size_t window = 40;               ///< W, in recordings
  std::vector<std::string> blocks = {};  ///< n names, the block of each probe; empty: all in one
  std::size_t modes = 0;                 ///< leading eigenvectors; 0: 3, or as many as there can be
  std::size_t modes_every = 1;           ///< full windows from one with eigenvectors to the next
  std::size_t warmup = 0;                ///< recordings that raise no alarm; 0: W
  double alarm_factor = 10;              ///< F > 1 times the running minimum
  std::size_t alarm_hold = 3;            ///< K ≥ 1 recordings in a row
  std::string alarm_statistic = "shc";   ///< a member of Signals
};

/// Numbers of one full window; NaN: no statement.
using Signals = premelt_signals;

/// Watches one training run. Once made, it throws nothing: what cannot be taken is said by `why`.
class Monitor {
 public:
  /// Throws std::invalid_argument, which says why, when there can be no monitor with these options.
  explicit Monitor(const Options& options) : monitor_(make(options)), probes_(options.probes) {}

  /// Takes the losses (n) recorded at `step`; nothing comes back while the window fills, or when they cannot
  /// be taken: not finite, a step that does not increase.
  std::optional<Signals> push(std::int64_t step, std::span<const double> losses) noexcept {
    Signals signals{};
    signals.struct_size = sizeof signals;
    if (premelt_monitor_push(monitor_.get(), step, losses.data(), losses.size()) != PREMELT_OK)
      return std::nullopt;
    premelt_monitor_signals(monitor_.get(), &signals);
    return signals;
  }

  /// Eigenvector `k` (n), 0 the leading one, of the last window that has them; empty when there is none.
  std::vector<double> mode(std::size_t k) const {
    std::vector<double> vector(probes_);
    if (premelt_monitor_mode(monitor_.get(), k, vector.data(), vector.size()) != PREMELT_OK) vector.clear();
    return vector;
  }

  /// Why the last push gave nothing ("window not full: 12 of 40"), or in a sentence why it raised an alarm;
  /// empty otherwise.
  const char* why() const noexcept { return premelt_monitor_why(monitor_.get()); }

 private:
  struct Free {
    void operator()(premelt_monitor* monitor) const noexcept { premelt_monitor_free(monitor); }
  };
  using Handle = std::unique_ptr<premelt_monitor, Free>;

  static Handle make(const Options& options) {
    if (!options.blocks.empty() && options.blocks.size() != options.probes)
      throw std::invalid_argument("premelt: " + std::to_string(options.blocks.size()) + " blocks for " +
                                  std::to_string(options.probes) + " probes, expected one a probe");
    std::vector<const char*> blocks;
    for (const std::string& block : options.blocks) blocks.push_back(block.c_str());
    premelt_options given{};
    given.struct_size = sizeof given;
    given.probes = options.probes;
    given.window = options.window;
    given.modes = options.modes;
    given.modes_every = options.modes_every;
    given.alarm_hold = options.alarm_hold;
    given.alarm_factor = options.alarm_factor;
    given.warmup = options.warmup;
    given.alarm_statistic = options.alarm_statistic.c_str();
    given.blocks = blocks.empty() ? nullptr : blocks.data();
    Handle made(premelt_monitor_new(&given));
    if (!made) throw std::invalid_argument(std::string("premelt: ") + premelt_last_error());
    return made;
  }

  Handle monitor_;
  std::size_t probes_;
};

}  // namespace premelt::client
