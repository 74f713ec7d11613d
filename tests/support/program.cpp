#include "tests/support/program.hpp"

#include <sys/wait.h>

#include <cstdlib>
#include <fstream>
#include <stdexcept>

namespace premelt::test {

Outcome Workplace::premelt(const std::string& arguments) const {
  const std::string command = "cd '" + directory_.path().string() + "' && '" + program_ + "' " + arguments +
                              " >.stdout 2>.stderr </dev/null";
  const int status = std::system(command.c_str());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, read(".stdout"), read(".stderr")};
}

std::string Workplace::file(const std::string& name, const std::string& text) const {
  std::ofstream(directory_ / name, std::ios::binary) << text;
  return name;
}

std::string Workplace::read(const std::filesystem::path& name) const {
  std::ifstream stream(directory_.path() / name, std::ios::binary);
  if (!stream) throw std::runtime_error("cannot read " + name.string());
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

}  // namespace premelt::test
