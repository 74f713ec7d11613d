#include "tests/faults/faults.hpp"

#include <filesystem>
#include <sstream>

namespace premelt::test {

namespace {

constexpr const char* log_name = ".calls";

std::string root(const Workplace& here) {
  return std::filesystem::canonical(here / ".").string() + "/";
}

}  // namespace

Outcome with_faults(const Workplace& here, const std::string& watched, const std::string& faults,
                    const std::string& arguments) {
  std::filesystem::remove(here / log_name);
  return here.premelt(arguments, "PREMELT_FAULTS_UNDER='" + root(here) + watched + "' PREMELT_FAULTS_LOG='" +
                                     root(here) + log_name + "' " + faults +
                                     " ASAN_OPTIONS=verify_asan_link_order=0 LD_PRELOAD='" +
                                     PREMELT_FAULTS_SHIM + "'");
}

std::vector<std::string> logged_calls(const Workplace& here) {
  const std::string base = root(here);
  std::vector<std::string> calls;
  std::istringstream lines(here.read(log_name));
  for (std::string line; std::getline(lines, line);) {
    for (auto at = line.find(base); at != std::string::npos; at = line.find(base))
      line.erase(at, base.size());
    calls.push_back(line);
  }
  return calls;
}

}  // namespace premelt::test
