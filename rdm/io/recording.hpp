#pragma once
/// What is written down at one step of a run.

#include <cstdint>
#include <span>

namespace premelt {

/// Views into buffers of the caller, valid during the call.
struct Recording {
  std::int64_t step;                       ///< of the training
  std::span<const double> losses;          ///< (n), unreduced
  std::span<const double> order = {};      ///< the order parameters, if any
  std::span<const double> training = {};   ///< training loss and norms, if anything was trained
  std::span<const double> attention = {};  ///< attention patterns, at some recordings of a transformer
};

}  // namespace premelt
