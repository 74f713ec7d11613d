/// Leaves know whose they are, tapes forget what a guard guards, and backward passes notice changed numbers.

#include <stdexcept>

#include "engine/nn/layers.hpp"
#include "engine/tensor/error.hpp"
#include "engine/train/trainer.hpp"
#include "tests/engine/gradient/gradients.hpp"

using namespace premelt;
using namespace premelt::testing;
using V = Var<double>;

namespace {

Parameters<double> two_tensors() {
  Parameters<double> parameters;
  parameters.add("w", random({2, 3}));
  parameters.add("b", random({3}, 2));
  return parameters;
}

V loss_of(const Leaves<double>& theta) {
  return sum(square(theta[0])) + sum(square(theta[1]));
}

}  // namespace

TEST_CASE("leaves of other parameters are refused", "[unit]") {
  const Parameters<double> parameters = two_tensors(), others = two_tensors();
  Tape<double> tape;
  const Leaves<double> theta = parameters.leaves(tape), theirs = others.leaves(tape);
  CHECK(parameters.identity() != others.identity());
  CHECK_THROWS_WITH(
      parameters.gradient(loss_of(theirs), theirs),
      "[parameters] the leaves belong to other parameters: take them from these, with leaves(tape)");
  CHECK_THROWS_WITH(parameters.trainable(others.constants()),
                    Catch::Contains("the leaves belong to other parameters"));
  CHECK_THROWS_WITH(
      theta[2], "[parameters] there is no parameter number 2 among 2 leaves: they belong to another model");
  Leaves<double> by_hand;
  by_hand.push_back(theta[0]);
  CHECK_THROWS_WITH(parameters.trainable(by_hand), "[parameters] 1 leaves for 2 parameters");
  by_hand.push_back(theta[1]);
  CHECK(parameters.trainable(by_hand).size() == 2);
}

TEST_CASE("a copy of parameters accepts the leaves of the original", "[unit]") {
  const std::vector<Parameters<double>> copies(2, two_tensors());
  Tape<double> tape;
  const Leaves<double> theta = copies[0].leaves(tape);
  const Tensor<double> g = copies[1].gradient(loss_of(theta), theta);
  CHECK(relative_error(g, (2.0 * V(copies[0].flat())).value()) <= 1e-15);
}

TEST_CASE("a layer of a larger model finds no parameter among the leaves of a smaller one", "[unit]") {
  Rng rng(1, "init");
  Parameters<double> small, large;
  const nn::Linear first(small, "first", 3, 2, rng);
  large.add("w", random({2, 2}));
  large.add("v", random({2, 2}));
  const nn::Linear last(large, "last", 3, 2, rng);
  CHECK_THROWS_WITH(last(small.constants(), random({4, 3})),
                    Catch::Contains("there is no parameter number 3 among 2 leaves"));
}

TEST_CASE("a guarded tape forgets what the scope recorded, by exception too", "[unit]") {
  Tape<double> tape;
  const V x = tape.variable(random({3}), "x");
  V inside;
  {
    const TapeGuard<double> guard(tape);
    inside = sum(square(x));
    CHECK(tape.size() == 3);
  }
  CHECK(tape.size() == 1);
  CHECK_THROWS_WITH(gradient(inside, {x}),
                    "[gradient] an input was recorded before the tape was cleared or rewound");
  const auto fails = [&] {
    const TapeGuard<double> guard(tape);
    const V y = tape.variable(random({2}), "y");
    throw std::runtime_error("on purpose");
  };
  CHECK_THROWS_WITH(fails(), "on purpose");
  CHECK(tape.size() == 1);
  CHECK(tape.name(x.id()) == "x");
  const V again = tape.variable(random({2}));
  CHECK(tape.name(again.id()).empty());
  CHECK(gradient(sum(square(x)), {x})[0].value()(0) == 2 * x.value()(0));
}

TEST_CASE("a guard on a tape that was cleared meanwhile does nothing", "[unit]") {
  Tape<double> tape;
  tape.variable(random({3}));
  {
    const TapeGuard<double> guard(tape);
    tape.clear();
  }
  CHECK(tape.size() == 0);
}

TEST_CASE("a trainer holds no activations between steps", "[unit]") {
  Parameters<double> parameters = two_tensors();
  Trainer<double> trainer(std::make_unique<Sgd<double>>(SgdOptions{.lr = 0.1}));
  Tensor<double> activation;
  const auto loss = [&](const Leaves<double>& theta) {
    const V hidden = tanh(theta[0]);
    activation = hidden.value();
    return sum(square(hidden));
  };
  trainer.step(parameters, loss);
  CHECK(activation.unique());
  const auto fails = [&](const Leaves<double>& theta) -> V {
    activation = square(tanh(theta[0])).value();
    throw std::runtime_error("on purpose");
  };
  CHECK_THROWS_WITH(trainer.step(parameters, fails), "on purpose");
  CHECK(activation.unique());
  trainer.step(parameters, loss);
  CHECK(std::isfinite(trainer.stats().loss));
}

TEST_CASE("a backward pass after the parameters have changed is an error", "[unit]") {
  Parameters<double> parameters = two_tensors();
  Tape<double> tape;
  const Leaves<double> theta = parameters.leaves(tape);
  const V loss = loss_of(theta);
  const Tensor<double> g = parameters.gradient(loss, theta);
  const std::string text =
      "[gradient] 'w' was changed in place after it was recorded: take gradients before the optimiser's "
      "step, "
      "or compute the loss again";

  SECTION("by an optimiser") {
    Sgd<double> optimizer(SgdOptions{.lr = 0.1});
    optimizer.step(parameters, g);
    CHECK_THROWS_WITH(parameters.gradient(loss, theta), text);
    Tape<double> fresh;
    const Leaves<double> now = parameters.leaves(fresh);
    CHECK(parameters.gradient(loss_of(now), now).size() == 9);
  }
  SECTION("by a checkpoint") {
    Checkpoint checkpoint;
    save(checkpoint, parameters);
    load(checkpoint, parameters);
    CHECK_THROWS_WITH(parameters.gradient(loss, theta), text);
  }
  SECTION("by hand") {
    parameters["w"].fill(1);
    CHECK_THROWS_WITH(gradient(loss, {theta[1]}), text);  // w shares the flat vector and stands before b
  }
  SECTION("by hand, said so") {
    Tensor<double> flat = parameters.flat();
    flat(0) = 5;
    CHECK(parameters.gradient(loss, theta).size() == 9);  // nobody knows
    flat.mark_changed();
    CHECK_THROWS_WITH(parameters.gradient(loss, theta), text);
  }
}

TEST_CASE("a leaf without a name is named by its number", "[unit]") {
  Tape<double> tape;
  const V x = tape.variable(random({2})), y = sum(square(x)), later = tape.variable(random({2}, 2));
  Tensor<double> numbers = later.value();
  numbers.fill(0);  // recorded after y: y does not depend on it
  CHECK(gradient(y, {x})[0].value()(1) == 2 * x.value()(1));
  Tensor<double> own = x.value();
  own.fill(0);
  CHECK_THROWS_WITH(gradient(y, {x}), Catch::StartsWith("[gradient] leaf %0 was changed in place"));
}
