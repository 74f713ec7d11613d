#include "models/tasks/linear_task.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/linalg/blas.hpp"
#include "engine/tensor/error.hpp"
#include "models/tasks/table_data.hpp"

namespace premelt {

namespace {

std::string mode_name(std::size_t k) {
  return "mode" + std::to_string(k + 1);
}

/// X·A for X (N,p) and A (p,q), or X·Aᵀ for A (q,p).
Tensor<double> product(const Tensor<double>& x, const Tensor<double>& a, blas::Transpose transpose) {
  const std::size_t rows = x.shape()[0], inner = x.shape()[1],
                    columns = a.shape()[transpose == blas::Transpose::no ? 1 : 0];
  Tensor<double> result(Shape{rows, columns});
  blas::gemm(blas::Transpose::no, transpose, rows, columns, inner, 1.0, x.data(), inner, a.data(),
             a.shape()[1], 0.0, result.data(), columns);
  return result;
}

Tensor<double> rows_of(const Tensor<double>& matrix, const std::vector<std::size_t>& rows) {
  Tensor<double> picked(Shape{rows.size(), matrix.shape()[1]});
  for (std::size_t i = 0; i < rows.size(); ++i) std::ranges::copy(matrix.row(rows[i]), picked.row(i).begin());
  return picked;
}

/// The mode with the largest |v_k·x| of each row of `inputs`.
std::vector<std::string> dominant_modes(const Tensor<double>& inputs, const Teacher& teacher) {
  const Tensor<double> overlaps = product(inputs, teacher.right, blas::Transpose::yes);
  std::vector<std::string> names;
  for (std::size_t i = 0; i < inputs.shape()[0]; ++i) {
    const auto row = overlaps.row(i);
    const auto largest = std::ranges::max_element(row, {}, [](double x) { return std::abs(x); });
    names.push_back(mode_name(static_cast<std::size_t>(largest - row.begin())));
  }
  return names;
}

/// How many of the modes can be learnt under `control`: "none" all, "modeK" the first K-1.
std::size_t learnable_modes(const std::string& control, std::size_t modes) {
  if (control == "none") return modes;
  for (std::size_t k = 0; k < modes; ++k) {
    if (control == mode_name(k)) return k;
  }
  throw UsageError("parameter 'control': expected none or mode1 to " + mode_name(modes - 1) + ", got '" +
                   control + "'");
}

/// The map of the modes from `first` up to, not including, `last`.
Tensor<double> partial_map(Teacher teacher, std::size_t first, std::size_t last) {
  for (std::size_t k = 0; k < teacher.modes(); ++k) {
    if (k < first || k >= last) teacher.strengths[k] = 0;
  }
  return teacher.matrix();
}

}  // namespace

LinearTask::LinearTask(const Hyperparameters& parameters) : label_noise_(parameters.number("label_noise")) {
  if (parameters.text("data").empty()) {
    if (!parameters.text("targets").empty()) throw UsageError("parameter 'targets' needs 'data', a CSV file");
    generate(parameters);
  } else {
    load(parameters);
  }
}

void LinearTask::generate(const Hyperparameters& parameters) {
  const std::size_t inputs = parameters.count("inputs"), count = parameters.count("probes");
  Rng teacher_rng(parameters.count("seed"), "teacher"), probe_rng(parameters.count("seed"), "probes");
  teacher_ = random_teacher(parameters.list("strengths"), inputs, parameters.count("outputs"), teacher_rng);
  const std::size_t learnable = learnable_modes(parameters.text("control"), teacher_.modes());
  matrix_ = partial_map(teacher_, 0, learnable);
  if (learnable < teacher_.modes()) unlearnable_ = partial_map(teacher_, learnable, teacher_.modes());
  if (parameters.number("condition_number") > 1) {
    covariance_root_ = covariance_root(inputs, parameters.number("condition_number"), teacher_rng);
  }
  // The population gradient of ½E‖(W−W*)x‖² is that of d_in samples √d_in·Σ^{1/2}, one a row.
  Tensor<double> root(Shape{inputs, inputs}, 0.0);
  for (std::size_t i = 0; i < inputs; ++i) root(i, i) = 1;
  if (!covariance_root_.empty()) root = covariance_root_.clone();
  for (double& x : root.flat()) x *= std::sqrt(static_cast<double>(inputs));
  population_ = {root, labels(root)};

  const bool grouped = parameters.text("probe_kind") == "grouped";
  const Tensor<double> x = grouped ? grouped_inputs(count, probe_rng) : gaussian_inputs(count, probe_rng);
  if (parameters.text("control_probes") == "teacher") {
    probes_ = {x, product(x, teacher_.matrix(), blas::Transpose::yes)};
  } else {
    probes_ = {x, labels(x)};
    Rng unlearnable_rng(parameters.count("seed"), "unlearnable probes");
    add_unlearnable(probes_.targets, unlearnable_rng);
  }
  if (grouped) {
    for (std::size_t i = 0; i < count; ++i) blocks_.push_back(mode_name(i % teacher_.modes()));
  } else {
    blocks_ = dominant_modes(x, teacher_);
  }
}

void LinearTask::load(const Hyperparameters& parameters) {
  if (parameters.text("control") != "none") {
    throw UsageError("parameter 'control': a table has no event-free twin; use it without 'data'");
  }
  const TableData table =
      read_table(parameters.text("data"), parameters.text("targets"), parameters.flag("whiten"));
  teacher_ = teacher_of(table.correlation());
  population_ = {table.inputs, table.targets};

  std::vector<std::size_t> rows(table.rows());
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  Rng probe_rng(parameters.count("seed"), "probes");
  shuffle(rows, probe_rng);
  rows.resize(std::min(rows.size(), parameters.count("probes")));
  std::ranges::sort(rows);
  probes_ = {rows_of(table.inputs, rows), rows_of(table.targets, rows)};
  if (table.classes.empty()) {
    blocks_ = dominant_modes(probes_.inputs, teacher_);
  } else {
    for (std::size_t row : rows) blocks_.push_back(table.classes[row]);
  }
}

Tensor<double> LinearTask::gaussian_inputs(std::size_t count, Rng& rng) const {
  const Tensor<double> z = normal_tensor<double>(Shape{count, teacher_.inputs()}, rng);
  return covariance_root_.empty() ? z : product(z, covariance_root_, blas::Transpose::no);
}

/// x_i = ±√3 v_{i mod K} + 0.3 N(0,1).
Tensor<double> LinearTask::grouped_inputs(std::size_t count, Rng& rng) const {
  Tensor<double> x = normal_tensor<double>(Shape{count, teacher_.inputs()}, rng, 0.3);
  for (std::size_t i = 0; i < count; ++i) {
    const double amplitude = rng.below(2) == 0 ? std::sqrt(3.0) : -std::sqrt(3.0);
    for (std::size_t j = 0; j < teacher_.inputs(); ++j)
      x(i, j) += amplitude * teacher_.right(i % teacher_.modes(), j);
  }
  return x;
}

Tensor<double> LinearTask::labels(const Tensor<double>& inputs) const {
  return product(inputs, matrix_, blas::Transpose::yes);
}

void LinearTask::add_unlearnable(Tensor<double>& targets, Rng& rng) const {
  if (unlearnable_.empty()) return;
  const Tensor<double> noise =
      product(gaussian_inputs(targets.shape()[0], rng), unlearnable_, blas::Transpose::yes);
  for (std::size_t i = 0; i < targets.size(); ++i) targets.flat()[i] += noise.flat()[i];
}

Batch LinearTask::draw(std::size_t size, Rng& data, Rng& noise) const {
  Batch batch;
  if (matrix_.empty()) {
    std::vector<std::size_t> rows(size);
    for (std::size_t& row : rows) row = data.below(population_.inputs.shape()[0]);
    batch = {rows_of(population_.inputs, rows), rows_of(population_.targets, rows)};
  } else {
    batch.inputs = gaussian_inputs(size, data);
    batch.targets = labels(batch.inputs);
    add_unlearnable(batch.targets, noise);
  }
  if (label_noise_ > 0) {
    for (double& y : batch.targets.flat()) y += label_noise_ * noise.normal();
  }
  return batch;
}

}  // namespace premelt
