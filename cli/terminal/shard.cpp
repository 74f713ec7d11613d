#include "cli/terminal/shard.hpp"

#include <array>
#include <cstdlib>

#include "engine/tensor/error.hpp"
#include "engine/tensor/numbers.hpp"

namespace premelt::cli {

namespace {

/// The variables of one launcher; `first` may be null or not set, and is then 0.
struct Launcher {
  const char *index, *count, *first;
};

constexpr std::array launchers{
    Launcher{"SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_COUNT", "SLURM_ARRAY_TASK_MIN"},
    Launcher{"OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", nullptr},
    Launcher{"PMI_RANK", "PMI_SIZE", nullptr}};

std::optional<std::int64_t> number_in(const char* variable) {
  const char* text = variable == nullptr ? nullptr : std::getenv(variable);
  if (text == nullptr) return std::nullopt;
  const auto number = parse_integer(text);
  if (!number) throw UsageError(std::string(variable) + "=" + text + ": expected a whole number");
  return number;
}

}  // namespace

std::optional<Shard> shard_from_environment(std::string& from) {
  for (const Launcher& launcher : launchers) {
    const auto index = number_in(launcher.index), count = number_in(launcher.count);
    if (!index || !count) continue;
    const std::int64_t part = *index - number_in(launcher.first).value_or(0);
    if (part < 0 || part >= *count)
      throw UsageError(std::string(launcher.index) + "=" + std::to_string(*index) + ": is none of the " +
                       std::to_string(*count) + " parts of " + launcher.count +
                       "; number them without gaps, or give --shard I/N");
    if (*count == 1) return std::nullopt;
    from = launcher.index;
    return Shard{static_cast<std::size_t>(part), static_cast<std::size_t>(*count)};
  }
  return std::nullopt;
}

}  // namespace premelt::cli
