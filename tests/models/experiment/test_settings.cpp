/// Every setting that has parameters: it learns what it says, and its landscape is its probe losses.

#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>

#include "engine/io/file.hpp"
#include "models/settings/registry.hpp"
#include "rdm/proposition/distances.hpp"
#include "tests/support/collected_run.hpp"
#include "tests/support/small_text.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace premelt;
using namespace premelt::test;

TEST_CASE("a setting's landscape gives its own probe losses and follows its training", "[unit]") {
  const TemporaryDirectory directory;
  write_file(directory / "text", small_text());
  std::size_t with_parameters = 0;
  for (const Setting& setting : settings()) {
    for (const char* dtype : {"float32", "float64"}) {
      Overrides overrides{{"dtype", dtype}};
      if (setting.parameters.contains("quick")) overrides.emplace_back("quick", "true");
      if (setting.name == "text") overrides.emplace_back("data", directory / "text");
      const auto experiment = setting.make(with(setting.name, overrides));
      const auto landscape = experiment->landscape();
      if (landscape == nullptr) continue;
      ++with_parameters;
      for (int step = 0; step < 5; ++step) experiment->step();
      const Tensor<double> theta = experiment->position();
      REQUIRE(theta.size() == landscape->parameters());
      REQUIRE(landscape->probes() == experiment->probe_blocks().size());
      Tensor<double> own(Shape{landscape->probes()}), seen(own.shape());
      experiment->probe_losses(own.flat());
      landscape->losses(theta.flat(), seen.flat());
      INFO(setting.name << " " << dtype);
      CHECK(relative_error(seen, own) <= (std::string(dtype) == "float32" ? 1e-5 : 1e-14));
      experiment->step();
      CHECK(relative_error(experiment->position(), theta) > 0);  // the position is a copy
    }
  }
  CHECK(with_parameters == 18);
}

TEST_CASE("the landscapes of transformers are differentiable in every direction", "[unit]") {
  const TemporaryDirectory directory;
  write_file(directory / "text", small_text());
  for (const auto& [name, overrides] :
       {std::pair<std::string, Overrides>{"misalignment", {{"pretraining_steps", "100"}}},
        {"text",
         {{"quick", "true"},
          {"data", directory / "text"},
          {"length", "8"},
          {"width", "8"},
          {"hidden", "16"}}}}) {
    const auto experiment = find_setting(name).make(with(name, overrides));
    for (int step = 0; step < 20; ++step) experiment->step();
    const auto landscape = experiment->landscape();
    const Tensor<double> theta = experiment->position();
    Rng rng(4, "direction");
    const Tensor<double> v = normal_tensor<double>(theta.shape(), rng);
    const std::size_t n = landscape->probes(), p = theta.size();
    Tensor<double> ahead(Shape{n}), behind(Shape{n}), slope(Shape{n}), product(Shape{n});
    const double h = 1e-4;
    for (const auto& [losses, sign] : {std::pair{&ahead, h}, {&behind, -h}}) {
      Tensor<double> moved = theta.clone();
      for (std::size_t k = 0; k < p; ++k) moved(k) += sign * v(k);
      landscape->losses(moved.flat(), losses->flat());
    }
    const Tensor<double> jacobian = landscape->jacobian(theta.flat());
    for (std::size_t i = 0; i < n; ++i) {
      slope(i) = (ahead(i) - behind(i)) / (2 * h);
      product(i) = std::inner_product(v.flat().begin(), v.flat().end(), jacobian.row(i).begin(), 0.0);
    }
    INFO(name);
    CHECK(relative_error(product, slope) <= 1e-4);
    const Tensor<double> curvatures = landscape->hessian_products(theta.flat(), v.flat());
    Rng other(5, "direction");
    const Tensor<double> u = normal_tensor<double>(theta.shape(), other);
    const Tensor<double> mirrored = landscape->hessian_products(theta.flat(), u.flat());
    for (std::size_t i = 0; i < n; ++i) {  // uᵀHv = vᵀHu
      slope(i) = std::inner_product(u.flat().begin(), u.flat().end(), curvatures.row(i).begin(), 0.0);
      product(i) = std::inner_product(v.flat().begin(), v.flat().end(), mirrored.row(i).begin(), 0.0);
    }
    CHECK(relative_error(product, slope) <= 1e-9);
  }
}

TEST_CASE("replicas share a past and part afterwards", "[unit]") {
  for (const char* name : {"deep-linear", "tanh-mlp", "tiny-lookup", "induction", "misalignment"}) {
    const auto after = [&](std::uint64_t replica) {
      const auto experiment = find_setting(name).make(with(name, {}));
      for (int step = 0; step < 3; ++step) experiment->step();
      experiment->reseed(replica);
      experiment->step();
      return experiment->position();
    };
    const Tensor<double> first = after(0);
    CHECK(relative_error(after(0), first) == 0);
    CHECK(relative_error(after(1), first) > 0);
    CHECK(relative_error(after(1), first) < 0.5);
  }
}

TEST_CASE("tanh-mlp and tiny-lookup learn; quadratic losses only drift", "[unit]") {
  const CollectedRun network = collect("tanh-mlp", {{"steps", "2000"}, {"every", "20"}});
  CHECK(network.order.at("accuracy").back() >= 0.85);
  const CollectedRun lookup = collect("tiny-lookup", {{"steps", "600"}, {"every", "20"}});
  CHECK(lookup.order.at("accuracy").front() <= 0.3);
  CHECK(lookup.order.at("accuracy").back() >= 0.95);
  const CollectedRun quadratic = collect("quadratic", {{"steps", "100"}});
  CHECK(quadratic.order.at("distance").front() == 0);
  CHECK(quadratic.order.at("distance").back() > 0.05);
}
