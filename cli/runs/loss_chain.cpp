#include "cli/runs/loss_chain.hpp"

#include <algorithm>
#include <optional>

#include "engine/tensor/error.hpp"
#include "engine/tensor/memory.hpp"
#include "engine/tensor/numbers.hpp"
#include "rdm/io/loss_file.hpp"

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

/// Names go into JSON files and pages, where only UTF-8 can be told apart.
void check_encoding(const std::string& source, const std::vector<std::string>& names) {
  const auto bad = std::ranges::find_if_not(names, is_utf8);
  if (bad == names.end()) return;
  throw DataError(source + ": the name '" + *bad + "' (number " + std::to_string(bad - names.begin() + 1) +
                  ") is not UTF-8; save the file as UTF-8");
}

}  // namespace

MonitorOptions chain_options(const ChainArguments& arguments, const std::vector<std::string>& blocks) {
  require_memory(
      monitor_bytes(blocks.size(), arguments.window),
      "--window " + std::to_string(arguments.window) + " on " + std::to_string(blocks.size()) + " probes");
  MonitorOptions options;
  options.probes = blocks.size();
  options.window = arguments.window;
  options.modes_every = arguments.modes_every;
  options.alarm.factor = arguments.factor;
  options.alarm.hold = arguments.hold;
  options.modes = std::min<std::size_t>({3, options.probes, options.window - 1});
  options.alarm_statistic = arguments.detrend == "linear" ? "shc_detrended" : "shc";
  if (const auto channel = alarm_channel(arguments, Blocks(blocks))) {
    options.channels.push_back(*channel);
    options.alarm_statistic = "shc_" + channel->suffix;
  }
  return options;
}

std::vector<std::string> chain_blocks(const ChainArguments& arguments, const std::string& source,
                                      const std::vector<std::string>& probes) {
  check_encoding(source, probes);
  if (arguments.blocks_file.empty()) return std::vector<std::string>(probes.size(), "all");
  std::vector<std::string> blocks = read_blocks(arguments.blocks_file, probes);
  check_encoding(arguments.blocks_file, blocks);
  return blocks;
}

}  // namespace premelt::cli
