#pragma once
/// Which OpenBLAS kernels run here, and the remedy when an old OpenBLAS does not know a new processor.
/// Without OpenBLAS there is one kernel, "portable", one thread, and nothing to set.

#include <string>

namespace premelt::blas {

/// OpenBLAS names a kernel family after a processor: "SkylakeX" (AVX-512), "Haswell" (AVX2), "Prescott"
/// (SSE3).
std::string kernel();

/// "OpenBLAS 0.3.21 ..." as the library describes itself.
std::string library();

/// How many threads BLAS uses: the last bits of results depend on it.
int threads();
/// For the whole process, from here on.
void set_threads(int count);

/// Call first in `main`. OpenBLAS falls back to its slowest kernels on processors newer than itself (four
/// times slower here); it reads OPENBLAS_CORETYPE in its own constructor, before `main`, so the only remedy
/// is to set the variable and start the program again. Does nothing when the kernel is right, when the user
/// has set OPENBLAS_CORETYPE, or when the restart fails. Also sets one BLAS thread unless
/// OPENBLAS_NUM_THREADS says otherwise: results depend on the thread count.
void ensure_fast_kernel(char** argv);

/// Throws UsageError when OPENBLAS_NUM_THREADS is set to what is no number of threads: OpenBLAS would take
/// all cores without a word, and results depend on their number.
void check_environment();

}  // namespace premelt::blas

namespace premelt {
/// "0.1.0"
std::string version();
/// "Release" or "Debug"
std::string build_type();
}  // namespace premelt
