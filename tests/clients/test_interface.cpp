#define CATCH_CONFIG_MAIN
#include <premelt.h>

#include <array>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>
#include <limits>
#include <memory>
#include <premelt.hpp>
#include <string>
#include <vector>

extern "C" int openblas_get_num_threads(void);
extern "C" void openblas_set_num_threads(int);

using Catch::Matchers::Contains;

namespace {

constexpr double no_number = std::numeric_limits<double>::quiet_NaN();

struct Free {
  void operator()(premelt_monitor* monitor) const { premelt_monitor_free(monitor); }
};
using Handle = std::unique_ptr<premelt_monitor, Free>;

premelt_options options_of(std::size_t probes, std::size_t window) {
  premelt_options options{};
  options.struct_size = sizeof options;
  options.probes = probes;
  options.window = window;
  return options;
}

Handle made(const premelt_options& options) {
  Handle monitor(premelt_monitor_new(&options));
  INFO(premelt_last_error());
  REQUIRE(monitor);
  return monitor;
}

premelt_status push(const Handle& monitor, std::int64_t step, const std::vector<double>& losses) {
  return premelt_monitor_push(monitor.get(), step, losses.data(), losses.size());
}

premelt_signals signals_of(const Handle& monitor) {
  premelt_signals signals{};
  signals.struct_size = sizeof signals;
  REQUIRE(premelt_monitor_signals(monitor.get(), &signals) == PREMELT_OK);
  return signals;
}

/// Options of a caller who knows more than we do.
struct LaterOptions {
  premelt_options ours;
  std::size_t added;
};

}  // namespace

TEST_CASE("the library says its version", "[unit]") {
  REQUIRE(std::string(premelt_version()) == PREMELT_VERSION);
}

TEST_CASE("two recordings of two probes, by hand", "[unit]") {
  const Handle monitor = made(options_of(2, 2));
  std::vector<double> mode(2);
  premelt_signals none{};
  none.struct_size = sizeof none;
  REQUIRE(push(monitor, 5, {1, 3}) == PREMELT_FILLING);
  REQUIRE(std::string(premelt_monitor_why(monitor.get())) == "window not full: 1 of 2");
  REQUIRE(premelt_monitor_signals(monitor.get(), &none) == PREMELT_FILLING);
  REQUIRE(premelt_monitor_mode(monitor.get(), 0, mode.data(), 2) == PREMELT_FILLING);
  REQUIRE(push(monitor, 9, {3, 3}) == PREMELT_OK);
  const premelt_signals signals = signals_of(monitor);  // C has the entries 1, 0, 0, 0
  REQUIRE(signals.step == 9);
  REQUIRE(std::abs(signals.shc - 0.25) <= 1e-15);
  REQUIRE(std::abs(signals.pr - 1) <= 1e-15);
  REQUIRE(std::abs(signals.trace - 1) <= 1e-15);
  REQUIRE(std::abs(signals.lambda1 - 1) <= 1e-15);
  REQUIRE(std::abs(signals.mean_loss - 3) <= 1e-15);
  REQUIRE(signals.alarm == 0);
  REQUIRE(std::string(premelt_monitor_why(monitor.get())).empty());
  REQUIRE(premelt_monitor_mode(monitor.get(), 0, mode.data(), 2) == PREMELT_OK);
  REQUIRE(std::abs(mode[0] - 1) <= 1e-15);
  REQUIRE(std::abs(mode[1]) <= 1e-15);
}

TEST_CASE("callers of earlier and later versions", "[unit]") {
  premelt_options options = options_of(2, 0);
  SECTION("members that an earlier caller does not know have their defaults") {
    options.struct_size = offsetof(premelt_options, modes);
    options.modes = 1000;  // whatever stands in memory behind his struct
    const Handle monitor = made(options);
    REQUIRE(push(monitor, 0, {1, 2}) == PREMELT_FILLING);
    REQUIRE(std::string(premelt_monitor_why(monitor.get())) == "window not full: 1 of 40");
  }
  SECTION("a later caller is served as long as he asks for nothing new") {
    LaterOptions later{options, 0};
    later.ours.struct_size = sizeof later;
    REQUIRE(Handle(premelt_monitor_new(&later.ours)));
    later.added = 1;
    REQUIRE_FALSE(Handle(premelt_monitor_new(&later.ours)));
    REQUIRE_THAT(premelt_last_error(), Contains("a later version"));
  }
  SECTION("a forgotten size is no size") {
    options.struct_size = 0;
    REQUIRE_FALSE(Handle(premelt_monitor_new(&options)));
    REQUIRE_THAT(premelt_last_error(), Contains("struct_size is 0"));
  }
  SECTION("an earlier caller's signals end where he says") {
    options.window = 2;
    const Handle monitor = made(options);
    push(monitor, 0, {1, 2});
    push(monitor, 1, {2, 2});
    premelt_signals signals{};
    signals.struct_size = offsetof(premelt_signals, lambda1);
    signals.lambda1 = -7;
    REQUIRE(premelt_monitor_signals(monitor.get(), &signals) == PREMELT_OK);
    REQUIRE(std::abs(signals.trace - 0.25) <= 1e-15);
    REQUIRE(signals.lambda1 == -7);
    REQUIRE(signals.struct_size == offsetof(premelt_signals, lambda1));
  }
}

