#include "engine/kernels/softmax.hpp"

#include <algorithm>
#include <limits>

#include "engine/kernels/vector_math.hpp"

namespace premelt::kernels {

template <class T>
void softmax_rows(std::size_t rows, std::size_t length, bool causal, T* scores) {
  // A causal row is padded with -∞ to whole vectors: exp makes them 0, and no loop has a slow tail.
  constexpr std::size_t vector = 16;
  for (std::size_t r = 0; r < rows; ++r) {
    T* row = scores + r * length;
    const std::size_t seen = causal ? r + 1 : length;
    const std::size_t padded = std::min(length, (seen + vector - 1) / vector * vector);
    std::fill(row + seen, row + padded, -std::numeric_limits<T>::infinity());
    const T top = maximum(padded, row);
    for (std::size_t i = 0; i < padded; ++i) row[i] -= top;
    exp(padded, row, row);
    const T factor = static_cast<T>(1 / sum(padded, row));
    for (std::size_t i = 0; i < padded; ++i) row[i] *= factor;
    std::fill(row + padded, row + length, T(0));
  }
}

template <class T>
void softmax_rows_cotangent(std::size_t rows, std::size_t length, const T* y, T* g) {
  for (std::size_t r = 0; r < rows; ++r) {
    const T* yr = y + r * length;
    T* gr = g + r * length;
    for (std::size_t i = 0; i < length; ++i) gr[i] *= yr[i];
    const T inner = static_cast<T>(sum(length, gr));
    for (std::size_t i = 0; i < length; ++i) gr[i] -= inner * yr[i];
  }
}

#define PREMELT_INSTANTIATE(T)                                    \
  template void softmax_rows(std::size_t, std::size_t, bool, T*); \
  template void softmax_rows_cotangent(std::size_t, std::size_t, const T*, T*);
PREMELT_INSTANTIATE(float)
PREMELT_INSTANTIATE(double)
#undef PREMELT_INSTANTIATE

}  // namespace premelt::kernels
