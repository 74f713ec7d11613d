#include "models/experiment/measuring.hpp"

namespace premelt {

Measuring::Measuring(const Experiment& experiment, const Hyperparameters& parameters,
                     const Measures& measures)
    : experiment_(experiment) {
  if (!measures.cheap && !measures.costly && measures.updates == 0) return;
  probes_ = experiment.landscape();
  if (!probes_) return;
  if (parameters.contains("learning_rate")) rate_ = parameters.number("learning_rate");
  if (measures.updates > 0) updates_.emplace(measures.updates);
  if (!measures.cheap && !measures.costly) return;
  measurer_.emplace(measures.costly, parameters.count("seed"));
  if (measures.costly) data_ = experiment.data_landscape();
}

void Measuring::record() {
  if (!measurer_ && !updates_) return;
  const Tensor<double> theta = experiment_.position();
  if (updates_) updates_->add(theta.flat());
  if (measurer_) measurer_->measure(at(theta.flat()));
}

void Measuring::finish(RunTrace& trace) const {
  if (measurer_) trace.measured = measurer_->columns();
  if (updates_) trace.update_products = updates_->rows();
}

}  // namespace premelt
