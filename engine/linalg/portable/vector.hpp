#pragma once
/// Vectors of 128 bits, as every processor has them, WebAssembly among them: by the extension that GCC and
/// Clang share.

#include <cstddef>
#include <cstring>

namespace premelt {

/// Numbers of type T in 128 bits.
template <class T>
inline constexpr std::size_t vector_lanes = 16 / sizeof(T);

/// The type of such a vector.
template <class T>
struct VectorOf;
/// Of four.
template <>
struct VectorOf<float> {
  using type [[gnu::vector_size(16)]] = float;  ///< the vector
};
/// Of two.
template <>
struct VectorOf<double> {
  using type [[gnu::vector_size(16)]] = double;  ///< the vector
};
/// Of `vector_lanes` numbers; computes lane by lane.
template <class T>
using Vector = typename VectorOf<T>::type;

/// From anywhere in memory.
template <class T>
Vector<T> load(const T* from) {
  Vector<T> v;
  std::memcpy(&v, from, sizeof v);
  return v;
}

/// To anywhere in memory.
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
