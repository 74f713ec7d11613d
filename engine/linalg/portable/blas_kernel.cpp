#include "engine/linalg/blas_kernel.hpp"

namespace premelt::blas {

std::string kernel() {
  return "portable";
}
std::string library() {
  return "premelt's own linear algebra, vectors of 128 bits";
}
int threads() {
  return 1;
}
void set_threads(int /*count*/) {}
void ensure_fast_kernel(char** /*argv*/) {}
void check_environment() {}

}  // namespace premelt::blas
