#include "engine/train/trainer.hpp"
#include "engine/linalg/norm.hpp"

namespace premelt {

template <class T>
void Trainer<T>::step(Parameters<T>& parameters, const Loss& loss) {
  const TapeGuard<T> guard(tape_);  // nothing is held between steps
  const Leaves<T> leaves = parameters.leaves(tape_);
  const Var<T> value = loss(leaves);
  Tensor<T> gradient = parameters.gradient(value, leaves);
  stats_.loss = static_cast<double>(value.item());
  stats_.gradient_norm = options_.clip_norm ? clip_norm(gradient, *options_.clip_norm) : norm(gradient);
  optimizer_->set_lr(base_lr_ * options_.schedule(optimizer_->steps()));
  optimizer_->set_weight_decay(base_decay_ * options_.decay(optimizer_->steps()));
  optimizer_->step(parameters, gradient);
}

template <class T>
void Trainer<T>::save(Checkpoint& checkpoint, const Parameters<T>& parameters) const {
  premelt::save(checkpoint, parameters);
  premelt::save(checkpoint, *optimizer_);
}

template <class T>
void Trainer<T>::load(const Checkpoint& checkpoint, Parameters<T>& parameters) {
  check(checkpoint, parameters);  // both fit, or nothing changes
  premelt::load(checkpoint, *optimizer_, parameters);
  premelt::load(checkpoint, parameters);
}

template class Trainer<float>;
template class Trainer<double>;

}  // namespace premelt
