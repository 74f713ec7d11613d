/// Checkpoints: a training continued from one goes on bit for bit; one that does not fit is refused.

#include <algorithm>
#include <span>

#include "engine/io/file.hpp"
#include "engine/linalg/norm.hpp"
#include "engine/tensor/error.hpp"
#include "engine/train/schedule.hpp"
#include "engine/train/trainer.hpp"
#include "tests/engine/gradient/gradients.hpp"
#include "tests/support/live_memory.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace premelt;
using namespace premelt::testing;
using Catch::Matchers::Contains;
using test::TemporaryDirectory;

namespace {

template <class T>
using MakeOptimizer = std::function<std::unique_ptr<Optimizer<T>>()>;

template <class T>
const std::vector<std::pair<std::string, MakeOptimizer<T>>>& optimizers() {
  static const std::vector<std::pair<std::string, MakeOptimizer<T>>> all{
      {"sgd", [] { return std::make_unique<Sgd<T>>(SgdOptions{.lr = 0.1}); }},
      {"momentum", [] { return std::make_unique<Sgd<T>>(SgdOptions{.lr = 0.1, .momentum = 0.9}); }},
      {"nesterov",
       [] {
         return std::make_unique<Sgd<T>>(
             SgdOptions{.lr = 0.1, .momentum = 0.9, .nesterov = true, .weight_decay = 0.01});
       }},
      {"adam",
       [] { return std::make_unique<Adam<T>>(AdamOptions{.weight_decay = 0.01, .decoupled = false}); }},
      {"adamw", [] { return std::make_unique<Adam<T>>(AdamOptions{.weight_decay = 0.1}); }},
  };
  return all;
}

/// A small network that learns noisy batches: parameters, optimiser and a random stream, as settings have
/// them.
template <class T>
class Lesson {
 public:
  explicit Lesson(const MakeOptimizer<T>& make)
      : trainer_(make(), {.schedule = warm_up(10), .clip_norm = 0.5}), data_(3, "data") {
    Rng init(1, "init");
    parameters_.add("0.weight", normal_tensor<T>({4, 8}, init, 0.5));
    parameters_.add("1.weight", normal_tensor<T>({8, 2}, init, 0.5));
  }

  void step() {
    const Tensor<T> x = normal_tensor<T>({16, 4}, data_), y = normal_tensor<T>({16, 2}, data_);
    trainer_.step(parameters_, [&](const Leaves<T>& p) {
      return mean(squared_error(matmul(tanh(matmul(Var<T>(x), p[0])), p[1]), y));
    });
  }

  Checkpoint save(std::int64_t step) const {
    Checkpoint checkpoint;
    checkpoint.step = step;
    trainer_.save(checkpoint, parameters_);
    checkpoint.streams["data"] = data_.state();
    return checkpoint;
  }
  void load(const Checkpoint& checkpoint) {
    trainer_.load(checkpoint, parameters_);
    data_ = checkpoint.stream("data");
  }

  const Parameters<T>& parameters() const { return parameters_; }
  const TrainingStats& stats() const { return trainer_.stats(); }

 private:
  Parameters<T> parameters_;
  Trainer<T> trainer_;
  Rng data_;
};

template <class T>
bool same_bits(const Tensor<T>& a, const Tensor<T>& b) {
  return a.shape() == b.shape() && std::ranges::equal(std::as_bytes(a.flat()), std::as_bytes(b.flat()));
}

}  // namespace

TEMPLATE_TEST_CASE("a training continued from a checkpoint goes on bit for bit", "[property]", float,
                   double) {
  const TemporaryDirectory directory;
  for (const auto& [name, make] : optimizers<TestType>()) {
    for (int first : {0, 1, 7}) {
      INFO(name << " from step " << first);
      Lesson<TestType> whole(make), resumed(make);
      for (int step = 0; step < first; ++step) whole.step();
      write_checkpoint(directory / "c.safetensors", whole.save(first));
      for (int step = first; step < 25; ++step) whole.step();

      resumed.step();  // whatever happened before is forgotten
      resumed.load(read_checkpoint(directory / "c.safetensors"));
      for (int step = first; step < 25; ++step) resumed.step();
      CHECK(same_bits(whole.parameters().flat(), resumed.parameters().flat()));
      CHECK(whole.stats().loss == resumed.stats().loss);
    }
  }
}

TEST_CASE("a checkpoint comes back with step, streams, tensors and metadata", "[unit]") {
  const TemporaryDirectory directory;
  Lesson<double> lesson(optimizers<double>()[1].second);
  lesson.step();
  Checkpoint checkpoint = lesson.save(1);
  checkpoint.metadata["setting"] = "lesson";
  write_checkpoint(directory / "c.safetensors", checkpoint);
  const Checkpoint back = read_checkpoint(directory / "c.safetensors");
  CHECK(back.step == 1);
  CHECK(back.streams == checkpoint.streams);
  CHECK(back.metadata == checkpoint.metadata);
  CHECK(back.tensors.size() == 5);  // two weights, velocity, steps, updates
  CHECK(same_bits(back.tensor<double>("parameters.0.weight", {4, 8}), lesson.parameters()["0.weight"]));
}

