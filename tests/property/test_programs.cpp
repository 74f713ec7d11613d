/// Random programs against four oracles. Run by hand, other programs every time:
/// RC_PARAMS="max_success=10000".

#include <rapidcheck.h>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/gradient/derivatives.hpp"
#include "engine/gradient/gradcheck.hpp"
#include "engine/gradient/gradient.hpp"
#include "engine/gradient/per_sample.hpp"
#include "engine/ops/ops.hpp"
#include "engine/tensor/error.hpp"
#include "program.hpp"
#include "tests/support/worst.hpp"

using namespace premelt;
using namespace premelt::testing;
using premelt::test::worse_of;

namespace {

template <class T>
std::vector<Var<T>> leaves(Tape<T>& tape, const Program& program) {
  std::vector<Var<T>> result;
  for (const Tensor<double>& parameter : program.parameters)
    result.push_back(tape.variable(cast<T>(parameter)));
  return result;
}

/// The largest |a - b| relative to the largest |b| of all tensors, or to 1; NaN when anything is.
template <class A, class B>
double difference(const std::vector<Var<A>>& a, const std::vector<Var<B>>& b) {
  double worst = 0, scale = 1;
  for (std::size_t i = 0; i < b.size(); ++i) {
    if (a[i].shape() != b[i].shape()) return HUGE_VAL;
    for (std::size_t j = 0; j < b[i].value().size(); ++j) {
      const double x = static_cast<double>(a[i].value().data()[j]),
                   y = static_cast<double>(b[i].value().data()[j]);
      worst = worse_of(worst, std::abs(x - y));
      scale = std::max(scale, std::abs(y));
    }
  }
  return worst / scale;
}

/// Fails, with the program, unless `error` is at most `tolerance`.
void expect(const Program& program, const std::string& what, double error, double tolerance) {
  if (error <= tolerance) return;
  std::ostringstream text;
  text << what << ": " << error << " > " << tolerance << "\n" << to_string(program);
  RC_FAIL(text.str());
}

/// Checks a property of random programs of 1 to 6 samples: a number of samples that equals other extents is
/// what has gone wrong before.
template <class Property>
bool holds(const std::string& what, Property property) {
  return rc::check(what, [&](const std::vector<Instruction>& instructions) {
    const std::size_t samples = *rc::gen::inRange<std::size_t>(1, 7);
    property(make_program(samples, instructions));
  });
}

using Vars = std::vector<Var<double>>;

Vars sample_by_sample(const Var<double>& losses, const Vars& theta) {
  Vars rows;
  try {
    for (const Tensor<double>& block : per_sample_gradients(losses, theta)) rows.emplace_back(block);
  } catch (const ShapeError& error) {
    // A parameter with a row for each sample is refused; such programs are drawn anew.
    RC_PRE(std::string(error.what()).find("that all samples share") == std::string::npos);
    throw;
  }
  return rows;
}

/// The same by a plain backward pass for each loss.
Vars one_by_one(const Var<double>& losses, const Vars& theta) {
  const std::size_t n = losses.shape()[0];
  std::vector<Tensor<double>> blocks;
  for (std::size_t i = 0; i < n; ++i) {
    Tensor<double> unit(Shape{n}, 0.0);
    unit(i) = 1;
    const Vars row = gradient(losses, theta, {.cotangent = Var<double>(unit)});
    for (std::size_t k = 0; k < theta.size(); ++k) {
      const auto numbers = row[k].value().flat();
      if (i == 0) {
        Shape shape{n};
        for (std::size_t extent : theta[k].shape()) shape.push_back(extent);
        blocks.emplace_back(shape);
      }
      std::ranges::copy(numbers, blocks[k].data() + i * numbers.size());
    }
  }
  return {blocks.begin(), blocks.end()};
}

}  // namespace

TEST_CASE("random programs: backward agrees with central differences to second order", "[property]") {
  CHECK(holds("derivatives", [](const Program& program) {
    const auto f = [&](const std::vector<Var<double>>& theta) { return objective(program, theta); };
    // Differences see nothing below the rounding of the value.
    const Vars constants(program.parameters.begin(), program.parameters.end());
    RC_PRE(std::abs(f(constants).value().item()) < 1e5);
    const auto report = [&](double step) {
      return gradcheck(f, program.parameters, {.order = 2, .directions = 1, .step = step, .floor = 1e-2});
    };
    // The longer step resolves better; where a program is too bent for it, the shorter one must do.
    const GradcheckReport far = report(3e-4);
    if (!far.within(1e-6)) expect(program, to_string(far), report(2e-5).error, 1e-6);
  }));
}

TEST_CASE("random programs: recorded gradients are the plain ones", "[property]") {
  CHECK(holds("recorded gradients", [](const Program& program) {
    Tape<double> tape;
    const auto theta = leaves(tape, program);
    const Var<double> s = objective(program, theta);
    expect(program, "recorded - plain",
           difference(gradient(s, theta, {.create_graph = true}), gradient(s, theta)), 1e-12);
  }));
}

TEST_CASE("random programs: per-sample gradients are those of a loop", "[property]") {
  CHECK(holds("per-sample gradients", [](const Program& program) {
    Tape<double> tape;
    const auto theta = leaves(tape, program);
    // The last term, for programs whose losses depend on no parameter.
    const Var<double> all = losses(program, theta) + sum(matmul(run(program, theta)[4], theta[3]), 1);
    const std::vector<Var<double>> rows = sample_by_sample(all, theta), loop = one_by_one(all, theta);
    expect(program, "per sample - loop", difference(rows, loop), 1e-11);
    const Var<double> g = per_sample_jacobian(all, theta);
    expect(program, "Gram - G G^T",
           difference<double, double>({per_sample_gram(all, theta)}, {matmul_nt(g, g)}), 1e-11);
  }));
}

TEST_CASE("random programs: float agrees with double", "[property]") {
  CHECK(holds("element types", [](const Program& program) {
    Tape<double> wide;
    Tape<float> narrow;
    const auto theta = leaves(wide, program);
    const auto small = leaves(narrow, program);
    expect(program, "values", difference(run(program, small), run(program, theta)), 1e-4);
    expect(program, "gradients",
           difference(gradient(objective(program, small), small), gradient(objective(program, theta), theta)),
           1e-3);
  }));
}

// For check_with_torch.py: one JSON line a program, with its values, gradients and Hessian-vector products.
TEST_CASE("write random programs and our results", "[.][torch]") {
  const char* path = std::getenv("PREMELT_PROGRAMS");
  REQUIRE(path != nullptr);
  std::ofstream out(path);
  const auto numbers = [](const std::vector<Var<double>>& tensors) {
    std::vector<std::vector<double>> lists;
    for (const Var<double>& x : tensors) lists.emplace_back(x.value().flat().begin(), x.value().flat().end());
    return lists;
  };
  CHECK(holds("written", [&](const Program& program) {
    Tape<double> tape;
    const auto theta = leaves(tape, program);
    const Var<double> s = objective(program, theta);
    auto json = nlohmann::json::parse(to_json(program));
    json["values"] = numbers(run(program, theta));
    json["objective"] = s.item();
    json["gradients"] = numbers(gradient(s, theta));
    json["products"] = numbers(hvp(s, theta, {program.parameters.begin(), program.parameters.end()}));  // H·θ
    out << json.dump() << "\n";
  }));
  out.close();
  REQUIRE(out);
}
