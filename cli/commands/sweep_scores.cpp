#include "cli/commands/sweep_scores.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "engine/io/csv.hpp"
#include "rdm/io/run_writer.hpp"
#include "rdm/window/statistics.hpp"

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

/// The event in all scored runs, not yet seen through any window.
EventScores find_event(const FinishedRuns& runs, const std::string& event) {
  EventScores result{.event = event, .window = 0};
  std::vector<double> ends;
  for (const auto& [task, run] : runs) {
    if (task.role != Role::scored) continue;
    ++result.scored;
    const auto found = run.find(event);
    if (found == run.end() || !found->second.event_step) continue;
    result.seeds.push_back(task.seed);
    ends.push_back(static_cast<double>(*found->second.event_step));
  }
  result.median_step = ends.empty() ? std::numeric_limits<double>::quiet_NaN() : median(ends);
  return result;
}

void score_lags(EventScores& event, const FinishedRuns& runs) {
  std::map<std::string, double> chances;
  for (const auto& [task, run] : runs) {
    const auto found = run.find(event.event);
    if (task.role != Role::scored || found == run.end() || !found->second.lags.contains(event.window))
      continue;
    for (const auto& [definition, lag] : found->second.lags.at(event.window)) {
      event.lags[definition].lags.push_back(lag.steps);
      chances[definition] += lag.chance;
    }
  }
  for (auto& [definition, score] : event.lags) {
    const auto runs_with = static_cast<double>(score.lags.size());
    score.median = median(score.lags);
    score.first =
        static_cast<double>(std::ranges::count_if(score.lags, [](double x) { return x > 0; })) / runs_with;
    score.chance = chances[definition] / runs_with;
  }
}

/// Adds the scores of all detectors that some run knows.
void score_detectors(EventScores& event, const FinishedRuns& runs) {
  std::set<std::string> detectors;
  for (const auto& [task, run] : runs) {
    const auto found = run.find(event.event);
    if (found == run.end() || !found->second.detectors.contains(event.window)) continue;
    for (const auto& [detector, record] : found->second.detectors.at(event.window))
      detectors.insert(detector);
  }
  std::map<std::string, WatchSet> sets;
  for (const std::string& detector : detectors) {
    const WatchSet& set = sets[detector] = watch_set(runs, event.event, event.window, detector);
    if (set.events.empty() || set.calibration.empty() || set.controls.empty()) continue;
    DetectorScore entry{detector, score(set, hold), trade_off(set, hold)};
    entry.traps = trap_counts(runs, event.event, event.window, detector, entry.score.threshold);
    event.detectors.push_back(std::move(entry));
  }
  std::ranges::stable_sort(event.detectors, std::ranges::greater{},
                           [](const DetectorScore& d) { return d.score.median_lead; });
  const DetectorScore *shc = find_detector(event, "shc"), *pr = find_detector(event, "pr");
  if (shc != nullptr && pr != nullptr)
    event.first = first_mover(sets["shc"], shc->score.threshold, sets["pr"], pr->score.threshold);
}

Json to_json(const EventScores& event, const DetectorScore& entry, bool complete) {
  const Score& s = entry.score;
  Json json{{"name", entry.detector},
            {"event", event.event},
            {"window", event.window},
            {"detection_rate", s.detection_rate},
            {"false_alarm_rate", s.false_alarm_rate},
            {"false_alarm_interval", {s.false_alarm_interval.low, s.false_alarm_interval.high}},
            {"median_lead", s.median_lead},
            {"lead_quartiles", {s.lead_quartiles.low, s.lead_quartiles.high}},
            {"auc", s.auc}};
  if (!complete) return json;
  json["threshold"] = json_number(s.threshold);
  json["leads"] = s.leads;
  for (const auto& [trap, count] : entry.traps)
    json["traps"][trap] = {{"alarms", count.alarms}, {"runs", count.runs}};
  for (const TradeOff& point : entry.curve)
    json["curve"].push_back({{"false_alarm_rate", point.false_alarm_rate},
                             {"detection_rate", point.detection_rate},
                             {"median_lead", point.median_lead}});
  const DetectorScore* shc = find_detector(event, "shc");
  if (shc != nullptr && shc->score.leads.size() == s.leads.size()) {
    const PairedDifference d = paired_difference(shc->score.leads, s.leads);
    json["shc_minus_this"] = {{"median", d.median},
                              {"quartiles", {d.quartiles.low, d.quartiles.high}},
                              {"shc_earlier", d.wins},
                              {"shc_later", d.losses}};
  }
  return json;
}

}  // namespace

std::vector<EventScores> score_events(const FinishedRuns& runs, const std::vector<std::size_t>& windows) {
  std::set<std::string> events;
  for (const auto& [task, run] : runs) {
    for (const auto& [event, watch] : run) events.insert(event);
  }
  std::vector<EventScores> result;
  for (const std::string& event : events) {
    for (std::size_t window : windows) {
      EventScores scores = find_event(runs, event);
      scores.window = window;
      score_detectors(scores, runs);
      score_lags(scores, runs);
      result.push_back(std::move(scores));
    }
  }
  return result;
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
    return !spectral(d.detector) && d.detector != "oracle" && trustworthy(d.score);
  });
  return found == event.detectors.end() ? nullptr : &*found;
}

std::string verdict(const EventScores& event) {
  const DetectorScore *shc = find_detector(event, "shc"), *rival = best_rival(event),
                      *whitened = find_detector(event, "shc_whitened");
  const auto winner = std::ranges::find_if(
      event.detectors, [](const DetectorScore& d) { return d.detector != "oracle" && trustworthy(d.score); });
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

std::string scores_csv(const std::vector<EventScores>& events) {
  std::ostringstream csv;
  csv << "event,window,detector,detection_rate,false_alarm_rate,false_alarm_low,false_alarm_high,"
         "median_lead,lead_q1,lead_q3,auc,threshold\n";
  for (const EventScores& event : events) {
    for (const DetectorScore& entry : event.detectors) {
      const Score& s = entry.score;
      csv << event.event << ',' << event.window << ',' << entry.detector;
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
    const FirstMover& first = event.first;
    const Json shares{
        {"shc", first.shc}, {"pr", first.pr}, {"together", first.together}, {"neither", first.neither}};
    if (!json["events"].contains(event.event)) {
      json["events"][event.event] = {{"detected", event.seeds.size()},
                                     {"median_step", json_number(event.median_step)}};
      if (!event.detectors.empty()) json["first"][event.event] = shares;
    }
    if (complete) {
      json["order"].push_back({{"event", event.event},
                               {"window", event.window},
                               {"shares", shares},
                               {"seeds", event.seeds},
                               {"first", first.by_run}});
      for (const auto& [definition, lag] : event.lags)
        json["lags"].push_back({{"event", event.event},
                                {"window", event.window},
                                {"definition", definition},
                                {"lags", lag.lags},
                                {"median", lag.median},
                                {"shc_first", lag.first},
                                {"chance", lag.chance}});
    }
    for (const DetectorScore& entry : event.detectors)
      json["detectors"].push_back(to_json(event, entry, complete));
  }
  return json;
}

}  // namespace premelt::cli
