/// QR by Householder reflections.

#include <algorithm>
#include <vector>

#include "engine/linalg/portable/backend.hpp"
#include "engine/linalg/portable/reflector.hpp"

namespace premelt::blas::portable {

template <class T>
bool qr(std::size_t m, std::size_t n, T* columns, T* r) {
  std::vector<Reflector<T>> reflectors;
  for (std::size_t k = 0; k < n; ++k) {
    T* column = columns + k * m;
    for (std::size_t i = 0; i < k; ++i) reflectors[i].apply(column + i);
    reflectors.emplace_back(m - k, column + k);
    for (std::size_t i = 0; i < n; ++i) r[i * n + k] = i < k ? column[i] : T(0);
    r[k * n + k] = reflectors.back().image;
  }
  // Q's columns are those of the identity, through all reflections backwards.
  for (std::size_t k = 0; k < n; ++k) {
    T* column = columns + k * m;
    std::fill(column, column + m, T(0));
    column[k] = 1;
    for (std::size_t i = k + 1; i-- > 0;) reflectors[i].apply(column + i);
  }
  return true;
}

template bool qr(std::size_t, std::size_t, float*, float*);
template bool qr(std::size_t, std::size_t, double*, double*);

}  // namespace premelt::blas::portable
