#include "engine/ops/einsum.hpp"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <utility>
#include <vector>

#include "engine/ops/matmul.hpp"
#include "engine/ops/reduce.hpp"
#include "engine/ops/shape.hpp"
#include "engine/tensor/error.hpp"

namespace premelt {

namespace {

using Letters = std::string;  ///< names of axes, in order

bool has(const Letters& letters, char letter) {
  return letters.find(letter) != Letters::npos;
}

/// Those of `letters` for which `wanted`, in order.
template <class Wanted>
Letters those(const Letters& letters, Wanted wanted) {
  Letters result;
  std::ranges::copy_if(letters, std::back_inserter(result), wanted);
  return result;
}

/// "ij,jk->ik", read.
struct Specification {
  std::string text;
  Letters a, b, out;
};

[[noreturn]] void fail(const std::string& text, const std::string& rule) {
  throw ShapeError("[einsum] \"" + text + "\": " + rule);
}

void check_letters(const std::string& text, const Letters& letters) {
  for (char letter : letters) {
    if (std::isalpha(static_cast<unsigned char>(letter)) == 0) {
      fail(text, std::string("axes are letters, got '") + letter + "'");
    }
    if (std::ranges::count(letters, letter) > 1) {
      fail(text,
           std::string("'") + letter + "' stands twice in \"" + letters + "\": diagonals are not taken");
    }
  }
}

Specification read(const std::string& text) {
  const std::string packed = those(text, [](char c) { return c != ' '; });
  const std::size_t arrow = packed.find("->");
  const std::string operands = packed.substr(0, arrow);
  const std::size_t comma = operands.find(',');
  if (comma == std::string::npos || operands.find(',', comma + 1) != std::string::npos) {
    fail(text, "needs two operands, as in \"ij,jk->ik\"");
  }
  Specification s{text, operands.substr(0, comma), operands.substr(comma + 1), {}};
  check_letters(text, s.a);
  check_letters(text, s.b);
  if (arrow != std::string::npos) {
    s.out = packed.substr(arrow + 2);
  } else {
    s.out =
        those(s.a, [&](char c) { return !has(s.b, c); }) + those(s.b, [&](char c) { return !has(s.a, c); });
    std::ranges::sort(s.out);
  }
  check_letters(text, s.out);
  for (char letter : s.out) {
    if (!has(s.a, letter) && !has(s.b, letter)) {
      fail(text, std::string("'") + letter + "' of the output is in no operand");
    }
  }
  return s;
}

void check_shapes(const Specification& s, const Shape& a, const Shape& b) {
  for (const auto& [letters, shape] : {std::pair{s.a, a}, {s.b, b}}) {
    if (letters.size() != shape.rank()) {
      fail(s.text, "\"" + letters + "\" names " + std::to_string(letters.size()) + " axes, the shape is " +
                       to_string(shape));
    }
  }
  for (char letter : s.a) {
    if (!has(s.b, letter)) continue;
    const std::size_t x = a[s.a.find(letter)], y = b[s.b.find(letter)];
    if (x != y) {
      fail(s.text, std::string("'") + letter + "' is " + std::to_string(x) + " in " + to_string(a) + " and " +
                       std::to_string(y) + " in " + to_string(b));
    }
  }
}

/// A tensor whose axes have names.
template <class T>
struct Named {
  Var<T> x;
  Letters letters;

  /// 1 for a letter that is not there.
  std::size_t extent(char letter) const { return has(letters, letter) ? x.shape()[letters.find(letter)] : 1; }

