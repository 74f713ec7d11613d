#include <iostream>

#include "cli/commands/commands.hpp"
#include "cli/report/figures.hpp"
#include "cli/runs/run_directory.hpp"
#include "cli/terminal/browser.hpp"
#include "cli/terminal/terminal.hpp"
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
  if (!arguments.second.empty()) require_directory(arguments.second);
  const auto page = arguments.second.empty() ? write_run_report(arguments.directory)
                                             : write_run_report(arguments.directory, arguments.second);
  std::cout << page.string() << "\n";
  if (arguments.open) {
    open_in_browser(page);
  } else {
    suggest("premelt report " + arguments.directory + " --open");
  }
  if (arguments.figures.empty()) return;
  for (const auto& path : report::write_figures(read_run_directory(arguments.directory), arguments.figures)) {
    std::cout << path.string() << "\n";
  }
}

}  // namespace premelt::cli
