#include "cli/sweep_scores.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "engine/csv.hpp"
#include "rdm/run_writer.hpp"
#include "rdm/statistics.hpp"

namespace premelt::cli {

namespace {

using Json = nlohmann::json;

/// `rises` has already asked for a hold.
constexpr std::size_t hold = 1;

bool spectral(const std::string& detector) {
  constexpr std::array stems{"shc", "pr", "localisation", "trace", "lambda1"};
  const std::string stem = detector.substr(0, detector.find('_'));
  return std::ranges::find(stems, stem) != stems.end();
}

/// All names that some run knows, in the order of the runs' tables.
template <class Names>
std::set<std::string> names_of(const FinishedRuns& runs, Names names) {
  std::set<std::string> found;
  for (const auto& [task, run] : runs) names(run, found);
  return found;
}

FirstMover first_mover(const WatchSet& shc, const Score& shc_score, const WatchSet& pr,
                       const Score& pr_score) {
  FirstMover result;
  const double share = 1 / static_cast<double>(shc.events.size());
  for (std::size_t i = 0; i < shc.events.size(); ++i) {
    const auto a = first_alarm(shc.events[i], shc_score.threshold, hold);
    const auto b = first_alarm(pr.events[i], pr_score.threshold, hold);
    if (!a && !b) {
      result.neither += share;
    } else if (a && b && *a == *b) {
      result.together += share;
    } else {
      (a && (!b || *a < *b) ? result.shc : result.pr) += share;
    }
  }
  return result;
}

const DetectorScore* find(const EventScores& event, const std::string& detector) {
  const auto found = std::ranges::find(event.detectors, detector, &DetectorScore::detector);
  return found == event.detectors.end() ? nullptr : &*found;
}

std::string percent(double share) {
  return std::to_string(static_cast<int>(std::lround(100 * share))) + " %";
}

std::string steps(double count) {
  return format_number(count) + " steps";
}

EventScores score_event(const FinishedRuns& runs, const std::string& event,
                        const std::set<std::string>& detectors) {
  EventScores result{.event = event};
  for (const std::string& detector : detectors) {
    const WatchSet set = watch_set(runs, event, detector);
    if (set.events.empty() || set.calibration.empty() || set.controls.empty()) continue;
    std::vector<double> ends;
    for (const Watch& watch : set.events) ends.push_back(static_cast<double>(watch.end));
    result.detected = ends.size();
    result.median_step = median(ends);
    result.detectors.push_back({detector, score(set, hold), trade_off(set, hold)});
  }
  std::ranges::stable_sort(result.detectors, std::ranges::greater{},
                           [](const DetectorScore& d) { return d.score.median_lead; });
  const DetectorScore *shc = find(result, "shc"), *pr = find(result, "pr");
  if (shc != nullptr && pr != nullptr) {
    result.first =
        first_mover(watch_set(runs, event, "shc"), shc->score, watch_set(runs, event, "pr"), pr->score);
  }
  return result;
}

Json to_json(const EventScores& event, const DetectorScore& entry, bool complete) {
  const Score& s = entry.score;
  Json json{{"name", entry.detector},
            {"event", event.event},
            {"detection_rate", s.detection_rate},
            {"false_alarm_rate", s.false_alarm_rate},
            {"false_alarm_interval", {s.false_alarm_interval.low, s.false_alarm_interval.high}},
            {"median_lead", s.median_lead},
            {"lead_quartiles", {s.lead_quartiles.low, s.lead_quartiles.high}},
            {"auc", s.auc}};
  if (!complete) return json;
  json["threshold"] = json_number(s.threshold);
  json["leads"] = s.leads;
  for (const TradeOff& point : entry.curve)
    json["curve"].push_back({{"false_alarm_rate", point.false_alarm_rate},
                             {"detection_rate", point.detection_rate},
                             {"median_lead", point.median_lead}});
  if (const DetectorScore* shc = find(event, "shc")) {
    const PairedDifference d = paired_difference(shc->score.leads, s.leads);
    json["shc_minus_this"] = {{"median", d.median},
                              {"quartiles", {d.quartiles.low, d.quartiles.high}},
                              {"shc_earlier", d.wins},
                              {"shc_later", d.losses}};
  }
  return json;
}

}  // namespace

std::vector<EventScores> score_events(const FinishedRuns& runs) {
  const auto events = names_of(runs, [](const SweepRun& run, std::set<std::string>& found) {
    for (const auto& [event, watch] : run) found.insert(event);
  });
  const auto detectors = names_of(runs, [](const SweepRun& run, std::set<std::string>& found) {
    for (const auto& [event, watch] : run) {
      for (const auto& [detector, record] : watch.detectors) found.insert(detector);
    }
  });
  std::vector<EventScores> result;
  for (const std::string& event : events) {
    EventScores scores = score_event(runs, event, detectors);
    if (!scores.detectors.empty()) result.push_back(std::move(scores));
  }
  return result;
}

bool trustworthy(const Score& score) {
  return score.false_alarm_interval.low <= 0.05;
}

const DetectorScore* best_rival(const EventScores& event) {
  const auto found = std::ranges::find_if(event.detectors, [](const DetectorScore& d) {
    return !spectral(d.detector) && d.detector != "oracle" && trustworthy(d.score);
  });
  return found == event.detectors.end() ? nullptr : &*found;
}

std::string verdict(const EventScores& event) {
  const DetectorScore *shc = find(event, "shc"), *rival = best_rival(event);
  const auto winner = std::ranges::find_if(
      event.detectors, [](const DetectorScore& d) { return d.detector != "oracle" && trustworthy(d.score); });
  std::ostringstream text;
  text << event.event << ": ";
  if (winner == event.detectors.end()) {
    text << "no detector kept its false alarms near 5 %.";
    return text.str();
  }
  text << winner->detector << " warns earliest, " << steps(winner->score.median_lead) << " ahead (detects "
       << percent(winner->score.detection_rate) << ", false alarms "
       << percent(winner->score.false_alarm_rate) << "). ";
  if (shc == nullptr || rival == nullptr) return text.str();
  const PairedDifference difference = paired_difference(shc->score.leads, rival->score.leads);
  text << "SHC leads by " << steps(shc->score.median_lead) << " (detects "
       << percent(shc->score.detection_rate) << ", false alarms " << percent(shc->score.false_alarm_rate)
       << "); against the best simple rival, " << rival->detector << ", it is earlier in "
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

std::string scores_csv(const std::vector<EventScores>& events) {
  std::ostringstream csv;
  csv << "event,detector,detection_rate,false_alarm_rate,false_alarm_low,false_alarm_high,median_lead,lead_"
         "q1,"
         "lead_q3,auc,threshold\n";
  for (const EventScores& event : events) {
    for (const DetectorScore& entry : event.detectors) {
      const Score& s = entry.score;
      csv << event.event << ',' << entry.detector;
      for (double value :
           {s.detection_rate, s.false_alarm_rate, s.false_alarm_interval.low, s.false_alarm_interval.high,
            s.median_lead, s.lead_quartiles.low, s.lead_quartiles.high, s.auc, s.threshold})
        csv << ',' << format_number(value);
      csv << '\n';
    }
  }
  return csv.str();
}

Json scores_json(const std::vector<EventScores>& events, bool complete) {
  Json json{{"events", Json::object()}, {"detectors", Json::array()}, {"first", Json::object()}};
  for (const EventScores& event : events) {
    json["events"][event.event] = {{"detected", event.detected}, {"median_step", event.median_step}};
    const FirstMover& first = event.first;
    json["first"][event.event] = {
        {"shc", first.shc}, {"pr", first.pr}, {"together", first.together}, {"neither", first.neither}};
    for (const DetectorScore& entry : event.detectors)
      json["detectors"].push_back(to_json(event, entry, complete));
  }
  return json;
}

}  // namespace premelt::cli
