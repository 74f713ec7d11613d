#pragma once
/// The random streams that an experiment goes on drawing from while it runs.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "engine/tensor/random.hpp"
#include "engine/train/checkpoint.hpp"

namespace premelt {

/// Streams by name ("data", "noise"): saved, loaded and reseeded together.
class Streams {
 public:
  /// Each at its beginning.
  Streams(std::uint64_t seed, const std::vector<std::string>& names);

  /// Asking for a name that is not there is a mistake in the program (std::out_of_range).
  Rng& operator[](const std::string& name) { return streams_.at(name); }

  /// From here on, the streams of an independent replica.
  void reseed(std::uint64_t replica);
  /// Adds where each stream stands.
  void save(Checkpoint& checkpoint) const;
  /// Throws DataError when a stream is missing.
  void load(const Checkpoint& checkpoint);

 private:
  std::uint64_t seed_;
  std::map<std::string, Rng> streams_;
};

}  // namespace premelt
