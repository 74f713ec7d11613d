#pragma once
/// Tests of what may not be installed.

#include <catch2/catch.hpp>
#include <cstdlib>
#include <string>

namespace premelt::test {

/// True when `what` is not there, so that the test has to be left out: it says so, and under `./dev test
/// --full`, which installs everything, it fails.
inline bool left_out(bool is_there, const std::string& what) {
  if (is_there) return false;
  if (std::getenv("PREMELT_FULL") != nullptr)
    FAIL(what << " is missing, and the full check leaves nothing out");
  WARN("left out: " << what << " is missing");
  return true;
}

}  // namespace premelt::test
