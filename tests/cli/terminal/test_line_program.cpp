/// Programs of somebody else's, well-behaved and not.

#include "cli/terminal/line_program.hpp"

#include <catch2/catch.hpp>
#include <chrono>

#include "engine/tensor/error.hpp"

using namespace premelt;
using namespace premelt::cli;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;

namespace {

/// What goes wrong when `command` is asked twice.
std::string fault(const std::string& command, std::chrono::milliseconds patience = 10s) {
  try {
    LineProgram program(command, patience);
    program.ask("first");
    program.ask("second");
  } catch (const DataError& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("a program answers line by line, long lines included", "[cli]") {
  LineProgram program("while read -r line; do echo \"<$line>\"; done", 10s);
  CHECK(program.ask("one") == "<one>");
  CHECK(program.ask("two words") == "<two words>");
  LineProgram counts("while read -r line; do echo ${#line}; done", 10s);
  CHECK(counts.ask(std::string(1'000'000, 'x')) == "1000000");
}

TEST_CASE("a program that ends says how", "[cli]") {
  CHECK(fault("read line; echo 1; exit 3") == "ended with exit code 3");
  CHECK(fault("exit 0") == "ended with exit code 0");
  CHECK(fault("kill -9 $$") == "was ended by signal 9");
  CHECK(fault("./no-such-program 2> /dev/null") == "ended with exit code 127");
  CHECK(fault("exec < /dev/null > /dev/null; sleep 100", 50ms) == "closed its output");
}

TEST_CASE("a program that hangs, buffers or never reads is not waited for", "[cli]") {
  for (const char* command : {"sleep 100", "read line; echo 1; read line; sleep 100", "cat > /dev/null",
                              "while read -r line; do printf 1; done"}) {
    INFO(command);
    CHECK_THAT(fault(command, 100ms), Contains("gave no answer within 0.1 s"));
  }
  // More than any buffer between two processes holds.
  LineProgram deaf("sleep 100", 100ms);
  CHECK_THROWS_WITH(deaf.ask(std::string(5'000'000, 'x')), Contains("gave no answer within 0.1 s"));
}

TEST_CASE("one line in, one line out: whatever is said beyond that is a fault", "[cli]") {
  CHECK_THAT(fault("read line; printf '1\\n2\\n'; sleep 100"), Contains("answered one line with several"));
  CHECK_THAT(fault("head -c 5000 /dev/zero; sleep 100"), Contains("more than 1000 bytes"));
  LineProgram eager("echo 1; sleep 100", 10s);
  std::string answer;
  // It speaks as soon as it has started, which is before or after the first question.
  try {
    answer = eager.ask("first");
  } catch (const DataError& error) {
    answer = error.what();
  }
  CHECK((answer == "1" || answer.starts_with("answered a line before it was asked")));
  LineProgram busy("read line; echo 1; read line; echo 3; sleep 100", 10s);
  CHECK(busy.ask("first") == "1");
  CHECK(busy.ask("second") == "3");
}