TEST_CASE("options that make no sense are refused in words", "[unit]") {
  premelt_options options = options_of(3, 4);
  const auto refused = [&] {
    REQUIRE_FALSE(Handle(premelt_monitor_new(&options)));
    return std::string(premelt_last_error());
  };
  SECTION("no probe") {
    options.probes = 0;
    REQUIRE_THAT(refused(), Contains("probes is 0"));
  }
  SECTION("no window") {
    options.window = 1;
    REQUIRE_THAT(refused(), Contains("window is 1"));
  }
  SECTION("more modes than there can be") {
    options.modes = 4;
    REQUIRE_THAT(refused(), Contains("at most 3"));
  }
  SECTION("no such signal") {
    options.alarm_statistic = "heat";
    REQUIRE_THAT(refused(), Contains("no signal 'heat'"));
  }
  SECTION("a factor below one") {
    options.alarm_factor = 0.5;
    REQUIRE_THAT(refused(), Contains("factor"));
  }
  SECTION("a block without a name") {
    const std::array<const char*, 3> blocks{"a", nullptr, "b"};
    options.blocks = blocks.data();
    REQUIRE_THAT(refused(), Contains("block of probe 1"));
  }
  SECTION("a window that the machine cannot hold") {
    options.probes = options.window = std::size_t{1} << 24;
    REQUIRE_THAT(refused(), Contains("a window of 16777216 recordings"));
  }
}

TEST_CASE("a window larger than any memory is refused, not a crash", "[unit]") {
  const premelt_options options = options_of(std::size_t{1} << 40, std::size_t{1} << 40);
  REQUIRE_FALSE(Handle(premelt_monitor_new(&options)));
  REQUIRE_FALSE(std::string(premelt_last_error()).empty());
}

TEST_CASE("what cannot be taken changes nothing", "[unit]") {
  const Handle disturbed = made(options_of(2, 3)), quiet = made(options_of(2, 3));
  for (int t = 0; t < 6; ++t) {
    const std::vector<double> losses{std::sin(t), 2 + std::cos(t)};
    const premelt_status status = push(disturbed, t, losses);
    REQUIRE(push(quiet, t, losses) == status);
    REQUIRE(push(disturbed, t + 1, {1, no_number}) == PREMELT_DATA);
    REQUIRE_THAT(premelt_monitor_why(disturbed.get()), Contains("probe 1"));
    REQUIRE(push(disturbed, t + 1, {1, 1e80}) == PREMELT_DATA);
    REQUIRE(push(disturbed, t, {1, 1}) == PREMELT_DATA);
    REQUIRE_THAT(premelt_monitor_why(disturbed.get()), Contains("steps have to increase"));
    REQUIRE(push(disturbed, t + 1, {1}) == PREMELT_USAGE);
    REQUIRE_THAT(premelt_last_error(), Contains("expected 2"));
  }
  const premelt_signals a = signals_of(disturbed), b = signals_of(quiet);
  REQUIRE(std::isfinite(b.shc));
  REQUIRE(a.shc == b.shc);
  REQUIRE(a.lambda1_detrended == b.lambda1_detrended);
}

TEST_CASE("NULL is answered, not followed", "[unit]") {
  const Handle monitor = made(options_of(2, 2));
  const double loss = 1;
  premelt_monitor_free(nullptr);
  REQUIRE(premelt_monitor_new(nullptr) == nullptr);
  REQUIRE(premelt_monitor_push(nullptr, 0, &loss, 1) == PREMELT_USAGE);
  REQUIRE(premelt_monitor_push(monitor.get(), 0, nullptr, 2) == PREMELT_USAGE);
  REQUIRE(premelt_monitor_signals(monitor.get(), nullptr) == PREMELT_USAGE);
  REQUIRE(premelt_monitor_signals(nullptr, nullptr) == PREMELT_USAGE);
  REQUIRE(premelt_monitor_mode(monitor.get(), 0, nullptr, 2) == PREMELT_USAGE);
  REQUIRE(premelt_monitor_mode(nullptr, 0, nullptr, 2) == PREMELT_USAGE);
  REQUIRE(premelt_monitor_block_shares(nullptr, nullptr, 1) == PREMELT_USAGE);
  REQUIRE(premelt_monitor_block_count(nullptr) == 0);
  REQUIRE(premelt_monitor_block(nullptr, 0) == nullptr);
  REQUIRE(std::string(premelt_monitor_why(nullptr)) == "monitor: is NULL");
}