  std::size_t extent(const Letters& several) const {
    std::size_t product = 1;
    for (char letter : several) product *= extent(letter);
    return product;
  }
};

/// Sums over the letters that are neither in `other` nor in `out`.
template <class T>
Named<T> sum_alone(Named<T> a, const Letters& other, const Letters& out) {
  for (std::size_t axis = a.letters.size(); axis-- > 0;) {
    if (has(other, a.letters[axis]) || has(out, a.letters[axis])) continue;
    a.x = sum(a.x, static_cast<int>(axis));
    a.letters.erase(axis, 1);
  }
  return a;
}

/// The axes in the order of `letters`, which must be the tensor's own.
template <class T>
Var<T> arranged(const Named<T>& a, const Letters& letters) {
  if (a.letters == letters) return a.x;
  std::vector<int> order;
  for (char letter : letters) order.push_back(static_cast<int>(a.letters.find(letter)));
  return permute(a.x, Axes(std::span<const int>(order)));
}

/// Without a sum: both operands in the order of the output, with extent 1 for axes they lack, stretch.
template <class T>
Var<T> stretched(const Named<T>& a, const Letters& out) {
  const Var<T> x = arranged(a, those(out, [&](char c) { return has(a.letters, c); }));
  Shape shape;
  for (char letter : out) shape.push_back(a.extent(letter));
  return reshape(x, shape);
}

/// Extents of the letters, then more.
template <class T>
Shape shape_of(const Named<T>& a, const Letters& letters, std::initializer_list<std::size_t> more) {
  Shape shape;
  for (char letter : letters) shape.push_back(a.extent(letter));
  for (std::size_t extent : more) shape.push_back(extent);
  return shape;
}

/// With a sum: (both..., left, summed) x (both..., summed, right). Without axes in both, those of the left
/// operand stay apart instead of being merged, so that the first may be that of the samples.
template <class T>
Var<T> contracted(const Specification& s, const Named<T>& a, const Named<T>& b, const Letters& summed) {
  const Letters both = those(s.out, [&](char c) { return has(a.letters, c) && has(b.letters, c); });
  const Letters left = those(s.out, [&](char c) { return !has(b.letters, c); });
  const Letters right = those(s.out, [&](char c) { return !has(a.letters, c); });
  if (both.size() + 2 > Shape::max_rank) {
    fail(s.text, "at most " + std::to_string(Shape::max_rank - 2) +
                     " axes may stand in both operands and the output");
  }
  const std::size_t inner = a.extent(summed);
  const Var<T> x = arranged(a, both + left + summed);
  const Var<T> rows = both.empty() && !left.empty() ? reshape(x, shape_of(a, left, {inner}))
                                                    : reshape(x, shape_of(a, both, {a.extent(left), inner}));
  // The operand's own order decides which of the two products needs the lesser move.
  const bool transposed = !b.letters.empty() && has(summed, b.letters.back());
  const Var<T> columns =
      transposed ? reshape(arranged(b, both + right + summed), shape_of(b, both, {b.extent(right), inner}))
                 : reshape(arranged(b, both + summed + right), shape_of(b, both, {inner, b.extent(right)}));
  const Var<T> product = transposed ? matmul_nt(rows, columns) : matmul(rows, columns);
  Shape shape = shape_of(a, both + left, {});
  for (char letter : right) shape.push_back(b.extent(letter));
  return arranged(Named<T>{reshape(product, shape), both + left + right}, s.out);
}

}  // namespace

template <class T>
Var<T> einsum(const std::string& specification, const Var<T>& a, const Operand<T>& b) {
  const Specification s = read(specification);
  check_shapes(s, a.shape(), b.shape());
  Named<T> first = sum_alone(Named<T>{a, s.a}, s.b, s.out), second = sum_alone(Named<T>{b, s.b}, s.a, s.out);
  const Letters summed = those(first.letters, [&](char c) { return !has(s.out, c); });
  if (summed.empty()) return stretched(first, s.out) * stretched(second, s.out);
  // The operand with the output's first axis goes left: its rows stay in place, and with them the samples.
  if (!s.out.empty() && !has(first.letters, s.out[0])) std::swap(first, second);
  return contracted(s, first, second, summed);
}

template <class T>
Var<T> outer(const Var<T>& a, const Operand<T>& b) {
  if (a.shape().rank() != 1 || b.shape().rank() != 1) {
    throw ShapeError("[outer] needs two vectors, got " + to_string(a.shape()) + " and " +
                     to_string(b.shape()));
  }
  return einsum("i,j->ij", a, b);
}

#define PREMELT_INSTANTIATE(T)                                                  \
  template Var<T> einsum(const std::string&, const Var<T>&, const Operand<T>&); \
  template Var<T> outer(const Var<T>&, const Operand<T>&);
PREMELT_INSTANTIATE(float)
PREMELT_INSTANTIATE(double)
#undef PREMELT_INSTANTIATE

}  // namespace premelt
