#include "rdm/scoring/local_sampling.hpp"

#include <algorithm>
#include <cmath>

#include "engine/tensor/error.hpp"
#include "engine/tensor/numbers.hpp"
#include "rdm/samplers/sgld.hpp"
#include "rdm/window/spectrum.hpp"

namespace premelt {

namespace {

constexpr double localisation = 100;
constexpr std::size_t batch = 64, draws = 100, chains = 2;

}  // namespace

LocalSample local_sample(const LossLandscape& data, const LossLandscape& probes, ParameterVector theta,
                         double sharpness, std::uint64_t seed) {
  const std::size_t samples = data.probes();
  const double beta = 1 / std::log(static_cast<double>(std::max<std::size_t>(samples, 3)));
  const double stiffness = beta * static_cast<double>(samples) * std::max(sharpness, 0.0) + localisation;
  try {
    const SgldResult found = sgld(data, probes, theta,
                                  {.beta = beta,
                                   .samples = samples,
                                   .localisation = localisation,
                                   .step = 1 / stiffness,
                                   .batch = samples > batch ? batch : 0,
                                   .burn_in = draws,
                                   .draws = draws,
                                   .chains = chains,
                                   .seed = seed});
    return {found.llc, moments(found.losses, Divisor::sample).spectral_heat_capacity()};
  } catch (const DivergedError&) {
    return {undefined, undefined};
  } catch (const DataError&) {
    return {undefined, undefined};
  }
}

}  // namespace premelt
