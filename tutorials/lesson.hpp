#pragma once
/// What the programs of all lessons share: each shows one part at a time, `tutorial_01_tape table`.

#include <cstdio>
#include <exception>
#include <initializer_list>
#include <string_view>

#include "engine/linalg/blas_kernel.hpp"

namespace lesson {

struct Part {
  const char* name;
  const char* shows;
  void (*show)();
};

/// Runs the part named on the command line; without one it lists them. Returns the program's exit code.
inline int run(int argc, char** argv, std::initializer_list<Part> parts) {
  premelt::blas::ensure_fast_kernel(argv);
  for (const Part& part : parts) {
    if (argc != 2 || std::string_view(argv[1]) != part.name) continue;
    try {
      part.show();
      return 0;
    } catch (const std::exception& error) {
      std::fprintf(stderr, "%s\n", error.what());
      return 1;
    }
  }
  std::fprintf(stderr, "usage: %s PART\n", argv[0]);
  for (const Part& part : parts) std::fprintf(stderr, "  %-12s %s\n", part.name, part.shows);
  return 2;
}

}  // namespace lesson
