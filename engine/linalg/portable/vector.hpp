#pragma once
/// Vectors of 128 bits, as every processor has them, WebAssembly among them: by the extension that GCC and
/// Clang share.

#include <cstddef>
#include <cstring>

namespace premelt {

/// Numbers of type T in 128 bits.
template <class T>
inline constexpr std::size_t vector_lanes = 16 / sizeof(T);

template <class T>
struct VectorOf;
template <>
struct VectorOf<float> {
  typedef float type __attribute__((vector_size(16)));
};
template <>
struct VectorOf<double> {
  typedef double type __attribute__((vector_size(16)));
};
template <class T>
using Vector = typename VectorOf<T>::type;

/// From anywhere in memory.
template <class T>
Vector<T> load(const T* from) {
  Vector<T> v;
  std::memcpy(&v, from, sizeof v);
  return v;
}

template <class T>
void store(T* to, Vector<T> v) {
  std::memcpy(to, &v, sizeof v);
}

/// The same number in all lanes.
template <class T>
Vector<T> splat(T x) {
  return Vector<T>{} + x;
}

}  // namespace premelt
