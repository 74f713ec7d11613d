#pragma once
/// What tests of the sweep command run: a few short runs.

namespace premelt::test {

inline constexpr const char* small =
    "sweep pitchfork --seeds 200..202 --controls 2 --set window=50 --set probes=20 ";

}  // namespace premelt::test