TEST_CASE("blocks share the leading eigenvector", "[unit]") {
  const std::array<const char*, 3> blocks{"moves", "rests", "moves"};
  premelt_options options = options_of(3, 2);
  options.blocks = blocks.data();
  const Handle monitor = made(options);
  push(monitor, 0, {1, 1, 1});
  push(monitor, 1, {4, 1, 5});
  REQUIRE(premelt_monitor_block_count(monitor.get()) == 2);
  REQUIRE(std::string(premelt_monitor_block(monitor.get(), 0)) == "moves");
  REQUIRE(std::string(premelt_monitor_block(monitor.get(), 1)) == "rests");
  REQUIRE(premelt_monitor_block(monitor.get(), 2) == nullptr);
  std::array<double, 2> shares{};
  REQUIRE(premelt_monitor_block_shares(monitor.get(), shares.data(), 2) == PREMELT_OK);
  REQUIRE(std::abs(shares[0] - 1) <= 1e-15);
  REQUIRE(std::abs(shares[1]) <= 1e-15);
  REQUIRE(premelt_monitor_block_shares(monitor.get(), shares.data(), 3) == PREMELT_USAGE);
}

TEST_CASE("a loss that falls after a quiet stretch raises one alarm, with its reason", "[unit]") {
  const Handle monitor = made(options_of(2, 5));
  int alarms = 0;
  for (int t = 0; t < 60; ++t) {
    const double fall = t < 40 ? 0 : 0.3 * (t - 40);
    push(monitor, t, {3 + 0.01 * std::sin(2.1 * t) - 0.1 * fall, 4 + 0.01 * std::cos(t) - 0.2 * fall});
    if (t < 4 || signals_of(monitor).alarm == 0) continue;
    ++alarms;
    const premelt_signals signals = signals_of(monitor);
    REQUIRE(t >= 40);
    REQUIRE(signals.alarm_value > signals.alarm_threshold);
    REQUIRE(signals.alarm_value == signals.shc);
    REQUIRE_THAT(premelt_monitor_why(monitor.get()), Contains("10 times its running minimum"));
  }
  REQUIRE(alarms == 1);
}

TEST_CASE("the first full window raises no alarm and is no measure for the next, unless it is asked for",
          "[unit]") {
  premelt_options options = options_of(2, 5);
  for (const bool asked : {false, true}) {
    options.warmup = asked ? 1 : 0;
    const Handle monitor = made(options);
    int alarms = 0;
    for (int t = 0; t < 20; ++t) {
      push(monitor, t, {1 + (t < 5 ? 0 : 0.2 * (t % 2)), 2});
      if (t >= 4) alarms += signals_of(monitor).alarm;
    }
    REQUIRE(alarms == (asked ? 1 : 0));
  }
}

TEST_CASE("the program keeps the BLAS threads it had", "[unit]") {
  const int before = openblas_get_num_threads();
  openblas_set_num_threads(2);
  const Handle monitor = made(options_of(2, 2));
  push(monitor, 0, {1, 2});
  push(monitor, 1, {2, 1});
  push(monitor, 2, {no_number, 1});
  const int after = openblas_get_num_threads();
  openblas_set_num_threads(before);
  REQUIRE(after == 2);
}

TEST_CASE("the C++ monitor: three calls", "[unit]") {
  premelt::client::Monitor monitor({.probes = 2, .window = 2, .blocks = {"a", "b"}});
  REQUIRE_FALSE(monitor.push(5, std::vector<double>{1, 3}));
  REQUIRE(std::string(monitor.why()) == "window not full: 1 of 2");
  REQUIRE(monitor.mode(0).empty());
  REQUIRE_FALSE(monitor.push(6, std::vector<double>{1, no_number}));
  REQUIRE_THAT(monitor.why(), Contains("probe 1"));
  const auto signals = monitor.push(9, std::vector<double>{3, 3});
  REQUIRE(signals);
  REQUIRE(std::abs(signals->shc - 0.25) <= 1e-15);
  REQUIRE(monitor.mode(0).size() == 2);
  REQUIRE(std::abs(monitor.mode(0)[0] - 1) <= 1e-15);
  REQUIRE(monitor.mode(7).empty());
  REQUIRE_THROWS_WITH(premelt::client::Monitor({.probes = 2, .blocks = {"a"}}),
                      Contains("1 blocks for 2 probes"));
  REQUIRE_THROWS_WITH(premelt::client::Monitor({.probes = 0}), Contains("probes is 0"));
}
