#include "cli/comparison_json.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/blas.hpp"
#include "rdm/run_writer.hpp"

namespace premelt::cli {

namespace {

using Json = nlohmann::json;

constexpr std::size_t max_rows = 64;

Json contract(const GaussianComparison& g) {
  return {{"sigma", g.sigma},
          {"draws", g.draws},
          {"error_order1", json_number(g.agreement.error)},
          {"error_order2", json_number(g.error_order2)},
          {"mc_error", json_number(g.mc_error)},
          {"shc", json_number(g.agreement.shc)},
          {"pr", json_number(g.agreement.pr)},
          {"shc_linear", json_number(g.agreement.shc_linear)},
          {"pr_linear", json_number(g.agreement.pr_linear)},
          {"top_overlap", json_number(g.agreement.top_overlap)}};
}

Json contract(const Agreement& a) {
  return {{"error", json_number(a.error)},
          {"shc", json_number(a.shc)},
          {"pr", json_number(a.pr)},
          {"top_overlap", json_number(a.top_overlap)}};
}

Json contract(const DynamicalComparison& d) {
  Json json = contract(d.agreement);
  json["window"] = d.window;
  return json;
}

Json contract(const SgldComparison& s) {
  Json json = contract(s.agreement);
  json.update({{"llc", json_number(s.result.llc)},
               {"llc_error", json_number(s.result.llc_error)},
               {"effective_draws", json_number(s.result.effective_draws)},
               {"draws", s.result.trace.size()},
               {"acceptance", json_number(s.result.acceptance)},
               {"step_size", s.options.step},
               {"localisation", s.options.localisation},
               {"beta", s.options.beta}});
  return json;
}

Json numbers(std::span<const double> values) {
  Json list = Json::array();
  for (double value : values) list.push_back(json_number(value));
  return list;
}

/// The probes of every picture, in the order in which they are shown.
using Order = std::vector<std::size_t>;

/// Means over neighbouring rows and columns.
Json matrix(const Tensor<double>& m, const Order& order) {
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

/// A covariance to be drawn, divided by its trace.
Json picture(const std::string& name, const Tensor<double>& c, const Order& order) {
  const double trace = matrix_moments(c).trace;
  Tensor<double> unit(c.shape());
  std::ranges::transform(c.flat(), unit.data(), [trace](double x) { return x / trace; });
  return {{"name", name},
          {"trace", json_number(trace)},
          {"spectrum", numbers(blas::symmetric_eigenvalues(unit).flat())},
          {"matrix", matrix(unit, order)}};
}

void add_pictures(Json& list, const std::string& name, const Agreement& a, const Order& order) {
  if (!a.covariance.empty()) list.push_back(picture(name, a.covariance, order));
  if (!a.linear.empty()) list.push_back(picture(name + ": GΣGᵀ", a.linear, order));
}

Json page_step(const StepComparison& s, const Order& order) {
  Json step{
      {"step", s.step}, {"sigma", Json::array()}, {"pictures", Json::array()}, {"windows", Json::array()}};
  for (const GaussianComparison& g : s.gaussian) {
    Json entry = contract(g);
    entry.update({{"shc_error", json_number(g.shc_error)},
                  {"pr_error", json_number(g.pr_error)},
                  {"overlap_error", json_number(g.overlap_error)},
                  {"odd_share", json_number(g.odd_share)},
                  {"angles", numbers(g.agreement.angles)}});
    step["sigma"].push_back(entry);
  }
  if (!s.gaussian.empty()) {
    const GaussianComparison& g = s.gaussian[s.gaussian.size() / 2];
    add_pictures(step["pictures"], "gaussian", g.agreement, order);
    if (!g.second.empty()) step["pictures"].push_back(picture("gaussian: second order", g.second, order));
    step["picture_sigma"] = g.sigma;
  }
  if (s.dynamical) {
    step["dynamical"] = contract(*s.dynamical);
    add_pictures(step["pictures"], "dynamical", s.dynamical->agreement, order);
    for (const auto& [window, error] : s.dynamical->by_window) {
      step["windows"].push_back({{"window", window}, {"error", json_number(error)}});
    }
  }
  if (s.replica) {
    step["replica"] = contract(*s.replica);
    add_pictures(step["pictures"], "replica", *s.replica, order);
  }
  if (s.sgld) {
    step["sgld"] = contract(*s.sgld);
    step["sgld"]["trace"] = numbers(s.sgld->result.trace);
    step["pictures"].push_back(picture("sgld", s.sgld->agreement.covariance, order));
  }
  return step;
}

}  // namespace

Json result_json(const std::string& directory, const std::vector<StepComparison>& steps) {
  Json list = Json::array();
  for (const StepComparison& s : steps) {
    Json step{{"step", s.step}, {"sigma", Json::array()}, {"dynamical", nullptr}};
    for (const GaussianComparison& g : s.gaussian) step["sigma"].push_back(contract(g));
    if (s.dynamical) step["dynamical"] = contract(*s.dynamical);
    if (s.replica) step["replica"] = contract(*s.replica);
    if (s.sgld) step["sgld"] = contract(*s.sgld);
    list.push_back(step);
  }
  return {{"dir", directory}, {"steps", list}};
}

Json page_json(const std::vector<StepComparison>& steps, const std::vector<Glance>& course,
               const Order& order) {
  Json list = Json::array(), glances = Json::array();
  for (const StepComparison& s : steps) list.push_back(page_step(s, order));
  for (const Glance& g : course) {
    glances.push_back({{"step", g.step},
                       {"shc_gaussian", json_number(g.shc_gaussian)},
                       {"pr_gaussian", json_number(g.pr_gaussian)},
                       {"shc_linear", json_number(g.shc_linear)},
                       {"pr_linear", json_number(g.pr_linear)},
                       {"shc_dynamical", json_number(g.shc_dynamical)},
                       {"pr_dynamical", json_number(g.pr_dynamical)}});
  }
  return {{"steps", list}, {"course", glances}};
}

}  // namespace premelt::cli
