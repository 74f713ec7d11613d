#include "rdm/clients/premelt.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <new>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "engine/linalg/blas_kernel.hpp"
#include "engine/tensor/error.hpp"
#include "engine/tensor/memory.hpp"
#include "rdm/window/blocks.hpp"
#include "rdm/window/monitor.hpp"

using namespace premelt;

/// What stands behind the pointer.
struct premelt_monitor {
  Monitor monitor;
  Blocks blocks;
  std::optional<Observation> last = std::nullopt;
  Tensor<double> modes = {};  ///< (k,n), the last that were computed
  std::string why = {};
};

namespace {

thread_local std::string last_error;

premelt_status fail(premelt_status status, const char* text) noexcept {
  try {
    last_error = text;
  } catch (...) {
    last_error.clear();  // no memory for words
  }
  return status;
}

/// What the exception in flight means.
premelt_status explain() noexcept {
  try {
    throw;
  } catch (const DataError& error) {
    return fail(PREMELT_DATA, error.what());
  } catch (const Error& error) {  // options and sizes
    return fail(PREMELT_USAGE, error.what());
  } catch (const std::bad_alloc&) {
    return fail(PREMELT_MEMORY, "there is not enough memory");
  } catch (const std::length_error&) {  // a container asked for more than can be addressed
    return fail(PREMELT_MEMORY, "there is not enough memory");
  } catch (const std::exception& error) {
    return fail(PREMELT_FAULT, error.what());
  } catch (...) {
    return fail(PREMELT_FAULT, "an exception of unknown kind");
  }
}

/// Runs `action`, which gives a status and may throw.
template <class Action>
premelt_status guarded(const Action& action) noexcept {
  try {
    return action();
  } catch (...) {
    return explain();
  }
}

/// Results depend on the number of BLAS threads, and the program around us has its own.
class OneBlasThread {
 public:
  OneBlasThread() : before_(blas::threads()) {
    if (before_ != 1) blas::set_threads(1);
  }
  ~OneBlasThread() {
    if (before_ != 1) blas::set_threads(before_);
  }
  OneBlasThread(const OneBlasThread&) = delete;
  OneBlasThread& operator=(const OneBlasThread&) = delete;

 private:
  int before_;
};

/// The members a caller knows, defaults in the others. Throws UsageError where he knows more than we do and
/// uses it.
premelt_options known_options(const premelt_options* given) {
  if (given == nullptr) throw UsageError("options: is NULL");
  const std::size_t size = given->struct_size;
  if (size < offsetof(premelt_options, window)) {
    throw UsageError("options: struct_size is " + std::to_string(size) +
                     ", expected sizeof(premelt_options)");
  }
  const auto* bytes = reinterpret_cast<const unsigned char*>(given);
  if (size > sizeof(premelt_options) &&
      std::any_of(bytes + sizeof(premelt_options), bytes + size, [](unsigned char b) { return b != 0; })) {
    throw UsageError("options: made for a later version than " + version() + ", which this library is");
  }
  premelt_options options{};
  std::memcpy(&options, given, std::min(size, sizeof options));
  return options;
}

template <class T>
T given_or(T value, T otherwise) {
  return value == T{} ? otherwise : value;
}

/// As `premelt watch` chooses them.
MonitorOptions monitor_options(const premelt_options& given) {
  MonitorOptions options;
  options.probes = given.probes;
  options.window = given_or(given.window, options.window);
  if (options.probes == 0)
    throw UsageError("options: probes is 0, expected the number of losses a recording");
  if (options.window < 2) throw UsageError("options: window is 1, expected at least 2 recordings");
  const std::size_t most_modes = std::min(options.probes, options.window - 1);
  options.modes = given_or(given.modes, std::min<std::size_t>(3, most_modes));
  if (options.modes > most_modes) {
    throw UsageError("options: modes is " + std::to_string(options.modes) + ", but " +
                     std::to_string(options.probes) + " probes and a window of " +
                     std::to_string(options.window) + " have at most " + std::to_string(most_modes));
  }
  options.modes_every = given_or(given.modes_every, options.modes_every);
  options.alarm.factor = given_or(given.alarm_factor, options.alarm.factor);
  options.alarm.hold = given_or(given.alarm_hold, options.alarm.hold);
  options.alarm.burn_in = std::numeric_limits<std::int64_t>::min();
  options.warmup = given_or(given.warmup, options.window);
  if (given.alarm_statistic != nullptr) options.alarm_statistic = given.alarm_statistic;
  require_memory(monitor_bytes(options.probes, options.window),
                 "a window of " + std::to_string(options.window) + " recordings of " +
                     std::to_string(options.probes) + " probes");
  return options;
}

Blocks named_blocks(const premelt_options& given) {
  std::vector<std::string> names(given.probes, "all");
  for (std::size_t i = 0; given.blocks != nullptr && i < names.size(); ++i) {
    if (given.blocks[i] == nullptr)
      throw UsageError("options: the block of probe " + std::to_string(i) + " is NULL");
    names[i] = given.blocks[i];
  }
  return Blocks(names);
}

premelt_signals signals_of(const Monitor& monitor, const Observation& seen) {
  const auto value = [&](const char* name) { return seen.values[monitor.column(name)]; };
  return {.struct_size = sizeof(premelt_signals),
          .step = seen.step,
          .shc = value("shc"),
          .pr = value("pr"),
          .trace = value("trace"),
          .lambda1 = value("lambda1"),
          .mean_loss = value("mean_loss"),
          .shc_detrended = value("shc_detrended"),
          .pr_detrended = value("pr_detrended"),
          .trace_detrended = value("trace_detrended"),
          .lambda1_detrended = value("lambda1_detrended"),
          .mean_loss_detrended = value("mean_loss_detrended"),
          .overlap = seen.overlap,
          .has_modes = seen.has_modes ? 1 : 0,
          .alarm = seen.alarm ? 1 : 0,
          .alarm_value = seen.alarm ? seen.alarm->value : std::numeric_limits<double>::quiet_NaN(),
          .alarm_threshold = seen.alarm ? seen.alarm->threshold : std::numeric_limits<double>::quiet_NaN()};
}

premelt_status push(premelt_monitor& watched, std::int64_t step, std::span<const double> losses) {
  const OneBlasThread one;
  auto seen = watched.monitor.push(step, losses);
  if (!seen) {
    watched.why = filling_text(watched.monitor.window());
    return PREMELT_FILLING;
  }
  if (seen->has_modes) watched.modes = seen->modes;
  watched.why = seen->alarm ? seen->alarm->why : "";
  watched.last = std::move(seen);
  return PREMELT_OK;
}

/// Throws UsageError unless a buffer of `count` numbers is what `expected` of `what` need.
void check_buffer(const void* buffer, std::size_t count, std::size_t expected, const char* what) {
  if (buffer == nullptr) throw UsageError(std::string(what) + ": is NULL");
  if (count == expected) return;
  throw UsageError(std::string(what) + ": room for " + std::to_string(count) + " numbers, expected " +
                   std::to_string(expected));
}

premelt_status no_monitor() noexcept {
  return fail(PREMELT_USAGE, "monitor: is NULL");
}

}  // namespace

