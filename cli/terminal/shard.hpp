#pragma once
/// Which part of the work this process is to do, when many share it.

#include <cstddef>
#include <optional>
#include <string>

namespace premelt::cli {

/// Part `index`, from 0, of `count`.
struct Shard {
  std::size_t index;  ///< below `count`
  std::size_t count;  ///< at least 1
};

/// What the launcher says in the environment: a Slurm job array (whose first number may be any), Open MPI or
/// another MPI by its PMI, in this order; `from` is set to the variable. Nothing without a launcher, or when
/// it started this process alone. Throws UsageError when a variable is no number or its part is none of those
/// that there are.
std::optional<Shard> shard_from_environment(std::string& from);

}  // namespace premelt::cli
