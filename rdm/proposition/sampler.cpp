#include "rdm/proposition/sampler.hpp"

#include "rdm/samplers/trajectory.hpp"

namespace premelt {

namespace {

constexpr std::size_t replicas = 16;

using Found = std::vector<Comparison>;

Found around_point(const ComparisonPoint& at, const ComparisonOptions& options) {
  return compare_gaussian(at.landscape, at.theta, at.blocks, options);
}

Found from_window(const ComparisonPoint& at, const ComparisonOptions& options) {
  return {compare_dynamical(at.landscape, at.history(), at.window, at.blocks, options)};
}

Found from_copies(const ComparisonPoint& at, const ComparisonOptions& options) {
  return {compare_replica(at.landscape, at.replicas(replicas), at.blocks, options)};
}

std::string chain_note(const SgldComparison& s) {
  const std::string gradients = s.options.batch == 0
                                    ? "whole gradients"
                                    : "batches of " + std::to_string(s.options.batch) + ", which add " +
                                          short_number(100 * s.result.gradient_noise) + " % to its noise";
  return "llc " + to_string(Measured{s.result.llc, s.result.llc_error}) + " from " +
         std::to_string(s.options.samples) + " samples, " + gradients + "; " +
         short_number(s.result.effective_draws) + " effective of " + std::to_string(s.result.trace.size()) +
         " draws, acceptance " + short_number(s.result.acceptance);
}

Found from_chains(const ComparisonPoint& at, const ComparisonOptions& options) {
  const std::unique_ptr<LossLandscape> data = at.data();
  const SgldComparison s = compare_sgld(at.landscape, data.get(), at.theta, at.blocks, options);
  Comparison found;
  found.draws = static_cast<std::size_t>(s.result.effective_draws);
  found.agreement = s.agreement;
  found.extras = {{"llc", s.result.llc},
                  {"llc_error", s.result.llc_error},
                  {"effective_draws", s.result.effective_draws},
                  {"draws", s.result.trace.size()},
                  {"acceptance", s.result.acceptance},
                  {"gradient_noise", s.result.gradient_noise},
                  {"samples", s.options.samples},
                  {"batch", s.options.batch},
                  {"step_size", s.options.step},
                  {"localisation", s.options.localisation},
                  {"beta", s.options.beta}};
  found.trace = s.result.trace;
  found.note = chain_note(s);
  found.linear_is_reference = true;
  return {found};
}

}  // namespace

const std::vector<Sampler>& samplers() {
  static const std::vector<Sampler> list{
      {"gaussian", "normal deviates around the point, of every width in --sigma", true, true, around_point},
      {window_sampler, "the last recordings of training", true, false, from_window},
      {"replica", "copies trained on with other batches", false, false, from_copies},
      {"sgld", "the posterior, by Langevin steps", false, false, from_chains},
  };
  return list;
}

std::vector<std::string> sampler_names() {
  std::vector<std::string> names;
  for (const Sampler& sampler : samplers()) names.push_back(sampler.name);
  return names;
}

std::string SamplerComparison::label(const Comparison& comparison) const {
  return sampler->each_sigma ? sampler->name + ", sigma " + short_number(comparison.sigma) : sampler->name;
}

}  // namespace premelt
