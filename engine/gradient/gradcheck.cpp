#include "engine/gradient/gradcheck.hpp"

#include <algorithm>
#include <cmath>
#include <sstream>

#include "engine/gradient/gradient.hpp"
#include "engine/linalg/blas.hpp"
#include "engine/ops/elementwise.hpp"
#include "engine/ops/reduce.hpp"
#include "engine/tensor/error.hpp"
#include "engine/tensor/random.hpp"

namespace premelt {

namespace {

using Vars = std::vector<Var<double>>;
using Tensors = std::vector<Tensor<double>>;

double dot(const Tensor<double>& a, const Tensor<double>& b) {
  return blas::dot(a.size(), a.data(), b.data());
}

/// A scalar function of some tensors.
class Scalar {
 public:
  /// Contracts f's output with a cotangent drawn at the first call.
  Scalar(Differentiable f, Rng& rng) : f_(std::move(f)), rng_(rng) {}

  Var<double> operator()(const Vars& x) {
    const Var<double> y = f_(x);
    if (y.value().empty()) throw Error("[gradcheck] the function's output has no elements");
    if (cotangent_.shape() != y.shape()) cotangent_ = normal_tensor<double>(y.shape(), rng_);
    return sum(y * cotangent_);
  }

 private:
  Differentiable f_;
  Rng& rng_;
  Tensor<double> cotangent_;
};

Vars leaves(Tape<double>& tape, const Tensors& at) {
  Vars x;
  for (const Tensor<double>& tensor : at) x.push_back(tape.variable(tensor));
  return x;
}

/// The fourth-order difference of s along `direction` in one input.
double difference(Scalar& s, const Tensors& at, std::size_t input, const Tensor<double>& direction,
                  double h) {
  const auto moved = [&](double distance) {
    Tensors x = at;
    x[input] = at[input].clone();
    for (std::size_t i = 0; i < direction.size(); ++i) x[input].data()[i] += distance * direction.data()[i];
    Tape<double> tape;
    return s(leaves(tape, x)).item();
  };
  return (8 * (moved(h) - moved(-h)) - (moved(2 * h) - moved(-2 * h))) / (12 * h);
}

void check_first_order(Scalar& s, const Tensors& at, int order, const GradcheckOptions& options, Rng& rng,
                       GradcheckReport& worst) {
  Tape<double> tape;
  const Vars x = leaves(tape, at);
  const Var<double> y = s(x);
  const Vars plain = gradient(y, x), recorded = gradient(y, x, {.create_graph = true});
  const auto compare = [&](std::size_t input, const Tensor<double>& g, const Tensor<double>& direction,
                           double numeric) {
    const double analytic = dot(g, direction);
    const double scale =
        std::max({std::abs(analytic), std::abs(numeric), std::sqrt(dot(g, g)), options.floor});
    const double error = std::abs(analytic - numeric) / scale;
    if (!(error <= worst.error) && !std::isnan(worst.error)) worst = {error, order, input, analytic, numeric};
  };
  for (std::size_t input = 0; input < at.size(); ++input) {
    for (int k = 0; k < options.directions; ++k) {
      const Tensor<double> direction = normal_tensor<double>(at[input].shape(), rng);
      const double numeric = difference(s, at, input, direction, options.step);
      compare(input, plain[input].value(), direction, numeric);
      compare(input, recorded[input].value(), direction, numeric);
    }
  }
}

/// x -> the gradients of s at x contracted with fixed random directions: ∇s is checked by differentiating
/// this.
Differentiable contracted_gradient(Scalar& s, const Tensors& at, Rng& rng) {
  Tensors directions;
  for (const Tensor<double>& tensor : at) directions.push_back(normal_tensor<double>(tensor.shape(), rng));
  return [&s, directions](const Vars& x) {
    const Vars gradients = gradient(s(x), x, {.create_graph = true});
    Var<double> total = 0.0 * sum(x[0]);  // on the tape even when the gradient is constant
    for (std::size_t i = 0; i < gradients.size(); ++i) total = total + sum(gradients[i] * directions[i]);
    return total;
  };
}

void check(Scalar s, const Tensors& at, int order, const GradcheckOptions& options, Rng& rng,
           GradcheckReport& worst) {
  check_first_order(s, at, order, options, rng, worst);
  if (order >= options.order) return;
  check(Scalar(contracted_gradient(s, at, rng), rng), at, order + 1, options, rng, worst);
}

/// A check that compares nothing would pass.
void check_that_something_is_compared(const Tensors& at, const GradcheckOptions& options) {
  const auto require = [](bool holds, const char* what) {
    if (!holds) throw Error(std::string("[gradcheck] ") + what);
  };
  require(!at.empty(), "needs an input to differentiate by");
  require(std::ranges::none_of(at, &Tensor<double>::empty),
          "an input has no elements: nothing would be compared");
  require(options.directions > 0, "needs at least one direction");
  require(options.order > 0, "the order must be at least 1");
  require(options.step > 0 && std::isfinite(options.step), "the step must be positive and finite");
  require(options.floor >= 0 && std::isfinite(options.floor), "the floor must be finite and not negative");
}

}  // namespace

std::string to_string(const GradcheckReport& report) {
  std::ostringstream text;
  text.precision(9);
  text << "relative error " << report.error << " in input " << report.input << " at order " << report.order
       << ": backward " << report.analytic << ", differences " << report.numeric;
  return text.str();
}

GradcheckReport gradcheck(const Differentiable& f, const Tensors& at, const GradcheckOptions& options) {
  check_that_something_is_compared(at, options);
  Rng rng(options.seed, "gradcheck");
  GradcheckReport worst;
  check(Scalar(f, rng), at, 1, options, rng, worst);
  return worst;
}

}  // namespace premelt
