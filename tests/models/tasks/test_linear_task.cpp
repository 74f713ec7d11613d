#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>

#include "engine/linalg/blas.hpp"
#include "engine/tensor/error.hpp"
#include "models/tasks/linear_task.hpp"
#include "models/tasks/saxe.hpp"
#include "models/tasks/table_data.hpp"
#include "rdm/proposition/distances.hpp"
#include "tests/support/collected_run.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/support/worst.hpp"

using namespace premelt;
using namespace premelt::test;
using Catch::Matchers::Contains;

namespace {

/// Largest |Q Qᵀ − I| of the rows of Q.
double orthonormality_error(const Tensor<double>& rows) {
  double worst = 0;
  for (std::size_t i = 0; i < rows.shape()[0]; ++i) {
    for (std::size_t j = 0; j < rows.shape()[0]; ++j) {
      const double product = blas::dot(rows.shape()[1], rows.row(i).data(), rows.row(j).data());
      worst = worse_of(worst, std::abs(product - (i == j)));
    }
  }
  return worst;
}

std::string write_csv(const TemporaryDirectory& directory, const std::string& text) {
  std::ofstream(directory / "table.csv") << text;
  return (directory / "table.csv").string();
}

const std::string iris = PREMELT_SOURCE_DIR "/models/data/iris.csv";

}  // namespace

TEST_CASE("a random teacher has orthonormal modes and is recovered from its matrix", "[property]") {
  Rng rng(1, "teacher");
  const Teacher teacher = random_teacher({4, 2, 1, 0.5}, 16, 10, rng);
  CHECK(orthonormality_error(teacher.left) < 1e-13);
  CHECK(orthonormality_error(teacher.right) < 1e-13);
  const Teacher found = teacher_of(teacher.matrix());
  REQUIRE(found.modes() == 4);
  for (std::size_t k = 0; k < 4; ++k) {
    CHECK(found.strengths[k] == Approx(teacher.strengths[k]).epsilon(1e-12));
    CHECK(std::abs(blas::dot(16, found.right.row(k).data(), teacher.right.row(k).data())) ==
          Approx(1).epsilon(1e-12));
  }
  CHECK_THROWS_WITH(random_teacher({1, 2}, 16, 10, rng), Contains("largest first"));
  CHECK_THROWS_WITH(random_teacher({3, 2, 1}, 16, 2, rng), Contains("do not fit"));
}

TEST_CASE("the input covariance has the stated condition number and mean eigenvalue 1", "[property]") {
  Rng rng(2, "teacher");
  const Tensor<double> root = covariance_root(8, 10, rng);
  const Tensor<double> sd = blas::symmetric_eigenvalues(root);
  double total = 0;
  for (double x : sd.flat()) total += x * x / 8;
  CHECK(total == Approx(1).epsilon(1e-12));
  CHECK(std::pow(sd(0) / sd(7), 2) == Approx(10).epsilon(1e-10));
}

TEST_CASE("a table is standardised, whitened and one-hot encoded", "[unit]") {
  const TableData table = read_table(iris, "species", true);
  REQUIRE(table.inputs.shape() == Shape{150, 4});
  REQUIRE(table.targets.shape() == Shape{150, 3});
  CHECK(table.classes[0] == "setosa");
  CHECK(table.classes[149] == "virginica");
  for (std::size_t i = 0; i < 4; ++i) {
    for (std::size_t j = 0; j < 4; ++j) {
      double product = 0;
      for (std::size_t r = 0; r < 150; ++r) product += table.inputs(r, i) * table.inputs(r, j) / 150;
      CHECK(product == Approx(i == j).margin(1e-12));
    }
  }
  // Three indicator columns that sum to a constant leave two modes.
  CHECK(teacher_of(table.correlation()).modes() == 2);
}

