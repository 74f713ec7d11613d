#pragma once
/// Pages shown to the person who asked for them.

#include <filesystem>

namespace premelt::cli {

/// Opens a page with the program that $BROWSER names, else with what the desktop opens pages with. Where that
/// cannot be started, says so on stderr: the page is there all the same.
void open_in_browser(const std::filesystem::path& page);

}  // namespace premelt::cli
