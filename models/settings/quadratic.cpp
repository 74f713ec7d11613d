#include "models/settings/quadratic.hpp"

#include <string>

#include "engine/linalg/norm.hpp"
#include "engine/ops/ops.hpp"
#include "models/experiment/supervised.hpp"

namespace premelt {

namespace {

struct Forms {
  Tensor<double> slopes;      ///< (n,p)
  Tensor<double> curvatures;  ///< (n,p,p), symmetric
};

class Quadratic {
 public:
  using Batch = Forms;

  explicit Quadratic(const Hyperparameters& parameters) : parameters_(parameters) {
    const std::size_t n = parameters.count("probes"), p = parameters.count("dimensions");
    Rng rng(parameters.count("seed"), "probes");
    forms_.slopes = normal_tensor<double>(Shape{n, p}, rng);
    const Var<double> a = normal_tensor<double>(Shape{n, p, p}, rng);
    forms_.curvatures = (0.5 * (a + transpose(a))).value();
  }

  template <class U>
  Parameters<U> initial() const {
    Parameters<U> weights;
    weights.add("theta", Tensor<U>(Shape{parameters_.count("dimensions"), 1}, U(0)));
    return weights;
  }

  template <class T>
  static std::unique_ptr<Optimizer<T>> optimiser(const Hyperparameters& parameters) {
    return std::make_unique<Sgd<T>>(SgdOptions{.lr = parameters.number("learning_rate")});
  }

  /// Every step sees all losses.
  Batch draw(Rng&) const { return forms_; }

  template <class U>
  Var<U> losses(const Leaves<U>& theta, const Batch& batch) const {
    const Shape flat{batch.slopes.shape()[0], batch.slopes.shape()[1]};
    const Var<U> bent = reshape(matmul(batched_as<U>(batch.curvatures), theta[0]), flat);
    const Var<U> slopes = batched_as<U>(batch.slopes) + 0.5 * bent;
    return reshape(matmul(slopes, theta[0]), Shape{flat[0]});
  }

  template <class U>
  void order(const Leaves<U>& theta, std::span<double> values) const {
    values[0] = norm(theta[0].value());
  }

  const Batch& probes() const { return forms_; }
  std::vector<std::string> probe_blocks() const {
    return std::vector<std::string>(forms_.slopes.shape()[0], "all");
  }
  std::vector<std::string> order_names() const { return {"distance"}; }
  std::vector<EventSpec> events() const { return {}; }

 private:
  Hyperparameters parameters_;
  Forms forms_;
};

Hyperparameters parameters() {
  return parameter_table({.steps = 200, .window = 20, .dtype = "float64"},
                         {
                             {"learning_rate", 0.001, "step size of gradient descent on the mean loss", 0},
                             {"dimensions", std::int64_t{60}, "parameters", 1},
                             {"probes", std::int64_t{40}, "losses", 1},
                         });
}

}  // namespace

Setting quadratic_setting() {
  return {"quadratic", "losses exactly quadratic in the parameters: Prop. 2.1 with nothing left over",
          parameters(), make_supervised<Quadratic>};
}

}  // namespace premelt
