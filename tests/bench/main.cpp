/// `./dev bench`: Google Benchmark with the kernels and threads of the premelt program.

#include <benchmark/benchmark.h>

#include "engine/linalg/blas_kernel.hpp"

int main(int argc, char** argv) {
  premelt::blas::ensure_fast_kernel(argv);
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::AddCustomContext("blas_kernel", premelt::blas::kernel());
  benchmark::RunSpecifiedBenchmarks();
}
