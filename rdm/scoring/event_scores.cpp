#include "rdm/scoring/event_scores.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "rdm/window/statistics.hpp"

namespace premelt {

namespace {

/// Longest first; a lead that is undefined comes last.
double sorting_lead(const DetectorScore& entry) {
  return std::isnan(entry.score.median_lead) ? -1 : entry.score.median_lead;
}

bool complete(const Halves& halves) {
  for (const Half* half : {&halves.development, &halves.held_out}) {
    if (half->events.empty() || half->controls.empty()) return false;
  }
  return true;
}

}  // namespace

FirstMover first_mover(const std::vector<Rises>& shc, double shc_threshold, const std::vector<Rises>& pr,
                       double pr_threshold) {
  FirstMover result;
  const double share = 1 / static_cast<double>(shc.size());
  const auto count = [&](const char* word, double& shares) {
    shares += share;
    result.by_run.emplace_back(word);
  };
  for (std::size_t i = 0; i < shc.size(); ++i) {
    const auto a = alarm_time(shc[i], shc_threshold);
    const auto b = alarm_time(pr[i], pr_threshold);
    if (!a && !b) {
      count("neither", result.neither);
    } else if (a && b && *a == *b) {
      count("together", result.together);
    } else if (a && (!b || *a < *b)) {
      count("shc", result.shc);
    } else {
      count("pr", result.pr);
    }
  }
  return result;
}

std::string FirstMover::word() const {
  const double nobody = together + neither;
  if (shc > std::max(pr, nobody)) return "shc";
  if (pr > std::max(shc, nobody)) return "pr";
  return "neither";
}

LagScore score_lags(std::vector<double> lags, double chance) {
  LagScore score{std::move(lags), 0, 0, chance};
  score.median = median(score.lags);
  score.first = static_cast<double>(std::ranges::count_if(score.lags, [](double x) { return x > 0; })) /
                static_cast<double>(score.lags.size());
  return score;
}

void score_detectors(EventScores& event, const std::map<std::string, Halves>& detectors) {
  Scorer scorer;
  for (const auto& [name, halves] : detectors) {
    if (!complete(halves)) continue;
    const Half& held_out = halves.held_out;
    event.development_runs = halves.development.events.size();
    event.development_controls = halves.development.controls.size();
    event.controls = held_out.controls.size();
    event.pairs_left_out = MatchedPairs(held_out).left_out();
    event.detectors.push_back({name, scorer.score(halves), trade_off(held_out)});
  }
  std::ranges::stable_sort(event.detectors, std::ranges::greater{}, sorting_lead);
  const DetectorScore *shc = find_detector(event, "shc"), *pr = find_detector(event, "pr");
  if (shc != nullptr && pr != nullptr)
    event.first = first_mover(detectors.at("shc").held_out.events, shc->score.threshold,
                              detectors.at("pr").held_out.events, pr->score.threshold);
}

std::vector<std::vector<EventScores>> by_event(const std::vector<EventScores>& scores) {
  std::vector<std::vector<EventScores>> groups;
  for (const EventScores& entry : scores) {
    if (groups.empty() || groups.back().front().event != entry.event) groups.emplace_back();
    groups.back().push_back(entry);
  }
  return groups;
}

const DetectorScore* find_detector(const EventScores& event, const std::string& detector) {
  const auto found = std::ranges::find(event.detectors, detector, &DetectorScore::detector);
  return found == event.detectors.end() ? nullptr : &*found;
}

bool trustworthy(const Score& score) {
  return score.false_alarm_interval.low <= 0.05;
}

}  // namespace premelt
