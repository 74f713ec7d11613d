#pragma once
/// The one place that knows which vectors were chosen (the CMake option PREMELT_LINALG): xsimd's, of the
/// processor's own width, or ours of 128 bits. For .cpp files of kernels only.

#if defined(PREMELT_PORTABLE)

#include "engine/kernels/portable/batch.hpp"
namespace premelt::kernels {
namespace simd = portable;
}

#else

// GCC 12 takes the deliberately undefined registers inside its own AVX-512 headers for mistakes (GCC bug
// 105593).
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Wuninitialized"
#endif

#include <xsimd/xsimd.hpp>
namespace premelt::kernels {
namespace simd = xsimd;
}

#endif
