#include "cli/terminal/provenance.hpp"

#include <nlohmann/json.hpp>

#include "engine/io/file.hpp"
#include "engine/linalg/blas_kernel.hpp"
#include "engine/tensor/hash.hpp"

namespace premelt::cli {

std::string version_text() {
  return "premelt " + version() + " (" + build_type() + ", " + __VERSION__ + ")\n" + blas::library() +
         "\nkernel " + blas::kernel() + ", " + std::to_string(blas::threads()) + " thread(s)";
}

std::string build_id() {
  static const std::string id = hexadecimal(fnv1a(read_file("/proc/self/exe", "the program itself")));
  return id;
}

nlohmann::json build_provenance() {
  return {{"id", build_id()},
          {"version", version()},
          {"build_type", build_type()},
          {"compiler", __VERSION__},
          {"blas", blas::library()},
          {"blas_kernel", blas::kernel()},
          {"blas_threads", blas::threads()}};
}

}  // namespace premelt::cli
