#include "tests/support/program.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <stdexcept>

namespace premelt::test {

std::string program_under_test(const std::string& built) {
  const char* other = std::getenv("PREMELT_PROGRAM");
  return other != nullptr ? other : built;
}

Outcome Workplace::premelt(const std::string& arguments, const std::string& variables) const {
  const std::string command = "cd '" + directory_.path().string() + "' && " + variables +
                              " >.stdout 2>.stderr </dev/null '" + program_ + "' " + arguments;
  const int status = std::system(command.c_str());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, read(".stdout"), read(".stderr")};
}

std::unique_ptr<Process> Workplace::start(const std::string& arguments) const {
  const std::string command = "cd '" + directory_.path().string() + "' && exec '" + program_ +
                              "' >/dev/null 2>&1 </dev/null " + arguments;
  const pid_t id = fork();
  if (id < 0) throw std::runtime_error("no process can be started");
  if (id == 0) {
    execl("/bin/sh", "sh", "-c", command.c_str(), nullptr);
    _exit(127);
  }
  return std::make_unique<Process>(id);
}

Process::~Process() {
  if (!running_) return;
  send(SIGKILL);
  wait();
}

void Process::send(int signal) const {
  kill(id_, signal);
}

int Process::wait() {
  int status = 0;
  waitpid(id_, &status, 0);
  running_ = false;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
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

std::size_t files_in(const fs::path& directory) {
  if (!fs::exists(directory)) return 0;
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(directory), fs::directory_iterator{}));
}

}  // namespace premelt::test
