#include "cli/loss_chain.hpp"

#include <algorithm>
#include <optional>

#include "engine/error.hpp"
#include "rdm/loss_file.hpp"

namespace premelt::cli {

namespace {

/// The channel the alarm reads, when it is not one of the two every run has.
std::optional<Channel> alarm_channel(const ChainArguments& arguments, const Blocks& blocks) {
  if (arguments.transform == "none" && arguments.probes.empty() && arguments.detrend != "diff")
    return std::nullopt;
  Channel channel;
  std::string suffix;
  if (arguments.transform == "log") {
    channel.transform = Transform::log;
    suffix += "_log";
  }
  for (const std::string& name : arguments.probes) {
    const auto members = blocks.members(name);
    channel.probes.insert(channel.probes.end(), members.begin(), members.end());
    suffix += "_" + name;
  }
  if (arguments.detrend == "linear") {
    channel.detrend = Detrend::linear;
    suffix += "_detrended";
  } else if (arguments.detrend == "diff") {
    channel.detrend = Detrend::diff;
    suffix += "_diff";
  }
  channel.suffix = suffix.substr(1);
  return channel;
}

}  // namespace

void check_window(const ChainArguments& arguments) {
  if (arguments.window < 2) throw UsageError("--window: expected at least 2 recordings");
}

MonitorOptions chain_options(const ChainArguments& arguments, const std::vector<std::string>& blocks) {
  MonitorOptions options;
  options.probes = blocks.size();
  options.window = arguments.window;
  options.modes = std::min<std::size_t>({3, options.probes, options.window - 1});
  options.alarm_statistic = arguments.detrend == "linear" ? "shc_detrended" : "shc";
  if (const auto channel = alarm_channel(arguments, Blocks(blocks))) {
    options.channels.push_back(*channel);
    options.alarm_statistic = "shc_" + channel->suffix;
  }
  return options;
}

std::vector<std::string> chain_blocks(const ChainArguments& arguments,
                                      const std::vector<std::string>& probes) {
  if (arguments.blocks_file.empty()) return std::vector<std::string>(probes.size(), "all");
  return read_blocks(arguments.blocks_file, probes);
}

}  // namespace premelt::cli
