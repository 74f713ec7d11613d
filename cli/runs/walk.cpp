#include "cli/runs/walk.hpp"

#include <algorithm>

#include "engine/tensor/error.hpp"
#include "engine/tensor/memory.hpp"
#include "models/experiment/checkpoints.hpp"
#include "models/experiment/run.hpp"

namespace premelt::cli {

StoredRun::StoredRun(const std::filesystem::path& directory, const Plan& plan)
    : plan_(plan), recordings_(read_recordings(directory)), checkpoints_(find_checkpoints(directory)) {
  check_same_data(directory / "run.json", plan.parameters);
}

std::int64_t StoredRun::last() const {
  return recordings_.steps.empty() ? -1 : recordings_.steps.flat().back();
}

std::optional<Checkpoint> StoredRun::before(std::int64_t step) const {
  auto after = checkpoints_.upper_bound(step);
  if (after == checkpoints_.begin()) return std::nullopt;
  return read_run_checkpoint((--after)->second, plan_.setting->name, plan_.parameters);
}

bool StoredRun::agrees(std::int64_t step, const std::vector<double>& now) const {
  const auto steps = recordings_.steps.flat();
  const auto row = std::ranges::find(steps, step) - steps.begin();
  return row == static_cast<std::ptrdiff_t>(steps.size()) ||
         std::ranges::equal(recordings_.losses.row(static_cast<std::size_t>(row)), now);
}

Walk::Walk(const Plan& plan, std::size_t windows, double memory)
    : plan_(plan),
      experiment_(plan.setting->make(plan.parameters)),
      landscape_(experiment_->landscape()),
      window_(plan.parameters.count("window")),
      kept_(windows * window_),
      every_(plan.parameters.integer("every")) {
  if (landscape_ == nullptr) {
    throw UsageError("the setting '" + plan.setting->name +
                     "' has no parameters, so there is nothing to compare; try deep-linear");
  }
  if (landscape_->probes() < 2) throw UsageError("a covariance needs at least 2 probes, got 1");
  const auto row_bytes = static_cast<double>(sizeof(double) * landscape_->parameters());
  if (row_bytes * static_cast<double>(kept_) > memory) kept_ = window_;
  require_memory(2 * row_bytes * static_cast<double>(kept_),
                 "a window of " + std::to_string(kept_) + " positions of " +
                     std::to_string(landscape_->parameters()) + " parameters");
  remember();
}

void Walk::start_near(std::int64_t first, const StoredRun& stored) {
  const auto checkpoint = stored.before(first - static_cast<std::int64_t>(kept_) * every_);
  if (!checkpoint) return;
  experiment_->load(*checkpoint);
  step_ = checkpoint->step;
  recent_.clear();
  remember();
}

void Walk::advance_to(std::int64_t step) {
  while (step_ < step) {
    experiment_->step();
    ++step_;
    remember();
  }
}

std::vector<double> Walk::probe_losses() {
  std::vector<double> losses(landscape_->probes());
  experiment_->probe_losses(losses);
  return losses;
}

Tensor<double> Walk::replica_positions(std::size_t replicas) const {
  Checkpoint now;
  experiment_->save(now);
  std::vector<Tensor<double>> copies;
  for (std::size_t r = 0; r < replicas; ++r) {
    const auto copy = plan_.setting->make(plan_.parameters);
    copy->load(now);
    copy->reseed(r);
    for (std::int64_t step = 0; step < static_cast<std::int64_t>(window_) * every_; ++step) copy->step();
    std::vector<double> losses(landscape_->probes());
    copy->probe_losses(losses);
    check_finite(step_ + static_cast<std::int64_t>(window_) * every_, losses);
    copies.push_back(copy->position());
  }
  return stack(copies);
}

void Walk::remember() {
  if (step_ % every_ != 0) return;
  recent_.push_back(experiment_->position());
  if (recent_.size() > kept_) recent_.pop_front();
}

Tensor<double> Walk::stack(const std::vector<Tensor<double>>& rows) const {
  Tensor<double> matrix(Shape{rows.size(), landscape_->parameters()});
  for (std::size_t t = 0; t < rows.size(); ++t) std::ranges::copy(rows[t].flat(), matrix.row(t).begin());
  return matrix;
}

}  // namespace premelt::cli
