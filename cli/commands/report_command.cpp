#include <iostream>

#include "cli/commands/commands.hpp"
#include "cli/report/figures.hpp"
#include "cli/runs/run_directory.hpp"
#include "engine/tensor/error.hpp"

namespace premelt::cli {

void render_report(const ReportArguments& arguments) {
  std::error_code unreadable;
  if (!std::filesystem::is_directory(arguments.directory, unreadable)) {
    throw DataError(arguments.directory +
                    ": is not a directory, expected one made by `premelt run` or `analyze`");
  }
  std::cout << write_run_report(arguments.directory).string() << "\n";
  if (arguments.figures.empty()) return;
  for (const auto& path : report::write_figures(read_run_directory(arguments.directory), arguments.figures)) {
    std::cout << path.string() << "\n";
  }
}

}  // namespace premelt::cli
