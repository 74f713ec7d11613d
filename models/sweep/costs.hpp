#pragma once
/// What a detector costs beside the training that it watches. (ours, theory §6)

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "models/sweep/tasks.hpp"
#include "rdm/scoring/event_scores.hpp"

namespace premelt {

/// Of a recording, as measured in this process.
struct DetectorCosts {
  double step_seconds;  ///< of one training step; of settings that train nothing, one simulated step
  std::map<std::size_t, std::map<std::string, double>>
      in_steps;  ///< by W, then by name: seconds over `step_seconds`
};

/// Trains about a second of the first held-out run, recording at every step, and times the steps, what each
/// detector needs recorded, and each detector read alone from those recordings; where they are fewer than
/// four windows, they are read again from the first. What detectors share (the recording of the probe
/// losses, norms or updates, a measurement with two numbers, principal components, the Gram of a view) is
/// counted in full for each that needs it, so that costs do not add up to the cost of reading all. A costly
/// measurement counts by its share of a recording, since it is made at every tenth. Neither the null that
/// whitens nor other runs whose level `first_passage` waits for are counted.
DetectorCosts measure_costs(const Sweep& sweep);

/// Gives every detector its cost, where there is one.
void add_costs(std::vector<EventScores>& events, const DetectorCosts& costs);

}  // namespace premelt
