#include "cli/terminal/line_program.hpp"

#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "engine/tensor/error.hpp"
#include "engine/tensor/numbers.hpp"

namespace premelt::cli {

namespace {

constexpr std::size_t longest_answer = 1000;  ///< bytes

std::string in_seconds(std::chrono::milliseconds time) {
  return format_number(std::chrono::duration<double>(time).count()) + " s";
}

}  // namespace

int start_shell(const std::string& command, int input, int output, pid_t& process) {
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, input, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&files, output, STDOUT_FILENO);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t pipe_signal;
  sigemptyset(&pipe_signal);
  sigaddset(&pipe_signal, SIGPIPE);
  posix_spawnattr_setsigdefault(&attributes, &pipe_signal);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF);
  std::string shell = "sh", option = "-c", text = command;
  char* const arguments[] = {shell.data(), option.data(), text.data(), nullptr};
  const int failed = posix_spawn(&process, "/bin/sh", &files, &attributes, arguments, environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
  return failed;
}

LineProgram::LineProgram(const std::string& command, std::chrono::milliseconds patience)
    : patience_(patience) {
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
    throw DataError(std::string("no process can be started: ") + std::strerror(errno));
  const int failed = start_shell(command, ends[1], ends[1], process_);
  close(ends[1]);
  socket_ = ends[0];
  if (failed == 0) return;
  close(socket_);
  throw DataError(std::string("no process can be started: ") + std::strerror(failed));
}

LineProgram::~LineProgram() {
  close(socket_);
  kill(-process_, SIGKILL);
  while (waitpid(process_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

std::string LineProgram::ask(const std::string& line) {
  const Moment deadline = std::chrono::steady_clock::now() + patience_;
  // What has been said by now answers nothing that has been asked.
  if (speaks()) throw DataError("answered a line before it was asked: one line for each that it reads");
  send(line + "\n", deadline);
  return receive(deadline);
}

bool LineProgram::speaks() const {
  pollfd state{socket_, POLLIN, 0};
  char byte = 0;
  return poll(&state, 1, 0) > 0 && recv(socket_, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

void LineProgram::send(const std::string& text, Moment deadline) {
  for (std::size_t sent = 0; sent < text.size();) {
    wait_for(POLLOUT, deadline);
    const ssize_t count =
        ::send(socket_, text.data() + sent, text.size() - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count > 0) {
      sent += static_cast<std::size_t>(count);
    } else if (errno != EAGAIN && errno != EINTR) {
      ended();
    }
  }
}

std::string LineProgram::receive(Moment deadline) {
  std::string answer;
  std::array<char, longest_answer> bytes{};
  while (answer.size() <= longest_answer) {
    wait_for(POLLIN, deadline);
    const ssize_t count = recv(socket_, bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    if (count <= 0) ended();
    answer.append(bytes.data(), static_cast<std::size_t>(count));
    const std::size_t end = answer.find('\n');
    if (end == std::string::npos) continue;
    if (end + 1 < answer.size()) throw DataError("answered one line with several");
    answer.pop_back();
    return answer;
  }
  throw DataError("answered with a line of more than " + std::to_string(longest_answer) + " bytes");
}

void LineProgram::wait_for(short what, Moment deadline) const {
  for (;;) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    pollfd state{socket_, what, 0};
    const int ready = poll(&state, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
    if (ready > 0) return;
    if (ready < 0 && errno == EINTR) continue;
    throw DataError("gave no answer within " + in_seconds(patience_) +
                    " (does it flush its output after each line?)");
  }
}

void LineProgram::ended() const {
  siginfo_t info{};
  // What closes its output is about to end, as a rule.
  for (const Moment deadline = std::chrono::steady_clock::now() + patience_;
       info.si_pid == 0 && std::chrono::steady_clock::now() < deadline; poll(nullptr, 0, 1)) {
    waitid(P_PID, static_cast<id_t>(process_), &info, WEXITED | WNOHANG | WNOWAIT);
  }
  if (info.si_pid == 0) throw DataError("closed its output");
  if (info.si_code == CLD_EXITED) throw DataError("ended with exit code " + std::to_string(info.si_status));
  throw DataError("was ended by signal " + std::to_string(info.si_status));
}

}  // namespace premelt::cli
