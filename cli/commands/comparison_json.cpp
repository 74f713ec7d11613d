#include "cli/commands/comparison_json.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <variant>

#include "cli/runs/run_info.hpp"
#include "cli/terminal/provenance.hpp"
#include "engine/linalg/blas.hpp"
#include "rdm/io/run_writer.hpp"

namespace premelt::cli {

namespace {

using Json = nlohmann::json;

constexpr std::size_t max_rows = 64;
/// The list of a sampler that draws once for every sigma.
constexpr const char* by_sigma = "sigma";

/// NAME and NAME_error, one standard error; where the value does not stand out from sampling noise,
/// NAME_below.
void put(Json& json, const std::string& name, const Measured& measured) {
  json[name] = json_number(measured.value);
  json[name + "_error"] = json_number(measured.error);
  if (!std::isnan(measured.below)) json[name + "_below"] = json_number(measured.below);
}

Json values_of(const std::vector<Measured>& list) {
  Json values = Json::array();
  for (const Measured& measured : list) values.push_back(json_number(measured.value));
  return values;
}

Json errors_of(const std::vector<Measured>& list) {
  Json errors = Json::array();
  for (const Measured& measured : list) errors.push_back(json_number(measured.error));
  return errors;
}

Json contract(const Agreement& a, const std::string& error = "error") {
  Json json;
  put(json, error, a.error);
  put(json, "shc", a.own.shc);
  put(json, "pr", a.own.pr);
  put(json, "shc_linear", a.linear.shc);
  put(json, "pr_linear", a.linear.pr);
  put(json, "shc_ratio", a.shc_ratio);
  put(json, "pr_ratio", a.pr_ratio);
  put(json, "top_overlap", a.top_overlap);
  json["mc_error"] = json_number(a.mc_error);
  json["angles"] = values_of(a.angles);
  json["angles_error"] = errors_of(a.angles);
  return json;
}

Json contract(const Sampler& sampler, const Comparison& c) {
  Json json = contract(c.agreement, sampler.each_sigma ? "error_order1" : "error");
  if (sampler.each_sigma) {
    put(json, "error_order2", c.error_order2.measured);
    json["sigma"] = c.sigma;
  }
  for (const auto& [name, value] : c.extras) {
    const auto* count = std::get_if<std::size_t>(&value);
    json[name] = count != nullptr ? Json(*count) : json_number(std::get<double>(value));
  }
  return json;
}

/// Of the errors in sigma, whose draws are the same at every one.
Json slopes(const std::vector<Comparison>& all) {
  Json json{{"draws", "shared by all sigma"}};
  put(json, "order1", slope_in_sigma(all, &Comparison::error_order1));
  put(json, "order2", slope_in_sigma(all, &Comparison::error_order2));
  return json;
}

/// Adds what a sampler found: a list by sigma with the slopes, or an object of its own name.
void add(Json& step, const SamplerComparison& found) {
  for (const Comparison& c : found.all) {
    Json json = contract(*found.sampler, c);
    if (found.sampler->each_sigma) {
      step[by_sigma].push_back(std::move(json));
    } else {
      step[found.sampler->name] = std::move(json);
    }
  }
  if (found.all.size() > 1) step["slopes"] = slopes(found.all);
}

Json numbers(std::span<const double> values) {
  Json list = Json::array();
  for (double value : values) list.push_back(json_number(value));
  return list;
}

/// The probes, those of one block together.
std::vector<std::size_t> by_block(const Blocks& blocks) {
  std::vector<std::size_t> order;
  for (std::size_t b = 0; b < blocks.size(); ++b) {
    for (std::size_t i : blocks.members(b)) order.push_back(i);
  }
  return order;
}

/// Means over neighbouring rows and columns.
Json matrix(const Tensor<double>& m, const std::vector<std::size_t>& order) {
  const std::size_t n = m.shape()[0], cells = std::min(n, max_rows);
  const auto begin = [&](std::size_t cell) { return cell * n / cells; };
  Json rows = Json::array();
  for (std::size_t a = 0; a < cells; ++a) {
    std::vector<double> row(cells, 0.0);
    for (std::size_t b = 0; b < cells; ++b) {
      for (std::size_t i = begin(a); i < begin(a + 1); ++i) {
        for (std::size_t j = begin(b); j < begin(b + 1); ++j) row[b] += m(order[i], order[j]);
      }
      row[b] /= static_cast<double>((begin(a + 1) - begin(a)) * (begin(b + 1) - begin(b)));
    }
    rows.push_back(numbers(row));
  }
  return rows;
}

/// Adds a covariance to be drawn, divided by its trace, and how its energy divides among the blocks. One that
/// could not be made, or in which nothing moves, has no picture.
void add_picture(Json& list, const std::string& name, const CovarianceSummary& summary,
                 const Blocks& blocks) {
  const Tensor<double>& c = summary.covariance;
  const double trace = c.empty() ? 0 : matrix_moments(c).trace;
  if (!std::isfinite(1 / trace)) return;
  Tensor<double> unit(c.shape());
  std::ranges::transform(c.flat(), unit.data(), [trace](double x) { return x / trace; });
  Json json{{"name", name},
            {"trace", json_number(trace)},
            {"spectrum", numbers(blas::symmetric_eigenvalues(unit).flat())},
            {"matrix", matrix(unit, by_block(blocks))},
            {"energy", values_of(summary.energy)},
            {"energy_error", errors_of(summary.energy)},
            {"top_share", values_of(summary.top_share)},
            {"top_share_error", errors_of(summary.top_share)},
            {"couplings", numbers(block_couplings(c, blocks).flat())}};
  put(json, "within", summary.within);
  list.push_back(std::move(json));
}

void add_pictures(Json& list, const std::string& name, const Comparison& c, const Blocks& blocks) {
  add_picture(list, name, c.agreement.own, blocks);
  if (!c.linear_is_reference) add_picture(list, name + ": GΣGᵀ", c.agreement.linear, blocks);
  add_picture(list, name + ": second order", c.second, blocks);
}

Json page_step(const StepComparison& s, const Blocks& blocks) {
  Json step{
      {"step", s.step}, {by_sigma, Json::array()}, {"pictures", Json::array()}, {"windows", Json::array()}};
  for (const SamplerComparison& found : s.samplers) {
    add(step, found);
    const Comparison& shown = found.middle();
    const std::string& name = found.sampler->name;
    add_pictures(step["pictures"], name, shown, blocks);
    if (found.sampler->each_sigma) step["picture_sigma"] = shown.sigma;
    for (const auto& [window, error] : shown.by_window)
      step["windows"].push_back({{"window", window}, {"error", json_number(error)}});
    if (!shown.trace.empty()) step[name]["trace"] = numbers(shown.trace);
  }
  return step;
}

/// How many probes each block has.
Json block_sizes(const Blocks& blocks) {
  Json list = Json::array();
  for (std::size_t b = 0; b < blocks.size(); ++b) list.push_back(blocks.members(b).size());
  return list;
}

}  // namespace

Json result_json(const std::string& directory, const std::vector<StepComparison>& steps) {
  Json list = Json::array();
  for (const StepComparison& s : steps) {
    Json step{{"step", s.step}, {by_sigma, Json::array()}};
    for (const Sampler& sampler : samplers()) {
      if (sampler.by_default && !sampler.each_sigma) step[sampler.name] = nullptr;
    }
    for (const SamplerComparison& found : s.samplers) add(step, found);
    list.push_back(step);
  }
  return {{"dir", directory}, {"steps", list}};
}

Json page_json(const Plan& plan, const Walk& walk, std::size_t threads,
               const std::vector<StepComparison>& steps, const std::vector<Glance>& course) {
  const Blocks blocks(walk.experiment().probe_blocks());
  Json list = Json::array(), glances = Json::array();
  for (const StepComparison& s : steps) list.push_back(page_step(s, blocks));
  for (const Glance& g : course) {
    glances.push_back({{"step", g.step},
                       {"shc_gaussian", json_number(g.shc_gaussian)},
                       {"pr_gaussian", json_number(g.pr_gaussian)},
                       {"shc_linear", json_number(g.shc_linear)},
                       {"pr_linear", json_number(g.pr_linear)},
                       {"shc_dynamical", json_number(g.shc_dynamical)},
                       {"pr_dynamical", json_number(g.pr_dynamical)}});
  }
  return {{"kind", "compare"},
          {"setting", plan.setting->name},
          {"title", "Prop. 2.1 on " + plan.setting->name},
          {"subtitle", plan.setting->summary + ", seed " + std::to_string(plan.parameters.integer("seed"))},
          {"probes", walk.landscape().probes()},
          {"count", walk.landscape().parameters()},
          {"window", walk.window()},
          {"threads", threads},
          {"parameters", to_json(plan.parameters)},
          {"build", build_provenance()},
          {"blocks", blocks.names()},
          {"block_sizes", block_sizes(blocks)},
          {"course", glances},
          {"steps", list}};
}

}  // namespace premelt::cli
