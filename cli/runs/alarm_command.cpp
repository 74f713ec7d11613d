#include "cli/runs/alarm_command.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <iostream>

#include "cli/terminal/line_program.hpp"

namespace premelt::cli {

namespace {

void complain(const std::string& what) {
  std::cerr << "premelt: --on-alarm: " << what << std::endl;
}

}  // namespace

AlarmCommand::~AlarmCommand() {
  for (int wait = 0; wait < 200 && !at_work_.empty(); ++wait) {
    forget_ended();
    if (!at_work_.empty()) poll(nullptr, 0, 10);
  }
}

void AlarmCommand::tell(const std::string& event) {
  forget_ended();
  std::array<int, 2> ends{};
  pid_t process = 0;
  int failed = pipe2(ends.data(), O_CLOEXEC) == 0 ? 0 : errno;
  if (failed != 0) return complain(std::strerror(failed));
  failed = start_shell(command_, ends[0], STDERR_FILENO, process);
  close(ends[0]);
  if (failed == 0) {
    at_work_.push_back(process);
    fcntl(ends[1], F_SETFL, O_NONBLOCK);  // an event is far smaller than an empty pipe
    const std::string line = event + "\n";
    if (write(ends[1], line.data(), line.size()) < 0 && errno != EPIPE) failed = errno;
  }
  close(ends[1]);
  if (failed != 0) complain(std::strerror(failed));
}

void AlarmCommand::forget_ended() {
  std::erase_if(at_work_, [](pid_t process) {
    int status = 0;
    if (waitpid(process, &status, WNOHANG) == 0) return false;
    if (WIFEXITED(status) && WEXITSTATUS(status) != 0)
      complain("the command ended with exit code " + std::to_string(WEXITSTATUS(status)));
    if (WIFSIGNALED(status)) complain("the command was ended by signal " + std::to_string(WTERMSIG(status)));
    return true;
  });
}

}  // namespace premelt::cli
