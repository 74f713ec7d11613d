#include <cstdio>
#include <exception>
#include <iostream>

#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "engine/blas_kernel.hpp"
#include "engine/error.hpp"

namespace {

using namespace premelt;
using namespace premelt::cli;

struct Dispatch {
  void operator()(const SettingsArguments& arguments) const { list_settings(arguments); }
  void operator()(const RunArguments& arguments) const { run_setting(arguments); }
  void operator()(const CompareArguments& arguments) const { compare_distributions(arguments); }
  void operator()(const AnalyzeArguments& arguments) const { analyze_losses(arguments); }
  void operator()(const WatchArguments& arguments) const { watch_losses(arguments); }
  void operator()(const SweepArguments& arguments) const { sweep_setting(arguments); }
  void operator()(const ReportArguments& arguments) const { render_report(arguments); }
  void operator()(const TextRequest& request) const { std::cout << request.text << "\n"; }
};

int fail(int code, const std::exception& error) {
  std::cerr << "premelt: " << error.what() << "\n";
  if (code == 2) std::cerr << "see `premelt --help`\n";
  return code;
}

}  // namespace

int main(int argc, char** argv) {
  blas::ensure_fast_kernel(argv);
  try {
    std::visit(Dispatch{}, parse_arguments(argc, argv));
    std::cout.flush();
    if (!std::cout) throw DataError("stdout cannot be written");
    return 0;
  } catch (const UsageError& error) {
    return fail(2, error);
  } catch (const DataError& error) {
    return fail(3, error);
  } catch (const DivergedError& error) {
    return fail(4, error);
  } catch (const std::exception& error) {
    return fail(1, error);
  }
}
