#include "tests/faults/faults.hpp"

#include <cstdlib>
#include <filesystem>
#include <sstream>

namespace premelt::test {

namespace {

constexpr const char* log_name = ".calls";

/// Sets variables of the environment for the time of a call.
class Variable {
 public:
  Variable(std::string name, const std::string& value) : name_(std::move(name)) {
    setenv(name_.c_str(), value.c_str(), 1);
  }
  ~Variable() { unsetenv(name_.c_str()); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  std::string name_;
};

}  // namespace

Outcome with_faults(const Workplace& here, const std::string& faults, const std::string& arguments) {
  std::filesystem::remove(here / log_name);
  const std::string root = std::filesystem::canonical(here / ".").string();
  const Variable under("PREMELT_FAULTS_UNDER", root + "/"), log("PREMELT_FAULTS_LOG", root + "/" + log_name);
  const Variable order("ASAN_OPTIONS", "verify_asan_link_order=0:detect_leaks=0");
  return here.premelt(arguments, faults + " LD_PRELOAD='" PREMELT_FAULTS_SHIM "'");
}

std::vector<std::string> logged_calls(const Workplace& here) {
  const std::string root = std::filesystem::canonical(here / ".").string() + "/";
  std::vector<std::string> calls;
  std::istringstream lines(here.read(log_name));
  for (std::string line; std::getline(lines, line);) {
    for (auto at = line.find(root); at != std::string::npos; at = line.find(root)) line.erase(at, root.size());
    if (line.find("/.std") == std::string::npos && line.find(" .std") == std::string::npos)
      calls.push_back(line);
  }
  return calls;
}

}  // namespace premelt::test