const char* premelt_version(void) {
  static const std::string text = version();
  return text.c_str();
}

premelt_monitor* premelt_monitor_new(const premelt_options* options) {
  premelt_monitor* made = nullptr;
  guarded([&] {
    const premelt_options known = known_options(options);
    made = new premelt_monitor{Monitor(monitor_options(known)), named_blocks(known)};
    return PREMELT_OK;
  });
  return made;
}

void premelt_monitor_free(premelt_monitor* monitor) {
  delete monitor;
}

premelt_status premelt_monitor_push(premelt_monitor* monitor, int64_t step, const double* losses,
                                    size_t count) {
  if (monitor == nullptr) return no_monitor();
  const premelt_status status = guarded([&] {
    check_buffer(losses, count, monitor->monitor.window().probes(), "losses");
    return push(*monitor, step, {losses, count});
  });
  if (status == PREMELT_OK || status == PREMELT_FILLING) return status;
  guarded([&] {
    monitor->why = last_error;
    return PREMELT_OK;
  });
  return status;
}

premelt_status premelt_monitor_signals(const premelt_monitor* monitor, premelt_signals* signals) {
  if (monitor == nullptr) return no_monitor();
  return guarded([&] {
    if (signals == nullptr) throw UsageError("signals: is NULL");
    const std::size_t size = signals->struct_size;
    if (size < offsetof(premelt_signals, shc)) {
      throw UsageError("signals: struct_size is " + std::to_string(size) +
                       ", expected sizeof(premelt_signals)");
    }
    if (!monitor->last) return PREMELT_FILLING;
    premelt_signals found = signals_of(monitor->monitor, *monitor->last);
    found.struct_size = size;
    std::memcpy(signals, &found, std::min(size, sizeof found));
    return PREMELT_OK;
  });
}

premelt_status premelt_monitor_mode(const premelt_monitor* monitor, size_t mode, double* vector,
                                    size_t count) {
  if (monitor == nullptr) return no_monitor();
  return guarded([&] {
    check_buffer(vector, count, monitor->monitor.window().probes(), "vector");
    if (monitor->modes.empty()) return PREMELT_FILLING;
    const std::size_t modes = monitor->modes.shape()[0];
    if (mode >= modes)
      throw UsageError("mode: is " + std::to_string(mode) + ", but there are " + std::to_string(modes));
    std::ranges::copy(monitor->modes.row(mode), vector);
    return PREMELT_OK;
  });
}

size_t premelt_monitor_block_count(const premelt_monitor* monitor) {
  return monitor == nullptr ? 0 : monitor->blocks.size();
}

const char* premelt_monitor_block(const premelt_monitor* monitor, size_t block) {
  if (block >= premelt_monitor_block_count(monitor)) return nullptr;
  return monitor->blocks.names()[block].c_str();
}

premelt_status premelt_monitor_block_shares(const premelt_monitor* monitor, double* shares, size_t count) {
  if (monitor == nullptr) return no_monitor();
  return guarded([&] {
    check_buffer(shares, count, monitor->blocks.size(), "shares");
    if (monitor->modes.empty()) return PREMELT_FILLING;
    std::ranges::copy(mode_shares(monitor->modes.row(0), monitor->blocks), shares);
    return PREMELT_OK;
  });
}

const char* premelt_monitor_why(const premelt_monitor* monitor) {
  return monitor == nullptr ? "monitor: is NULL" : monitor->why.c_str();
}

const char* premelt_last_error(void) {
  return last_error.c_str();
}
