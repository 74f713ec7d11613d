#include "engine/linalg/norm.hpp"

#include <cmath>

namespace premelt {

template <class T>
double norm(const Tensor<T>& x) {
  double total = 0;
  for (T value : x.flat()) total += static_cast<double>(value) * static_cast<double>(value);
  return std::sqrt(total);
}

template double norm(const Tensor<float>&);
template double norm(const Tensor<double>&);

}  // namespace premelt
