#pragma once
/// Runs premelt on a machine whose disk fails, or that writes down what would survive a loss of power. The
/// shim (tests/faults/shim/shim.cpp, where its variables are described) is preloaded; it counts the calls on
/// files below one directory only.
///
///   const Workplace here(PREMELT_PROGRAM);
///   const Outcome full = with_faults(here, "run", "PREMELT_FAULTS_FAIL=write:3:ENOSPC", "run schematic --out
///   run"); const std::vector<std::string> calls = logged_calls(here);  // "fsync run/losses.npy", ...

#include <string>
#include <vector>

#include "tests/support/program.hpp"

namespace premelt::test {

/// Runs `premelt ARGUMENTS`; calls on names that begin with `watched`, a path in the working directory,
/// count. `faults` are further variables of the shim.
Outcome with_faults(const Workplace& here, const std::string& watched, const std::string& faults,
                    const std::string& arguments);

/// The calls of the last run in order, with paths relative to the working directory.
std::vector<std::string> logged_calls(const Workplace& here);

}  // namespace premelt::test
