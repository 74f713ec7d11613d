#pragma once
/// Numbers written down as lists in lists, as NumPy and PyTorch take them.

#include <initializer_list>
#include <string>
#include <vector>

#include "engine/tensor/error.hpp"
#include "engine/tensor/shape.hpp"

namespace premelt {

/// A number, or a list of lists that all have the same shape.
template <class T>
class NestedList {
 public:
  /// A number: shape ().
  NestedList(T value) : flat_{value} {}
  /// One more axis in front. Throws ShapeError when the parts differ in shape.
  NestedList(std::initializer_list<NestedList> parts) : shape_{parts.size()} {
    for (const NestedList& part : parts) {
      if (part.shape_ != parts.begin()->shape_) {
        throw ShapeError("[tensor] lists side by side must have one shape, got " +
                         to_string(parts.begin()->shape_) + " and " + to_string(part.shape_));
      }
      flat_.insert(flat_.end(), part.flat_.begin(), part.flat_.end());
    }
    if (parts.size() == 0) return;
    for (std::size_t extent : parts.begin()->shape_) shape_.push_back(extent);
  }

  const Shape& shape() const { return shape_; }         ///< one extent a level
  const std::vector<T>& flat() const { return flat_; }  ///< the numbers in order

 private:
  Shape shape_;
  std::vector<T> flat_;
};

}  // namespace premelt
