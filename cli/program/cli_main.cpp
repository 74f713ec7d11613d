#include "cli/program/cli_main.hpp"

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <iostream>
#include <new>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>

#include "cli/commands/commands.hpp"
#include "cli/terminal/arguments.hpp"
#include "cli/terminal/exit_code.hpp"
#include "cli/terminal/provenance.hpp"
#include "cli/terminal/standard_streams.hpp"
#include "engine/linalg/blas_kernel.hpp"
#include "engine/tensor/error.hpp"
#include "engine/tensor/memory.hpp"
#include "models/settings/registry.hpp"

namespace premelt {

namespace {

using namespace premelt::cli;

struct Dispatch {
  void operator()(const SettingsArguments& arguments) const { list_settings(arguments); }
  void operator()(const RunArguments& arguments) const { run_setting(arguments); }
  void operator()(const CompareArguments& arguments) const { compare_distributions(arguments); }
  void operator()(const AnalyzeArguments& arguments) const { analyze_losses(arguments); }
  void operator()(const WatchArguments& arguments) const { watch_losses(arguments); }
  void operator()(const SweepArguments& arguments) const { sweep_setting(arguments); }
  void operator()(const ReportArguments& arguments) const { render_report(arguments); }
  void operator()(const RunsArguments& arguments) const { list_runs(arguments); }
  void operator()(const TextRequest& request) const { std::cout << request.text; }
};

// For messages about errors, which can come from anywhere.
std::string command_line, hint;

void remember_command_line(int argc, char** argv) {
  for (int i = 0; i < argc; ++i) command_line += (i > 0 ? " " : "") + std::string(argv[i]);
}

ExitCode fail(ExitCode code, const std::string& text) {
  std::cerr << "premelt: " << text << std::endl;
  return code;
}

ExitCode no_memory() {
  return fail(ExitCode::usage, "the memory of this machine (" + memory_text(machine_memory()) +
                                   ") is not enough for `" + command_line +
                                   "`; ask for less, or set PREMELT_MEMORY to allow more");
}

ExitCode fault(const std::string& what) {
  return fail(ExitCode::fault, "this is a fault of premelt: " + what + "\ncommand: " + command_line + "\n" +
                                   version_text() +
                                   "\nplease report these lines, with the files that the command reads");
}

/// Says what the exception in flight means.
ExitCode explain() {
  try {
    throw;
  } catch (const UsageError& error) {
    return fail(ExitCode::usage, std::string(error.what()) + "\n" + hint);
  } catch (const DataError& error) {
    return fail(ExitCode::data, error.what());
  } catch (const DivergedError& error) {
    return fail(ExitCode::diverged, error.what());
  } catch (const std::filesystem::filesystem_error& error) {
    return fail(ExitCode::data, error.path1().string() + ": " + error.code().message());
  } catch (const std::bad_alloc&) {
    return no_memory();
  } catch (const std::length_error&) {  // a container asked for more than can be addressed
    return no_memory();
  } catch (const std::exception& error) {
    return fault(error.what());
  } catch (...) {
    return fault("an exception of unknown kind");
  }
}

/// An exception that nothing could catch: thrown in a thread or while another was on its way.
[[noreturn]] void end_with_fault() {
  const ExitCode code = std::current_exception() ? explain() : fault("terminated without an exception");
  std::_Exit(static_cast<int>(code));
}

ExitCode run_program(int argc, char** argv, std::vector<Setting> own) {
  try {
    hint = where_to_look(argc, argv);
    blas::check_environment();
    limit_memory();
    for (Setting& setting : own) add_setting(std::move(setting));
    std::visit(Dispatch{}, parse_arguments(argc, argv));
    flush_output();
    return ExitCode::done;
  } catch (...) {
    return explain();
  }
}

}  // namespace

int cli_main(int argc, char** argv, std::vector<Setting> own) {
  guard_standard_streams();
  blas::ensure_fast_kernel(argv);
  remember_command_line(argc, argv);
  std::set_terminate(end_with_fault);
  return static_cast<int>(run_program(argc, argv, std::move(own)));
}

}  // namespace premelt
