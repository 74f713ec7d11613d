#pragma once
/// One visitor out of several lambdas, for std::visit.

namespace premelt {

template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};
/// Deduces the types of the lambdas: implicit in C++20, but clang 14 does not know that yet.
template <class... F>
Overloaded(F...) -> Overloaded<F...>;

}  // namespace premelt
