#include "engine/kernels/softmax.hpp"

#include "engine/kernels/vector_math.hpp"

namespace premelt::kernels {

template <class T>
void softmax_rows(std::size_t rows, std::size_t length, T* scores) {
  for (std::size_t r = 0; r < rows; ++r) {
    T* row = scores + r * length;
    const T top = maximum(length, row);
    for (std::size_t i = 0; i < length; ++i) row[i] -= top;
    exp(length, row, row);
    const T factor = static_cast<T>(1 / sum(length, row));
    for (std::size_t i = 0; i < length; ++i) row[i] *= factor;
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

#define PREMELT_INSTANTIATE(T)                              \
  template void softmax_rows(std::size_t, std::size_t, T*); \
  template void softmax_rows_cotangent(std::size_t, std::size_t, const T*, T*);
PREMELT_INSTANTIATE(float)
PREMELT_INSTANTIATE(double)
#undef PREMELT_INSTANTIATE

}  // namespace premelt::kernels
