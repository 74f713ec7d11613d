#pragma once
/// What a deep linear network is asked to learn: a teacher, where its inputs come from, and the probes.

#include <string>
#include <vector>

#include "engine/tensor/random.hpp"
#include "engine/tensor/tensor.hpp"
#include "models/experiment/hyperparameters.hpp"
#include "models/tasks/teacher.hpp"

namespace premelt {

/// Samples of a regression, row by row.
struct Batch {
  Tensor<double> inputs;   ///< (B,d_in)
  Tensor<double> targets;  ///< (B,d_out)
};

/// Either a random teacher with fresh Gaussian inputs, or a table.
///
/// `control` = "modeK" is the event-free twin of mode K: the teacher's modes from K on are replaced by
/// unlearnable noise of equal covariance, the labels those modes would give to inputs nobody sees. The
/// teacher stays as it was, to measure against. Its probes are as unlearnable, or with `control_probes` =
/// "teacher" those of the run without `control`. (ours)
class LinearTask {
 public:
  /// Reads the parameters `strengths`, `inputs`, `outputs`, `condition_number`, `label_noise`, `probes`,
  /// `probe_kind`, `data`, `targets`, `whiten`, `control`, `control_probes` and `seed`. Throws UsageError or
  /// DataError.
  explicit LinearTask(const Hyperparameters& parameters);

  const Teacher& teacher() const { return teacher_; }  ///< what is to be learnt, as modes
  /// n probes without label noise (a table's rows as they are).
  const Batch& probes() const { return probes_; }
  /// Block of each probe: its group, the class of its row, or the mode that dominates its input.
  const std::vector<std::string>& probe_blocks() const { return blocks_; }

  /// `size` samples with replacement from the stream `data`, with label noise from the stream `noise`.
  Batch draw(std::size_t size, Rng& data, Rng& noise) const;
  /// A batch whose gradient is the population's (a random teacher's, or the whole table's).
  const Batch& population() const { return population_; }

 private:
  void generate(const Hyperparameters& parameters);
  void load(const Hyperparameters& parameters);
  Tensor<double> gaussian_inputs(std::size_t count, Rng& rng) const;
  Tensor<double> grouped_inputs(std::size_t count, Rng& rng) const;
  Tensor<double> labels(const Tensor<double>& inputs) const;
  void add_unlearnable(Tensor<double>& targets, Rng& rng) const;

  double label_noise_;
  Teacher teacher_;
  Tensor<double> matrix_;           ///< W* (d_out,d_in), what can be learnt of it; empty for a table
  Tensor<double> unlearnable_;      ///< the rest of W*; empty when there is none
  Tensor<double> covariance_root_;  ///< Σ_x^{1/2}; empty for Σ_x = I
  Batch population_, probes_;
  std::vector<std::string> blocks_;
};

}  // namespace premelt
