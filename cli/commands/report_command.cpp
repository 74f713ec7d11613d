#include <iostream>

#include "cli/commands/commands.hpp"
#include "cli/report/figures.hpp"
#include "cli/runs/run_directory.hpp"
#include "engine/tensor/error.hpp"

namespace premelt::cli {
namespace {

void require_directory(const std::string& path) {
  std::error_code unreadable;
  if (!std::filesystem::is_directory(path, unreadable))
    throw DataError(path + ": is not a directory, expected one made by `premelt run` or `analyze`");
}

}  // namespace

void render_report(const ReportArguments& arguments) {
  require_directory(arguments.directory);
  if (arguments.second.empty()) {
    std::cout << write_run_report(arguments.directory).string() << "\n";
  } else {
    require_directory(arguments.second);
    std::cout << write_run_report(arguments.directory, arguments.second).string() << "\n";
  }
  if (arguments.figures.empty()) return;
  for (const auto& path : report::write_figures(read_run_directory(arguments.directory), arguments.figures)) {
    std::cout << path.string() << "\n";
  }
}

}  // namespace premelt::cli