TEST_CASE("a twin's probes have labels of their own, or those of the run with the event", "[unit]") {
  const Batch run = LinearTask(with("deep-linear", {})).probes();
  const Batch own = LinearTask(with("deep-linear", {{"control", "mode2"}})).probes();
  const Batch same =
      LinearTask(with("deep-linear", {{"control", "mode2"}, {"control_probes", "teacher"}})).probes();
  CHECK(relative_error(own.inputs, run.inputs) == 0);
  CHECK(relative_error(own.targets, run.targets) > 0.1);
  CHECK(relative_error(same.inputs, run.inputs) == 0);
  CHECK(relative_error(same.targets, run.targets) == 0);
}

TEST_CASE("bad tables are named by file, line and column", "[unit]") {
  const TemporaryDirectory d;
  CHECK_THROWS_WITH(read_table(iris, "specis", true), Contains("did you mean 'species'"));
  CHECK_THROWS_WITH(read_table(write_csv(d, "a,b\n1,2\n3,x\n5,1\n"), "a", true),
                    Contains("table.csv:3: column 2"));
  CHECK_THROWS_WITH(read_table(write_csv(d, "a,b\n1,2\n3,nan\n5,1\n"), "a", true), Contains("finite"));
  CHECK_THROWS_WITH(read_table(write_csv(d, "a,b\n1,2\n3,2\n5,2\n"), "a", true), Contains("'b' is constant"));
  CHECK_THROWS_WITH(read_table(write_csv(d, "a,b\n1,2\n3,2\n5,2\n"), "a,b", true),
                    Contains("no input is left"));
  CHECK_THROWS_WITH(read_table(write_csv(d, "a,b\n1,2\n3,4\n"), "a", true), Contains("at least 3"));
  CHECK_THROWS_WITH(collect("deep-linear", {{"targets", "species"}}), Contains("needs 'data'"));
}

TEST_CASE("a blank first target is missing, whatever the others are", "[unit]") {
  const TemporaryDirectory d;
  CHECK_THROWS_WITH(read_table(write_csv(d, "a,b\n,2\n3,4\n5,1\n"), "a", false),
                    Contains("table.csv:2: column 1: expected a number, found ''"));
  CHECK_THROWS_WITH(read_table(write_csv(d, "a,b\n,2\nx,4\ny,1\n"), "a", false),
                    Contains("table.csv:2: column 1: the target is missing"));
  CHECK_THROWS_WITH(read_table(write_csv(d, "a,b\nx,2\n3,4\ny,1\n"), "a", false),
                    Contains("table.csv:2: column 1: expected a number, found 'x'"));
}

TEST_CASE("a table of the largest and smallest numbers is standardised as any other", "[unit]") {
  const TemporaryDirectory d;
  const TableData plain = read_table(write_csv(d, "a,b\n-1,1\n0,3\n1,2\n"), "a", true);
  const TableData large = read_table(write_csv(d, "a,b\n-1e308,1e-300\n0,3e-300\n1e308,2e-300\n"), "a", true);
  CHECK(relative_error(large.targets, plain.targets) <= 1e-14);
  CHECK(relative_error(large.inputs, plain.inputs) <= 1e-14);
}

TEST_CASE("a real table is learnt mode by mode along Saxe's curve", "[property]") {
  const Overrides overrides{
      {"data", iris}, {"targets", "species"}, {"optimiser", "gd"}, {"init", "balanced"}};
  const CollectedRun run = collect("deep-linear", overrides);
  const LinearTask task(with("deep-linear", overrides));
  for (std::size_t k = 0; k < 2; ++k) {
    const double strength = task.teacher().strengths[k];
    const double half = run.crossing("s" + std::to_string(k + 1), strength / 2);
    CHECK(half == Approx(saxe::time_to_reach(0.5, strength, 1e-5, 200)).epsilon(0.01));
    CHECK(run.order.at("s" + std::to_string(k + 1)).back() == Approx(strength).epsilon(0.02));
  }
  CHECK(task.probe_blocks().size() == 64);
}

