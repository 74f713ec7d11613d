#include "rdm/scoring/measurement.hpp"

#include "rdm/scoring/curvature.hpp"
#include "rdm/scoring/local_sampling.hpp"

namespace premelt {

namespace {

using Values = std::vector<double>;
using Reading = std::function<Values(const MeasuringPoint&)>;

/// Of the probes.
constexpr std::size_t pair_batch = 32, pairs = 5;

Reading start_noise(std::uint64_t) {
  return [](const MeasuringPoint& at) { return Values{noise_scale(at.probes.gram(at.theta))}; };
}

Reading start_sharpness(std::uint64_t seed) {
  return [sharpness = Sharpness(seed)](const MeasuringPoint& at) mutable {
    return Values{sharpness(at.probes, at.theta)};
  };
}

Reading start_commutator(std::uint64_t seed) {
  return [seed](const MeasuringPoint& at) {
    const auto [defect, limit] =
        commutator(at.probes, at.theta, at.rate, batch_pairs(at.probes.probes(), pair_batch, pairs, seed));
    return Values{defect, limit};
  };
}

Reading start_sampling(std::uint64_t seed) {
  return [seed, sharpness = Sharpness(seed)](const MeasuringPoint& at) mutable {
    const auto [llc, kernel_shc] =
        local_sample(at.data, at.probes, at.theta, sharpness(at.probes, at.theta), seed);
    return Values{llc, kernel_shc};
  };
}

}  // namespace

const std::vector<Measurement>& measurements() {
  static const std::vector<Measurement> list{
      {{{"noise_scale", "variance of the probes' gradients over their mean squared"}}, false, start_noise},
      {{{"sharpness", "largest eigenvalue of the Hessian of the mean probe loss"}}, true, start_sharpness},
      {{{"commutator_defect", "what the order of two minibatch steps matters, over their lengths"},
        {"commutator_limit", "the same for vanishing steps: of Hessians and gradients"}},
       true,
       start_commutator},
      {{{"local_learning",
         "local learning coefficient: nβ times the mean excess loss of a Langevin chain around θ"},
        {"kernel_shc", "spectral heat capacity of the probes' losses along that chain"}},
       true,
       start_sampling},
  };
  return list;
}

Measurer::Measurer(bool costly, std::uint64_t seed) {
  for (const Measurement& row : measurements()) {
    if (!row.costly || costly) gauges_.push_back({&row, row.start(seed), {}});
  }
}

void Measurer::measure(const MeasuringPoint& point) {
  for (Gauge& gauge : gauges_) {
    if (!gauge.row->costly || recordings_ % costly_every == 0) gauge.last = gauge.read(point);
    for (std::size_t k = 0; k < gauge.last.size(); ++k)
      columns_[gauge.row->columns[k].name].push_back(gauge.last[k]);
  }
  ++recordings_;
}

}  // namespace premelt
