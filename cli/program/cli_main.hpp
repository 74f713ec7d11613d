#pragma once
/// The whole program as a function, for programs with settings of their own.

#include <vector>

#include "models/experiment/setting.hpp"

namespace premelt {

/// `premelt` with these settings behind its own: all commands know them. Returns the exit code of
/// cli/terminal/exit_code.hpp; throws nothing. To be called once, first thing in `main`: it takes over the
/// standard streams and may start the program anew, with another BLAS kernel.
int cli_main(int argc, char** argv, std::vector<Setting> own = {});

}  // namespace premelt
