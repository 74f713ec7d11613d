#include "models/sweep/outside.hpp"

namespace premelt {

void read_outside(const std::vector<OutsideReader>& readers, RunTrace& run, DetectorOptions& options) {
  for (const OutsideReader& reader : readers) {
    if (auto values = reader.read(run)) run.measured[reader.name] = std::move(*values);
    options.further.push_back(
        {reader.name, Needs::measured, [](const Sight& sight) { return sight.measured; }, reader.made_by});
  }
}

}  // namespace premelt
