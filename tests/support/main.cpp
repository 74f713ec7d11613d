/// `main` of every test program: the same BLAS kernels and thread count as the premelt program.

#define CATCH_CONFIG_RUNNER
#include <catch2/catch.hpp>

#include "engine/linalg/blas_kernel.hpp"

int main(int argc, char** argv) {
  premelt::blas::ensure_fast_kernel(argv);
  return Catch::Session().run(argc, argv);
}
