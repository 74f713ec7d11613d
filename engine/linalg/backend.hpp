#pragma once
/// The one place that knows which linear algebra was chosen (the CMake option PREMELT_LINALG).

#if defined(PREMELT_PORTABLE)
#include "engine/linalg/portable/backend.hpp"
namespace premelt::blas {
namespace backend = portable;
}
#else
#include "engine/linalg/openblas/backend.hpp"
namespace premelt::blas {
namespace backend = openblas;
}
#endif
