#pragma once
/// Runs premelt on a machine whose disk fails. The shim (tests/faults/shim/shim.cpp) is preloaded; it counts
/// the calls on files below the working directory only.
///
///   const Workplace here(PREMELT_PROGRAM);
///   const Outcome full = with_faults(here, "PREMELT_FAULTS_FAIL=write:3:ENOSPC", "run deep-linear --out run");
///   const std::vector<std::string> calls = logged_calls(here);  // paths relative to the working directory

#include <string>
#include <vector>

#include "tests/support/program.hpp"

namespace premelt::test {

/// Runs `premelt ARGUMENTS`; `faults` are variables of the shim besides UNDER and LOG, which are set.
Outcome with_faults(const Workplace& here, const std::string& faults, const std::string& arguments);

/// "fsync run/losses.npy", "rename run/a run/b", ... of the last run, in order.
std::vector<std::string> logged_calls(const Workplace& here);

}  // namespace premelt::test
