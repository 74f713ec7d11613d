#pragma once
/// Summing cotangents, over everything or within each sample: by ops, so that the sums are differentiable
/// too.

#include "engine/tape/cotangent.hpp"

namespace premelt {

/// (n, shape...)
Shape prepend(std::size_t n, const Shape& shape);

/// The cotangent of an input of shape `shape`, summed over everything that shares it.
template <class T>
Var<T> total(const Cotangent<T>& cotangent, const Shape& shape);

/// The same for every sample by itself, of an input that all samples share: (n, shape...). Throws ShapeError
/// when the cotangent has no batch axis of extent n in front of the input's own, which means that the input
/// has one entry a sample and should have been declared so.
template <class T>
Var<T> per_sample(const Cotangent<T>& cotangent, const Shape& shape, std::size_t n);

}  // namespace premelt
