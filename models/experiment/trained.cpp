#include "models/experiment/trained.hpp"

#include "engine/linalg/norm.hpp"

namespace premelt {

template <class T>
std::vector<double> TrainedExperiment<T>::training() const {
  return {trainer_.stats().loss, trainer_.stats().gradient_norm, norm(weights().flat())};
}

template <class T>
void TrainedExperiment<T>::save(Checkpoint& checkpoint) const {
  trainer_.save(checkpoint, weights());
  streams_.save(checkpoint);
}

template <class T>
void TrainedExperiment<T>::load(const Checkpoint& checkpoint) {
  trainer_.load(checkpoint, weights());
  streams_.load(checkpoint);
  time_ = checkpoint.step;
}

template <class T>
MonitorOptions TrainedExperiment<T>::monitor_options() const {
  return premelt::monitor_options(parameters_, probe_blocks().size());
}

template class TrainedExperiment<float>;
template class TrainedExperiment<double>;

}  // namespace premelt