TEST_CASE("a checkpoint that does not fit is refused, naming file and tensor", "[unit]") {
  const TemporaryDirectory directory;
  const auto path = directory / "c.safetensors";
  Lesson<double> sgd(optimizers<double>()[0].second), momentum(optimizers<double>()[1].second);
  Lesson<float> single(optimizers<float>()[0].second);
  sgd.step();
  write_checkpoint(path, sgd.save(1));
  const auto stored = [&] { return read_checkpoint(path); };
  CHECK_THROWS_WITH(momentum.load(stored()), Contains("c.safetensors") && Contains("optimizer.velocity"));
  CHECK_THROWS_WITH(single.load(stored()), Contains("another element type"));
  CHECK_THROWS_WITH(stored().stream("noise"), Contains("no random stream 'noise'"));
  CHECK_THROWS_WITH(stored().tensor<double>("parameters.0.weight", {8, 4}), Contains("expected (8,4)"));

  momentum.step();
  Checkpoint shorter = momentum.save(1);
  shorter.tensors["optimizer.velocity"] = Tensor<double>(Shape{3}, 0.0);
  CHECK_THROWS_AS(momentum.load(shorter), DataError);

  write_safetensors(path, {});
  CHECK_THROWS_WITH(stored(), Contains("does not say its step"));
  write_file(path, std::string("\2\0\0\0\0\0\0\0{}", 10));
  CHECK_THROWS_WITH(stored(), Contains("holds no checksum"));
}

TEST_CASE("a failed load leaves the training as it was", "[unit]") {
  Lesson<double> momentum(optimizers<double>()[1].second), other(optimizers<double>()[1].second);
  for (int step = 0; step < 3; ++step) momentum.step();
  const Checkpoint before = momentum.save(3);
  other.step();
  const auto fails = [&](const std::string& text, const auto& damage) {
    Checkpoint checkpoint = other.save(1);
    damage(checkpoint);
    INFO(text);
    CHECK_THROWS_WITH(momentum.load(checkpoint), Contains(text));
    const Checkpoint after = momentum.save(3);
    REQUIRE(after.tensors.size() == before.tensors.size());
    for (const auto& [name, tensor] : before.tensors) {
      INFO(name);
      const auto same = [&, key = name](const auto& t) {
        return same_bits(std::get<std::decay_t<decltype(t)>>(after.tensors.at(key)), t);
      };
      CHECK(std::visit(same, tensor));
    }
  };
  fails("no tensor 'parameters.1.weight'", [](Checkpoint& c) { c.tensors.erase("parameters.1.weight"); });
  fails("no tensor 'optimizer.velocity'", [](Checkpoint& c) { c.tensors.erase("optimizer.velocity"); });
  fails("'parameters.2.weight', which this model does not have",
        [](Checkpoint& c) { c.tensors["parameters.2.weight"] = Tensor<double>(Shape{1}, 0.0); });
  fails("'optimizer.square', which this optimiser does not have",
        [](Checkpoint& c) { c.tensors["optimizer.square"] = Tensor<double>(Shape{1}, 0.0); });
}

TEST_CASE("a trainer clips, follows its schedule and tells loss and norms", "[unit]") {
  Parameters<double> parameters;
  parameters.add("x", Tensor<double>(Shape{2}, {3, 4}));
  Trainer<double> trainer(std::make_unique<Sgd<double>>(SgdOptions{.lr = 0.1}),
                          {.schedule = step_decay(1, 0.5), .clip_norm = 1.0});
  CHECK(std::isnan(trainer.stats().loss));
  const auto loss = [](const Leaves<double>& p) { return sum(square(p[0])); };
  trainer.step(parameters, loss);
  CHECK(trainer.stats().loss == 25);
  CHECK(trainer.stats().gradient_norm == 10);  // before clipping
  CHECK(norm(parameters.flat()) == Approx(4.9).epsilon(1e-6));
  trainer.step(parameters, loss);
  CHECK(norm(parameters.flat()) == Approx(4.85).epsilon(1e-6));  // at half the rate
}

TEST_CASE("10 000 steps leave memory as it was", "[unit]") {
  Lesson<float> lesson(optimizers<float>()[4].second);
  for (int step = 0; step < 100; ++step) lesson.step();
  const std::size_t before = test::live_memory();
  for (int step = 100; step < 10000; ++step) lesson.step();
  CHECK(test::live_memory() <= before + 4096);
}
