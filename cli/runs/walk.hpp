#pragma once
/// A training run walked forward for `premelt compare`, from its start or from a stored checkpoint.

#include <deque>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "cli/runs/plan.hpp"
#include "cli/runs/run_directory.hpp"
#include "models/experiment/setting.hpp"

namespace premelt::cli {

/// A run directory: where its steps can be taken up, and the losses it recorded, to check the replay against.
class StoredRun {
 public:
  /// `plan` is the run's own. Throws DataError when a file is missing or malformed.
  StoredRun(const std::filesystem::path& directory, const Plan& plan);

  /// The last recorded step; -1 when nothing was recorded.
  std::int64_t last() const;
  /// The latest checkpoint at or before `step`, if there is any. Throws DataError when it cannot be used.
  std::optional<Checkpoint> before(std::int64_t step) const;
  /// Whether `now` are the very losses recorded at `step`; true where nothing was recorded.
  bool agrees(std::int64_t step, const std::vector<double>& now) const;

 private:
  Plan plan_;
  Recordings recordings_;
  std::map<std::int64_t, std::filesystem::path> checkpoints_;
};

/// The run itself, with its newest recorded parameters.
class Walk {
 public:
  /// Keeps `windows` windows of history, or one when that would exceed `memory` bytes. Throws UsageError when
  /// the setting has no parameters or fewer than 2 probes. `plan` has to outlive it.
  Walk(const Plan& plan, std::size_t windows, double memory);

  /// Takes the run up where it was stored, as near before `first` and the history it needs as possible.
  void start_near(std::int64_t first, const StoredRun& stored);
  void advance_to(std::int64_t step);

  const LossLandscape& landscape() const { return *landscape_; }
  const Experiment& experiment() const { return *experiment_; }
  std::size_t window() const { return window_; }
  Tensor<double> position() const { return experiment_->position(); }
  /// The newest recorded θ, oldest first (rows,p).
  Tensor<double> history() const { return stack({recent_.begin(), recent_.end()}); }
  std::vector<double> probe_losses();

  /// Copies of the present point, a window's length of steps later, each with batches of its own (R,p).
  /// Throws DivergedError when one leaves the finite numbers.
  Tensor<double> replica_positions(std::size_t replicas) const;

 private:
  void remember();
  Tensor<double> stack(const std::vector<Tensor<double>>& rows) const;

  const Plan& plan_;
  std::unique_ptr<Experiment> experiment_;
  std::unique_ptr<LossLandscape> landscape_;
  std::size_t window_, kept_;  ///< in recordings
  std::int64_t every_;
  std::deque<Tensor<double>> recent_;
  std::int64_t step_ = 0;
};

}  // namespace premelt::cli
