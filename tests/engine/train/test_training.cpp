#include "tests/engine/gradient/gradients.hpp"

#include "engine/linalg/norm.hpp"
#include "engine/tensor/error.hpp"
#include "engine/train/trainer.hpp"

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

TEST_CASE("schedules multiply the learning rate and the weight decay", "[unit]") {
  Parameters<double> parameters;
  parameters.add("w", Tensor<double>(Shape{1}, 1.0));
  const auto from_step_2 = [](double before, double after) {
    return Schedule([=](std::uint64_t step) { return step < 2 ? before : after; });
  };
  Trainer<double> trainer(std::make_unique<Sgd<double>>(SgdOptions{.lr = 0.1, .weight_decay = 0.5}),
                          {.schedule = from_step_2(1, 3), .decay = from_step_2(1, 2)});
  const auto nothing = [](const Leaves<double>& leaves) { return mean(leaves[0] * 0.0); };
  double expected = 1;
  for (double shrinks : {0.1 * 0.5, 0.1 * 0.5, 0.3 * 1.0, 0.3 * 1.0}) {
    trainer.step(parameters, nothing);
    expected *= 1 - shrinks;
    CHECK(parameters[0](0) == Approx(expected).epsilon(1e-14));
  }
}

TEST_CASE("a parameter that joins late is trained as if it had come first", "[unit]") {
  // Adam's bias correction and momentum's memory are each parameter's own.
  const auto slope = [](double x) { return Tensor<double>(Shape{1}, 3 * x); };
  const auto alone = [&](auto optimiser, int steps) {
    Parameters<double> parameters;
    parameters.add("x", Tensor<double>(Shape{1}, 2.0));
    for (int step = 0; step < steps; ++step) optimiser.step(parameters, slope(parameters.flat()(0)));
    return parameters.flat()(0);
  };
  const auto late = [&](auto optimiser) {
    Parameters<double> parameters;
    parameters.add("x", Tensor<double>(Shape{1}, 2.0));
    parameters.add("frozen", Tensor<double>(Shape{1}, 2.0));
    parameters.freeze("frozen");
    const auto step = [&] {
      Tensor<double> gradient(Shape{parameters.size()});
      for (std::size_t i = 0; i < parameters.size(); ++i) gradient(i) = 3 * parameters.flat()(i);
      optimiser.step(parameters, gradient);
    };
    for (int i = 0; i < 40; ++i) step();
    parameters.add("new", Tensor<double>(Shape{1}, 2.0));
    parameters.configure("frozen", {});
    for (int i = 0; i < 5; ++i) step();
    const auto state = optimiser.state();
    CHECK(state.updates == std::vector<std::uint64_t>{45, 5, 5});
    Parameters<double> fewer;
    fewer.add("x", Tensor<double>(Shape{1}, 2.0));
    CHECK_THROWS_WITH(optimiser.step(fewer, slope(1)), Catch::Contains("fewer parameters"));
    return parameters.flat().clone();
  };
  const Adam<double> adam({.lr = 0.1, .weight_decay = 0.1});
  const Sgd<double> sgd({.lr = 0.01, .momentum = 0.9});
  CHECK(relative_error(late(adam),
                       Tensor<double>(Shape{3}, {alone(adam, 45), alone(adam, 5), alone(adam, 5)})) <= 1e-15);
  CHECK(relative_error(late(sgd), Tensor<double>(Shape{3}, {alone(sgd, 45), alone(sgd, 5), alone(sgd, 5)})) <=
        1e-15);
}

TEST_CASE("a gradient is clipped to a positive length only", "[unit]") {
  Tensor<double> gradient(Shape{2}, {3, 4});
  CHECK_THROWS_AS(clip_norm(gradient, 0), Error);
  CHECK_THROWS_AS(clip_norm(gradient, -1), Error);
  CHECK_THROWS_AS(clip_norm(gradient, NAN), Error);
  CHECK(clip_norm(gradient, 1) == 5);
  CHECK(norm(gradient) == Approx(1).epsilon(1e-6));
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
