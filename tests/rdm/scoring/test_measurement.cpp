#include "rdm/scoring/measurement.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "rdm/scoring/curvature.hpp"
#include "rdm/scoring/detectors.hpp"
#include "rdm/scoring/weight_path.hpp"
#include "tests/rdm/samplers/landscapes.hpp"

using namespace premelt;
using namespace premelt::test;

TEST_CASE("a run is measured at every recording, at great cost at every tenth", "[unit]") {
  const ModelCase model = tanh_network();
  Measurer cheap(false, 1), all(true, 1);
  Rng rng(4, "path");
  std::vector<std::vector<double>> path;
  for (int t = 0; t < 12; ++t) {
    path.emplace_back(model.theta.flat().begin(), model.theta.flat().end());
    for (double& x : path.back()) x += 0.05 * rng.normal();
    const MeasuringPoint point{*model.landscape, *model.landscape, path.back(), 0.1};
    cheap.measure(point);
    all.measure(point);
  }
  std::size_t columns = 0;
  for (const Measurement& row : measurements()) {
    for (const MeasuredColumn& column : row.columns) {
      INFO(column.name);
      ++columns;
      CHECK(cheap.columns().contains(column.name) == !row.costly);
      const std::vector<double>& values = all.columns().at(column.name);
      REQUIRE(values.size() == 12);
      CHECK(std::ranges::all_of(values, [](double x) { return std::isfinite(x); }));
      CHECK((values[0] == values[9]) == row.costly);
      CHECK(values[10] != values[9]);
      CHECK((values[10] == values[11]) == row.costly);
    }
  }
  CHECK(all.columns().size() == columns);
  CHECK(cheap.columns().at("noise_scale")[3] == noise_scale(model.landscape->gram(path[3])));
}

TEST_CASE("a measured column is a detector; one that is not measured is named as unavailable", "[unit]") {
  constexpr std::size_t recordings = 20, window = 5;
  RunTrace run;
  Rng rng(3, "losses");
  run.losses = normal_tensor<double>(Shape{recordings, 3}, rng);
  UpdateProducts products(window);
  for (std::size_t t = 0; t < recordings; ++t) {
    run.steps.push_back(static_cast<std::int64_t>(t));
    run.weight_norm.push_back(std::exp(0.1 * static_cast<double>(t)));
    run.measured["sharpness"].push_back(static_cast<double>(t * t));
    products.add(std::vector<double>{rng.normal(), rng.normal(), rng.normal()});
  }
  const DetectorSeries before = detector_series(run, {window});
  CHECK(before.column("sharpness").back() == 19 * 19);
  CHECK(before.column("sharpness").front() == 4 * 4);
  for (const char* missing :
       {"noise_scale", "kernel_shc", "first_passage", "spectral_edge", "gradient_norm"}) {
    INFO(missing);
    CHECK(std::ranges::count(before.unavailable, missing) == 1);
    CHECK(std::ranges::count(before.names, missing) == 0);
  }
  run.update_products = products.rows();
  const DetectorSeries after = detector_series(run, {.window = window, .passage_level = 5.0});
  CHECK(after.column("first_passage").back() == Approx(19 - 25).epsilon(1e-9));
  CHECK(after.column("spectral_edge").back() == spectral_edge(update_gram(products.rows(), 19, window)));
  // Windows of more updates than were kept have no Gram.
  CHECK(std::ranges::count(detector_series(run, {window + 1}).unavailable, "spectral_edge") == 1);
}
