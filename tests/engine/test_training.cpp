#include "gradients.hpp"

#include "engine/error.hpp"
#include "engine/optimizer.hpp"

using namespace premelt;
using namespace premelt::testing;

TEST_CASE("parameters are windows of one flat vector", "[unit]") {
  Parameters<double> parameters;
  const ParameterId w = parameters.add("layer.weight", random({2, 3}));
  const ParameterId b = parameters.add("layer.bias", random({3}, 2));
  CHECK(parameters.size() == 9);
  parameters.flat()(7) = 42;
  CHECK(parameters[b](1) == 42);
  CHECK(parameters["layer.weight"].shares_buffer_with(parameters[w]));
  CHECK_THROWS_WITH(parameters.add("layer.bias", random({1})),
                    "[parameters] there is already a parameter named layer.bias");
  CHECK_THROWS_WITH(parameters["nothing"], "[parameters] there is no parameter named nothing");

  Tape<double> tape;
  const std::vector<Var<double>> p = parameters.leaves(tape);
  const Tensor<double> g =
      parameters.gradient(sum(square(matmul(Var<double>(random({4, 2})), p[w]) + p[b])), p);
  CHECK(g.shape() == Shape{9});
  CHECK(tape.name(p[b].id()) == "layer.bias");

  Tensor<double> moved = parameters.flat().clone();
  moved(0) += 1;
  CHECK(parameters.constants(moved)[w].value()(0, 0) == parameters[w](0, 0) + 1);
}

TEST_CASE("SGD follows its recurrence, with momentum, Nesterov and decay", "[unit]") {
  for (bool nesterov : {false, true}) {
    Parameters<double> parameters;
    parameters.add("x", Tensor<double>(Shape{1}, 2.0));
    Sgd<double> sgd({.lr = 0.1, .momentum = 0.9, .nesterov = nesterov, .weight_decay = 0.01});
    double x = 2, v = 0;
    for (int step = 0; step < 5; ++step) {
      const double slope = 3 * x + 0.01 * x;
      v = 0.9 * v + slope;
      sgd.step(parameters, Tensor<double>(Shape{1}, 3 * parameters.flat()(0)));
      x -= 0.1 * (nesterov ? slope + 0.9 * v : v);
      CHECK(parameters.flat()(0) == Approx(x).epsilon(1e-14));
    }
  }
  Parameters<double> two;
  two.add("x", random({2}));
  CHECK_THROWS_AS(Sgd<double>({}).step(two, random({3})), ShapeError);
}

TEST_CASE("a small network learns a teacher", "[unit]") {
  const Tensor<float> x = cast<float>(random({64, 4})), w = cast<float>(random({4, 2}, 2));
  const Tensor<float> target = tanh(matmul(Var<float>(x), w)).value();
  Parameters<float> parameters;
  Rng init(1, "init");
  parameters.add("0.weight", normal_tensor<float>({4, 16}, init, 0.5));
  parameters.add("0.bias", Tensor<float>(Shape{16}, 0.0f));
  parameters.add("1.weight", normal_tensor<float>({16, 2}, init, 0.25));
  Sgd<float> sgd({.lr = 0.1, .momentum = 0.9});
  Tape<float> tape;
  float first = 0, last = 0;
  std::size_t nodes = 0;
  for (int step = 0; step < 300; ++step) {
    tape.clear();
    const std::vector<Var<float>> p = parameters.leaves(tape);
    const Var<float> hidden = tanh(matmul(Var<float>(x), p[0]) + p[1]);
    const Var<float> loss = mean(squared_error(matmul(hidden, p[2]), target));
    sgd.step(parameters, parameters.gradient(loss, p));
    if (step == 0) first = loss.item(), nodes = tape.size();
    last = loss.item();
    CHECK(tape.size() == nodes);
  }
  CHECK(last < 0.01f * first);
}
