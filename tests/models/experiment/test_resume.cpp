/// A run taken up at any of its checkpoints records, signals and reports the same as if it had never stopped.

#include <bit>
#include <catch2/catch.hpp>

#include "engine/io/file.hpp"
#include "engine/tensor/error.hpp"
#include "models/experiment/checkpoints.hpp"
#include "models/settings/registry.hpp"
#include "tests/support/collected_run.hpp"
#include "tests/support/small_text.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace premelt;
using namespace premelt::test;
using Catch::Matchers::Contains;

namespace {

/// Keeps everything, as bits where NaN may occur.
class Keeper : public RunObserver {
 public:
  void recorded(const Recording& recording) override {
    rows_.push_back({recording.step, to_vector(recording.losses), to_vector(recording.order),
                     to_vector(recording.training)});
  }
  void observed(const Observation& observation) override {
    keep(observation.values);
    keep(observation.modes.flat());
  }
  void happened(const Event& event) override {
    events.push_back(std::to_string(event.step) + " " + event.name + ": " + event.why);
  }
  void checkpointed(const Checkpoint& checkpoint) override { checkpoints.push_back(checkpoint); }

  std::vector<Recording> recordings_until(std::int64_t step) const {
    std::vector<Recording> result;
    for (const Row& row : rows_) {
      if (row.step <= step) result.push_back({row.step, row.losses, row.order, row.training});
    }
    return result;
  }
  std::vector<std::uint64_t> all_bits() const {
    Keeper flat(*this);
    for (const Row& row : rows_) {
      for (const auto* values : {&row.losses, &row.order, &row.training}) flat.keep(*values);
    }
    return flat.bits_;
  }

  std::vector<Checkpoint> checkpoints;
  std::vector<std::string> events;

 private:
  struct Row {
    std::int64_t step;
    std::vector<double> losses, order, training;
  };

  static std::vector<double> to_vector(std::span<const double> values) {
    return {values.begin(), values.end()};
  }
  void keep(std::span<const double> values) {
    for (double value : values) bits_.push_back(std::bit_cast<std::uint64_t>(value));
  }

  std::vector<Row> rows_;
  std::vector<std::uint64_t> bits_;
};

constexpr std::atomic<bool> never = false;

void check_resumes(const std::string& setting, const Overrides& overrides) {
  const Hyperparameters parameters = with(setting, overrides);
  const auto make = find_setting(setting).make;
  Keeper whole;
  const auto experiment = make(parameters);
  Run(*experiment, whole).train(run_plan(parameters), never);
  for (const Checkpoint& checkpoint : whole.checkpoints) {
    INFO(setting << " at step " << checkpoint.step);
    Keeper again;
    const auto fresh = make(parameters);
    fresh->load(checkpoint);
    Run run(*fresh, again);
    run.resume(checkpoint.step, whole.recordings_until(checkpoint.step));
    run.train(run_plan(parameters), never);
    CHECK(again.all_bits() == whole.all_bits());
    CHECK(again.events == whole.events);
  }
}

}  // namespace

TEST_CASE("every setting resumes bit for bit from each of its checkpoints", "[property]") {
  const Overrides quick{{"steps", "210"}, {"checkpoint_every", "70"}, {"window", "10"}};
  const auto check = [&](const std::string& setting, Overrides overrides) {
    overrides.insert(overrides.end(), quick.begin(), quick.end());
    check_resumes(setting, overrides);
  };
  check("schematic", {{"t0", "100"}});
  check("deep-linear", {{"dtype", "float32"}, {"label_noise", "0.5"}});
  check("deep-linear", {{"momentum", "0.9"}, {"learning_rate", "0.001"}, {"every", "3"}});
  check("deep-linear", {{"optimiser", "gd"}, {"init", "balanced"}});
  check("grokking", {{"quick", "true"}});
  check("grokking", {{"quick", "true"}, {"model", "transformer"}});
  check("grokking", {{"quick", "true"}, {"control", "decay_ends"}, {"burn_in", "100"}});
  check("induction", {{"quick", "true"}});
  check("induction", {{"quick", "true"}, {"trap", "rate_drop"}, {"trap_step", "140"}});
  check("misalignment", {{"pretraining_steps", "20"}});
  const TemporaryDirectory directory;
  write_file(directory / "text", small_text());
  check("text", {{"quick", "true"}, {"data", directory / "text"}, {"length", "16"}, {"width", "16"}});
  check("deep-linear", {{"control", "mode2"}});
  check("deep-linear", {{"trap", "batch_drop"}, {"trap_step", "100"}});
  check("deep-linear", {{"trap", "spike"}, {"trap_step", "140"}});
  check("pitchfork", {});
  check("fold", {{"control", "constant"}});
  check("metastable", {{"signs", "balanced"}});
  check("drift", {});
  check("decay-annealed", {});
}

TEST_CASE("checkpoints come at step 0, on their cadence and at the end", "[unit]") {
  const auto steps_of = [](const Overrides& overrides) {
    const Hyperparameters parameters = with("schematic", overrides);
    const auto experiment = find_setting("schematic").make(parameters);
    Keeper keeper;
    Run(*experiment, keeper).train(run_plan(parameters), never);
    std::vector<std::int64_t> steps;
    for (const Checkpoint& checkpoint : keeper.checkpoints) steps.push_back(checkpoint.step);
    return steps;
  };
  CHECK(steps_of({{"steps", "100"}, {"checkpoint_every", "40"}}) ==
        std::vector<std::int64_t>{0, 40, 80, 100});
  CHECK(steps_of({{"steps", "80"}, {"checkpoint_every", "40"}}) == std::vector<std::int64_t>{0, 40, 80});
  CHECK(steps_of({{"steps", "100"}}).size() == 21);
  CHECK(steps_of({{"steps", "3"}, {"window", "2"}}) == std::vector<std::int64_t>{0, 1, 2, 3});
}

TEST_CASE("a run's checkpoints are found by step and refused by other runs", "[unit]") {
  const TemporaryDirectory directory;
  const Hyperparameters parameters = with("schematic", {});
  for (std::int64_t step : {400, 0, 123456789}) {
    Checkpoint checkpoint;
    checkpoint.step = step;
    find_setting("schematic").make(parameters)->save(checkpoint);
    write_run_checkpoint(directory.path(), "schematic", parameters, checkpoint, {});
  }
  write_file(directory / "checkpoints/step-00000500.safetensors.part", "half");
  write_file(directory / "checkpoints/step-x.safetensors", "");
  const auto found = find_checkpoints(directory.path());
  REQUIRE(found.size() == 3);
  CHECK(found.rbegin()->first == 123456789);
  CHECK(find_checkpoints(directory / "nowhere").empty());

  const auto file = found.at(400);
  CHECK(read_run_checkpoint(file, "schematic", with("schematic", {{"steps", "900"}})).step == 400);
  CHECK_THROWS_WITH(read_run_checkpoint(file, "deep-linear", parameters),
                    Contains("step-00000400.safetensors") && Contains("the setting is schematic"));
  CHECK_THROWS_WITH(read_run_checkpoint(file, "schematic", with("schematic", {{"tau", "3"}})),
                    Contains("parameter 'tau' is 10.0, expected 3.0"));
  CHECK_THROWS_WITH(read_run_checkpoint(file, "schematic", with("schematic", {{"dtype", "float32"}})),
                    Contains("'dtype'"));
  std::filesystem::rename(file, directory / "checkpoints/step-00000401.safetensors");
  CHECK_THROWS_WITH(read_run_checkpoint(find_checkpoints(directory.path()).at(401), "schematic", parameters),
                    Contains("not the step in its name"));
}
