#include "cli/runs/output_directory.hpp"

#include <iostream>

#include "engine/tensor/error.hpp"

namespace premelt::cli {

namespace fs = std::filesystem;

ClaimedDirectory claim_output(const std::string& out, const fs::path& standard, bool quiet) {
  ClaimedDirectory claimed = ClaimedDirectory::fresh(out.empty() ? standard : fs::path(out));
  std::error_code error;
  if (!out.empty() && !quiet && !fs::equivalent(claimed.path(), out, error))
    std::cerr << printable("note  " + out + " holds something already, which is kept; this goes to " +
                           claimed.path().string())
              << std::endl;
  return claimed;
}

}  // namespace premelt::cli
