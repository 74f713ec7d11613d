#include "engine/ops/index.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "engine/kernels/around.hpp"
#include "engine/kernels/broadcast.hpp"
#include "engine/kernels/rows.hpp"
#include "engine/ops/elementwise.hpp"
#include "engine/ops/shape.hpp"
#include "engine/tape/record.hpp"
#include "engine/tensor/error.hpp"

namespace premelt {

using kernels::Around;
using kernels::with_extent;

namespace {

void check_rows(const char* op, const Indices& rows, std::size_t table_rows) {
  for (std::size_t r = 0; r < rows.size(); ++r) {
    const std::int64_t row = rows.data()[r];
    if (row < 0 || static_cast<std::size_t>(row) >= table_rows) {
      const std::string table =
          table_rows == 0 ? "a table of 0 rows" : "0.." + std::to_string(table_rows - 1);
      throw ShapeError("[" + std::string(op) + "] index " + std::to_string(row) + " at position " +
                       std::to_string(r) + " is outside " + table);
    }
  }
}

/// Copies `count` slabs along `axis` of `from`, starting at `from_begin`, to `to` from `to_begin` on.
template <class T>
void copy_slabs(const Tensor<T>& from, std::size_t from_begin, Tensor<T>& to, std::size_t to_begin,
                std::size_t count, std::size_t axis) {
  const Around source(from.shape(), axis), target(to.shape(), axis);
  for (std::size_t o = 0; o < source.outer; ++o) {
    std::copy_n(from.data() + (o * source.extent + from_begin) * source.inner, count * source.inner,
                to.data() + (o * target.extent + to_begin) * target.inner);
  }
}

}  // namespace

template <class T>
Var<T> gather(const Var<T>& table, const Var<std::int64_t>& rows) {
  if (table.shape().rank() != 2) {
    throw ShapeError("[gather] needs a table (V,C), got " + to_string(table.shape()));
  }
  const std::size_t table_rows = table.shape()[0], width = table.shape()[1];
  const Indices& numbers = rows.value();
  check_rows("gather", numbers, table_rows);
  Shape shape = rows.shape();
  shape.push_back(width);
  Tensor<T> value(shape);
  for (std::size_t r = 0; r < numbers.size(); ++r) {
    std::copy_n(table.value().data() + static_cast<std::size_t>(numbers.data()[r]) * width, width,
                value.data() + r * width);
  }
  const auto scattered = [rows, table_rows](const Var<T>& g) -> Cotangent<T> {
    return ScatteredRows<T>{rows, g, table_rows};
  };
  return record("gather", Var<T>(value, rows.samples()), wrt(table, scattered, false));
}

template <class T>
Var<T> scatter_rows(const Var<T>& x, const Var<std::int64_t>& rows, std::size_t table_rows) {
  if (x.shape().rank() == 0 || kernels::drop_last(x.shape()) != rows.shape()) {
    throw ShapeError("[scatter_rows] indices must have x's shape without its last axis: x " +
                     to_string(x.shape()) + ", indices " + to_string(rows.shape()));
  }
  const Indices& numbers = rows.value();
  check_rows("scatter_rows", numbers, table_rows);
  const std::size_t width = x.shape().back();
  Tensor<T> value(Shape{table_rows, width}, T(0));
  for (std::size_t r = 0; r < numbers.size(); ++r) {
    T* to = value.data() + static_cast<std::size_t>(numbers.data()[r]) * width;
    const T* from = x.value().data() + r * width;
    for (std::size_t c = 0; c < width; ++c) to[c] += from[c];
  }
  return record("scatter_rows", value,
                wrt(
                    x, [rows](const Var<T>& g) { return gather(g, rows); }, false));
}

template <class T>
Var<T> slice(const Var<T>& x, int axis, std::size_t begin, std::size_t end) {
  const std::size_t at = normalize_axis("slice", x.shape(), axis), extent = x.shape()[at];
  if (begin > end || end > extent) {
    throw ShapeError("[slice] " + std::to_string(begin) + ":" + std::to_string(end) + " along axis " +
                     std::to_string(axis) + " of " + to_string(x.shape()) +
                     ": needs 0 <= begin <= end <= " + std::to_string(extent));
  }
  Tensor<T> value(with_extent(x.shape(), at, end - begin));
  copy_slabs(x.value(), begin, value, 0, end - begin, at);
  return record("slice", value, wrt(x, [=](const Var<T>& g) { return pad(g, axis, begin, extent - end); }));
}

template <class T>
Var<T> pad(const Var<T>& x, int axis, std::size_t before, std::size_t after) {
  const std::size_t at = normalize_axis("pad", x.shape(), axis), count = x.shape()[at];
  Tensor<T> value(with_extent(x.shape(), at, before + count + after), T(0));
  copy_slabs(x.value(), 0, value, before, count, at);
  return record("pad", value,
                wrt(x, [=](const Var<T>& g) { return slice(g, axis, before, before + count); }));
}

template <class T>
Var<T> concat(const std::vector<Var<T>>& parts, int axis) {
  if (parts.empty()) throw ShapeError("[concat] nothing to join");
  const Shape& first = parts[0].shape();
  const std::size_t at = normalize_axis("concat", first, axis);
  std::size_t extent = 0;
  for (const Var<T>& part : parts) {
    if (part.shape().rank() != first.rank() ||
        with_extent(part.shape(), at, 0) != with_extent(first, at, 0)) {
      throw ShapeError("[concat] " + to_string(first) + " and " + to_string(part.shape()) +
                       " differ elsewhere than along axis " + std::to_string(axis));
    }
    extent += part.shape()[at];
  }
  Tensor<T> value(with_extent(first, at, extent));
  std::vector<std::size_t> begins;
  for (std::size_t begin = 0; const Var<T>& part : parts) {
    copy_slabs(part.value(), 0, value, begin, part.shape()[at], at);
    begins.push_back(begin);
    begin += part.shape()[at];
  }
  begins.push_back(extent);
  return record_jointly("concat", value, std::span<const Var<T>>(parts),
                        [axis, begins](const Var<T>& g, Cotangents<T>& into) {
                          for (std::size_t i = 0; i + 1 < begins.size(); ++i) {
                            if (into.wants(i)) into.set(i, slice(g, axis, begins[i], begins[i + 1]));
                          }
                        });
}

template <class T>
Var<T> where(const Var<T>& mask, const Operand<T>& a, const Operand<T>& b) {
  const Var<T> here = mask.detach(),
               other(kernels::map(mask.value(), [](T m) { return m != 0 ? T(0) : T(1); }), here.samples());
  // Two passes of selection rather than a·m + b·(1-m): what is hidden is not multiplied. -0 is what leaves
  // all numbers as they are when it is added.
  const auto keep = [](T value, T m) { return m != 0 ? value : T(-0.0); };
  const Tensor<T> kept_a = kernels::broadcast_map("where", a.value(), here.value(), keep);
  const Tensor<T> kept_b = kernels::broadcast_map("where", b.value(), other.value(), keep);
  const Tensor<T> value = kernels::broadcast_map("where", kept_a, kept_b, [](T x, T y) { return x + y; });
  return record("where", Var<T>(value, detail::samples_through(here, value.shape(), std::nullopt)),
                wrt(a, [here](const Var<T>& g) { return masked(g, here); }),
                wrt(b, [other](const Var<T>& g) { return masked(g, other); }));
}

template <class T>
Var<T> stack(const std::vector<Var<T>>& parts, int axis) {
  if (parts.empty()) throw ShapeError("[stack] nothing to stack");
  const Shape& first = parts[0].shape();
  Shape slab = first;
  slab.push_back(1);
  const std::size_t at = normalize_axis("stack", slab, axis);
  for (std::size_t i = first.rank(); i > at; --i) std::swap(slab[i], slab[i - 1]);
  std::vector<Var<T>> slabs;
  for (const Var<T>& part : parts) {
    if (part.shape() != first) {
      throw ShapeError("[stack] all parts need one shape: " + to_string(first) + " and " +
                       to_string(part.shape()));
    }
    slabs.push_back(reshape(part, slab));
  }
  return concat(slabs, static_cast<int>(at));
}

template <class T>
std::vector<Var<T>> split(const Var<T>& x, const std::vector<std::size_t>& sizes, int axis) {
  const std::size_t extent = x.shape()[normalize_axis("split", x.shape(), axis)];
  const std::size_t total = std::accumulate(sizes.begin(), sizes.end(), std::size_t{0});
  if (total != extent) {
    throw ShapeError("[split] the sizes must add up to the extent of axis " + std::to_string(axis) + " of " +
                     to_string(x.shape()) + ": " + std::to_string(total) + " != " + std::to_string(extent));
  }
  std::vector<Var<T>> parts;
  for (std::size_t begin = 0; std::size_t size : sizes) {
    parts.push_back(slice(x, axis, begin, begin + size));
    begin += size;
  }
  return parts;
}

#define PREMELT_INSTANTIATE(T)                                                        \
  template Var<T> gather(const Var<T>&, const Var<std::int64_t>&);                    \
  template Var<T> scatter_rows(const Var<T>&, const Var<std::int64_t>&, std::size_t); \
  template Var<T> slice(const Var<T>&, int, std::size_t, std::size_t);                \
  template Var<T> pad(const Var<T>&, int, std::size_t, std::size_t);                  \
  template Var<T> concat(const std::vector<Var<T>>&, int);                            \
  template Var<T> where(const Var<T>&, const Operand<T>&, const Operand<T>&);         \
  template Var<T> stack(const std::vector<Var<T>>&, int);                             \
  template std::vector<Var<T>> split(const Var<T>&, const std::vector<std::size_t>&, int);
PREMELT_INSTANTIATE(float)
PREMELT_INSTANTIATE(double)
#undef PREMELT_INSTANTIATE

}  // namespace premelt
