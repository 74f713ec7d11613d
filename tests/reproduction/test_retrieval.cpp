/// Does the top eigenvector name the probes that take part, better than asking which losses changed most?

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <functional>

#include "models/settings/registry.hpp"
#include "rdm/window/statistics.hpp"
#include "tests/reproduction/measured.hpp"
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

/// Medians over seeds, for a group and the recording at which to look in each run.
struct Question {
  std::string group;
  std::function<std::size_t(const RunTrace&)> when;
  std::vector<double> eigenvector = {}, change = {};
};

/// Asks every question of one run a seed.
void retrieve_all(const std::string& setting, const Overrides& overrides, std::size_t window,
                  std::vector<Question>& questions) {
  for (int seed = first_seed; seed < first_seed + seeds; ++seed) {
    Overrides all = overrides;
    all.emplace_back("seed", std::to_string(seed));
    const auto blocks = find_setting(setting).make(with(setting, all))->probe_blocks();
    const RunTrace run = trace(setting, overrides, seed);
    for (Question& question : questions) {
      const Retrieval found = retrieve(run, blocks, question.group, question.when(run), window);
      question.eigenvector.push_back(found.eigenvector);
      question.change.push_back(found.change);
    }
  }
}

}  // namespace

TEST_CASE(
    "retrieval: at a critical point the top eigenvector names the probes that take part, loss changes do not",
    "[reproduction]") {
  std::vector<Question> questions{{"coupled", [](const RunTrace&) { return std::size_t{2667}; }}};
  retrieve_all("pitchfork", {{"signs", "balanced"}}, 200, questions);
  Measured measured("retrieval/pitchfork");
  measured("eigenvector", questions[0].eigenvector);
  measured("change", questions[0].change);
  CHECK(median(questions[0].eigenvector) >= 0.95);
  CHECK(median(questions[0].eigenvector) > median(questions[0].change));
}

TEST_CASE("retrieval: where losses fall, the loss change names them as well", "[reproduction]") {
  std::vector<Question> questions;
  for (std::size_t k = 0; k < 4; ++k) {
    const double half = std::array{2.0, 1.0, 0.5, 0.25}[k];
    questions.push_back({"mode" + std::to_string(k + 1), [k, half](const RunTrace& run) {
                           const auto& s = run.order[k];
                           return static_cast<std::size_t>(
                               std::ranges::find_if(s, [&](double x) { return x >= half; }) - s.begin());
                         }});
  }
  retrieve_all("deep-linear", {{"probe_kind", "grouped"}}, 20, questions);
  Measured measured("retrieval/deep_linear");
  for (const Question& question : questions) {
    measured(question.group + "/eigenvector", question.eigenvector);
    measured(question.group + "/change", question.change);
    CHECK(median(question.eigenvector) >= 0.98);
    CHECK(median(question.change) >= 0.98);
  }
}
