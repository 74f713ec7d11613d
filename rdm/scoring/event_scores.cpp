#include "rdm/scoring/event_scores.hpp"

#include <algorithm>
#include <cmath>
#include <sstream>
#include <utility>

#include "engine/tensor/numbers.hpp"
#include "rdm/scoring/detectors.hpp"
#include "rdm/window/statistics.hpp"

namespace premelt {

namespace {

/// `rises` has already asked for a hold.
constexpr std::size_t hold = 1;

std::string percent(double share) {
  return std::to_string(static_cast<int>(std::lround(100 * share))) + " %";
}

std::string steps(double count) {
  return format_number(count) + " steps";
}

/// " 130 steps ahead (detects 100 %, false alarms 3 %)".
std::string achievement(const Score& score) {
  return " " + steps(score.median_lead) + " ahead (detects " + percent(score.detection_rate) +
         ", false alarms " + percent(score.false_alarm_rate) + ")";
}

}  // namespace

FirstMover first_mover(const WatchSet& shc, double shc_threshold, const WatchSet& pr, double pr_threshold) {
  FirstMover result;
  const double share = 1 / static_cast<double>(shc.events.size());
  const auto count = [&](const char* word, double& shares) {
    shares += share;
    result.by_run.emplace_back(word);
  };
  for (std::size_t i = 0; i < shc.events.size(); ++i) {
    const auto a = first_alarm(shc.events[i], shc_threshold, hold);
    const auto b = first_alarm(pr.events[i], pr_threshold, hold);
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

LagScore score_lags(std::vector<double> lags, double chance) {
  LagScore score{std::move(lags), 0, 0, chance};
  score.median = median(score.lags);
  score.first = static_cast<double>(std::ranges::count_if(score.lags, [](double x) { return x > 0; })) /
                static_cast<double>(score.lags.size());
  return score;
}

void score_detectors(EventScores& event, const std::map<std::string, WatchSet>& detectors) {
  for (const auto& [name, set] : detectors) {
    if (set.events.empty() || set.calibration.empty() || set.controls.empty()) continue;
    event.detectors.push_back({name, score(set, hold), trade_off(set, hold)});
  }
  std::ranges::stable_sort(event.detectors, std::ranges::greater{},
                           [](const DetectorScore& d) { return d.score.median_lead; });
  const DetectorScore *shc = find_detector(event, "shc"), *pr = find_detector(event, "pr");
  if (shc != nullptr && pr != nullptr)
    event.first =
        first_mover(detectors.at("shc"), shc->score.threshold, detectors.at("pr"), pr->score.threshold);
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

const DetectorScore* best_rival(const EventScores& event) {
  const auto found = std::ranges::find_if(event.detectors, [](const DetectorScore& d) {
    return !is_spectral(d.detector) && d.detector != oracle && trustworthy(d.score);
  });
  return found == event.detectors.end() ? nullptr : &*found;
}

std::string verdict(const EventScores& event) {
  const DetectorScore *shc = find_detector(event, "shc"), *rival = best_rival(event),
                      *whitened = find_detector(event, "shc_whitened");
  const auto winner = std::ranges::find_if(
      event.detectors, [](const DetectorScore& d) { return d.detector != oracle && trustworthy(d.score); });
  std::ostringstream text;
  text << event.event << ", W = " << event.window << ": ";
  if (event.detectors.empty()) {
    text << "happened in " << event.seeds.size() << " of " << event.scored << " runs; nothing to score.";
    return text.str();
  }
  if (winner == event.detectors.end()) {
    text << "no detector kept its false alarms near 5 %.";
    return text.str();
  }
  text << winner->detector << " warns earliest" << achievement(winner->score) << ". ";
  if (shc == nullptr || rival == nullptr) return text.str();
  const PairedDifference difference = paired_difference(shc->score.leads, rival->score.leads);
  text << "SHC warns" << achievement(shc->score);
  if (whitened != nullptr) text << ", whitened" << achievement(whitened->score);
  text << "; against the best simple rival, " << rival->detector << ", raw SHC is earlier in "
       << percent(difference.wins) << " of runs and later in " << percent(difference.losses) << ": ";
  if (!trustworthy(shc->score)) {
    text << "SHC raises too many false alarms for its lead to count.";
  } else if (difference.median > 0) {
    text << "SHC added " << steps(difference.median) << " of warning.";
  } else {
    text << "SHC added nothing.";
  }
  return text.str();
}

}  // namespace premelt
