#include "engine/linalg/blas_kernel.hpp"

namespace premelt {

std::string version() {
  return PREMELT_VERSION;
}
std::string build_type() {
  return PREMELT_BUILD_TYPE;
}

}  // namespace premelt