TEST_CASE("Saxe's closed form solves its differential equation", "[property]") {
  const double s = 2, u0 = 1e-3, tau = 200, h = 1e-3;
  for (double t : {0.0, 100.0, 400.0, 2000.0}) {
    const double u = saxe::strength(t, s, u0, tau);
    const double slope = (saxe::strength(t + h, s, u0, tau) - saxe::strength(t - h, s, u0, tau)) / (2 * h);
    CHECK(slope * tau == Approx(2 * u * (s - u)).epsilon(1e-6).margin(1e-9));
  }
  CHECK(saxe::strength(0, s, u0, tau) == Approx(u0));
  CHECK(saxe::strength(saxe::time_to_reach(0.5, s, u0, tau), s, u0, tau) == Approx(1));
  const double lead = saxe::time_to_reach(0.5, s, u0, tau) - saxe::time_to_reach(1.0 / 3, s, u0, tau);
  CHECK(lead == Approx(saxe::lead_of_steepest_fall(s, tau)));
}

TEST_CASE("gradient descent's population batch has the population gradient", "[property]") {
  // ½E‖(W−W*)x‖² = ½‖W−W*‖² for Σ_x = I: the mean of the batch's losses at W = 0 must be ½ΣS².
  const LinearTask task(with("deep-linear", {}));
  const Batch& batch = task.population();
  double mean = 0;
  for (double y : batch.targets.flat()) mean += 0.5 * y * y / static_cast<double>(batch.targets.shape()[0]);
  CHECK(mean == Approx(0.5 * (16 + 4 + 1 + 0.25)).epsilon(1e-12));
}

TEST_CASE("every deep-linear option trains, in both element types", "[unit]") {
  for (const Overrides& overrides :
       std::vector<Overrides>{{{"dtype", "float32"}},
                              {{"depth", "3"}},
                              {{"depth", "1"}},
                              {{"init", "balanced"}, {"depth", "3"}},
                              {{"condition_number", "10"}},
                              {{"probe_kind", "grouped"}, {"label_noise", "1"}},
                              {{"momentum", "0.9"}, {"weight_decay", "0.01"}},
                              {{"data", iris}, {"targets", "species"}, {"whiten", "false"}}}) {
    Overrides all = overrides;
    all.insert(all.end(), {{"steps", "120"}, {"window", "20"}});
    const CollectedRun run = collect("deep-linear", all);
    REQUIRE(run.losses.size() == 121);
    const auto finite = [](double x) { return std::isfinite(x); };
    CHECK(std::ranges::all_of(run.losses.back(), finite));
    CHECK(run.losses.back() != run.losses.front());
    REQUIRE(run.signals.at("shc").size() == 121 - 19);
    CHECK(std::ranges::all_of(run.signals.at("shc"), finite));
  }
  CHECK_THROWS_WITH(collect("deep-linear", {{"init", "balanced"}, {"hidden", "3"}}),
                    Contains("hidden units"));
}

TEST_CASE("the same seed gives the same bits, another seed others", "[property]") {
  const Overrides short_run{{"steps", "200"}};
  const CollectedRun a = collect("deep-linear", short_run), b = collect("deep-linear", short_run);
  CHECK(a.losses == b.losses);
  CHECK(a.signals.at("shc") == b.signals.at("shc"));
  CHECK(a.top_modes == b.top_modes);
  CHECK(collect("deep-linear", {{"steps", "200"}, {"seed", "2"}}).losses != a.losses);
}

TEST_CASE("training that leaves the finite numbers says where", "[unit]") {
  CHECK_THROWS_AS(collect("deep-linear", {{"learning_rate", "1000"}, {"init_sd", "1"}}), DivergedError);
  CHECK_THROWS_WITH(collect("deep-linear", {{"learning_rate", "1000"}, {"init_sd", "1"}}),
                    Contains("diverged at step") && Contains("learning_rate"));
  // Between two recordings the weights become infinite, and have no singular values.
  CHECK_THROWS_AS(collect("deep-linear", {{"learning_rate", "3"}, {"every", "10"}}), DivergedError);
}
