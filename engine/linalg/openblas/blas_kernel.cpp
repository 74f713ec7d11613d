#include "engine/linalg/blas_kernel.hpp"

#include <cblas.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <string_view>
#include <system_error>

#include "engine/tensor/error.hpp"

namespace premelt::blas {

namespace {

/// The best kernel family this processor can run, or "" when none beats the fallback.
std::string best_kernel() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl")) {
    return "SkylakeX";
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return "Haswell";
#endif
  return "";
}

bool is_fallback(const std::string& name) {
  return name == "Prescott" || name == "Core2" || name == "Generic" || name == "generic";
}

}  // namespace

std::string kernel() {
  return openblas_get_corename();
}
std::string library() {
  return openblas_get_config();
}
int threads() {
  return openblas_get_num_threads();
}
void set_threads(int count) {
  openblas_set_num_threads(count);
}

void ensure_fast_kernel(char** argv) {
  if (std::getenv("OPENBLAS_NUM_THREADS") == nullptr) set_threads(1);
  const std::string wanted = best_kernel();
  if (wanted.empty() || !is_fallback(kernel()) || std::getenv("OPENBLAS_CORETYPE") != nullptr) return;
  setenv("OPENBLAS_CORETYPE", wanted.c_str(), 1);
  execv("/proc/self/exe", argv);
  // Reached only when the restart failed: the slow kernels are right, just slow.
}

void check_environment() {
  constexpr int most_threads = 1024;
  const char* text = std::getenv("OPENBLAS_NUM_THREADS");
  if (text == nullptr) return;
  int count = 0;
  const std::string_view word(text);
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), count);
  if (error == std::errc() && end == word.data() + word.size() && count >= 1 && count <= most_threads) return;
  throw UsageError("OPENBLAS_NUM_THREADS: expected a number of threads from 1 to " +
                   std::to_string(most_threads) + ", got '" + std::string(word) + "'");
}

}  // namespace premelt::blas
