#include <iostream>

#include "engine/blas_kernel.hpp"

int main(int, char** argv) {
  premelt::blas::ensure_fast_kernel(argv);
  std::cout << premelt::version() << " " << premelt::build_type() << " " << premelt::blas::library() << " "
            << premelt::blas::kernel() << "\n";
}
