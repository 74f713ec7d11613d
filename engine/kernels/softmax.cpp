#include "engine/kernels/softmax.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

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

template <class T>
LogSumExp log_sum_exp(std::size_t length, const T* row, T* scratch) {
  const T top = maximum(length, row);
  if (!std::isfinite(top)) return {static_cast<double>(top), std::numeric_limits<double>::quiet_NaN()};
  for (std::size_t i = 0; i < length; ++i) scratch[i] = row[i] - top;
  exp(length, scratch, scratch);
  scratch[std::find(row, row + length, top) - row] = 0;  // it is 1: the sum of the others keeps its digits
  return {static_cast<double>(top), std::log1p(sum(length, scratch))};
}

#define PREMELT_INSTANTIATE(T)                                                  \
  template void softmax_rows(std::size_t, std::size_t, T*);                     \
  template void softmax_rows_cotangent(std::size_t, std::size_t, const T*, T*); \
  template LogSumExp log_sum_exp(std::size_t, const T*, T*);
PREMELT_INSTANTIATE(float)
PREMELT_INSTANTIATE(double)
#undef PREMELT_INSTANTIATE

}  // namespace premelt::kernels
