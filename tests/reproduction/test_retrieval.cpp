/// Does the top eigenvector name the probes that take part, better than asking which losses changed most?

#include <algorithm>
#include <catch2/catch.hpp>
#include <iostream>

#include "rdm/statistics.hpp"
#include "tests/reproduction/traces.hpp"

using namespace premelt;
using namespace premelt::test;

namespace {

constexpr int first_seed = 200, seeds = 30;

struct Retrieval {
  double eigenvector, change;  ///< AUC of |v1| and of |loss difference across the window| for the group
};

/// In the window whose newest recording is `newest`, for the probes of block `group`.
Retrieval retrieve(const RunTrace& run, const std::vector<std::string>& blocks, const std::string& group,
                   std::size_t newest, std::size_t window) {
  LossWindow losses(blocks.size(), window);
  for (std::size_t t = newest + 1 - window; t <= newest; ++t) losses.push(run.losses.row(t));
  const Tensor<double> modes = spectrum(losses, 1).modes;
  std::vector<double> in_mode, out_mode, in_change, out_change;
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    const bool inside = blocks[i] == group;
    (inside ? in_mode : out_mode).push_back(std::abs(modes(0, i)));
    (inside ? in_change : out_change).push_back(std::abs(losses.row(window - 1)[i] - losses.row(0)[i]));
  }
  return {auc(in_mode, out_mode), auc(in_change, out_change)};
}

/// Medians over seeds.
template <class When>
Retrieval median_retrieval(const std::string& setting, const Overrides& overrides, const std::string& group,
                           std::size_t window, When when) {
  std::vector<double> eigenvector, change;
  for (int seed = first_seed; seed < first_seed + seeds; ++seed) {
    Overrides all = overrides;
    all.emplace_back("seed", std::to_string(seed));
    const auto blocks = find_setting(setting).make(with(setting, all))->probe_blocks();
    const RunTrace run = trace(setting, overrides, seed);
    const Retrieval found = retrieve(run, blocks, group, when(run), window);
    eigenvector.push_back(found.eigenvector);
    change.push_back(found.change);
  }
  return {median(eigenvector), median(change)};
}

}  // namespace

TEST_CASE("retrieval: the top eigenvector names the probes that take part", "[reproduction]") {
  const auto at = [](std::size_t step) { return [step](const RunTrace&) { return step; }; };
  const auto print = [](const char* what, const Retrieval& found) {
    std::cout << what << ": AUC of |v1| " << found.eigenvector << ", of the loss change " << found.change
              << "\n";
  };
  // Just before the critical point, where the coordinate wanders and the means do not move.
  const Retrieval toy = median_retrieval("pitchfork", {{"signs", "balanced"}}, "coupled", 200, at(2667));
  print("pitchfork, balanced, at the critical point", toy);
  CHECK(toy.eigenvector >= 0.95);
  CHECK(toy.eigenvector > toy.change);
  for (std::size_t k = 0; k < 4; ++k) {
    const std::vector<double> strengths{4, 2, 1, 0.5};
    const auto half = [&](const RunTrace& run) {
      return static_cast<std::size_t>(
          std::ranges::find_if(run.order[k], [&](double s) { return s >= strengths[k] / 2; }) -
          run.order[k].begin());
    };
    const std::string group = "mode" + std::to_string(k + 1);
    const Retrieval found = median_retrieval("deep-linear", {{"probe_kind", "grouped"}}, group, 20, half);
    print(("deep-linear, grouped probes, " + group + " at half").c_str(), found);
    CHECK(found.eigenvector >= 0.98);
  }
}
