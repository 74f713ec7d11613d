#include "cli/commands/sweep_json.hpp"

#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>

#include "engine/tensor/numbers.hpp"
#include "rdm/io/run_writer.hpp"

namespace premelt::cli {

namespace {

using Json = nlohmann::json;

Json json_interval(const Interval& interval) {
  return {json_number(interval.low), json_number(interval.high)};
}

Json json_numbers(const std::vector<double>& values) {
  Json list = Json::array();
  for (double value : values) list.push_back(json_number(value));
  return list;
}

Json to_json(const EventScores& event, const DetectorScore& entry, bool complete) {
  const Score& s = entry.score;
  Json json{{"name", entry.detector},
            {"event", event.event},
            {"window", event.window},
            {"available", true},
            {"detection_rate", json_number(s.detection_rate)},
            {"detection_interval", json_interval(s.detection_interval)},
            {"false_alarm_rate", json_number(s.false_alarm_rate)},
            {"false_alarm_interval", json_interval(s.false_alarm_interval)},
            {"median_lead", json_number(s.median_lead)},
            {"lead_quartiles", json_interval(s.lead_quartiles)},
            {"lead_band", json_interval(s.lead_band)},
            {"lead_share", json_number(s.median_share)},
            {"lead_windows", json_number(s.median_lead / event.window_steps)},
            {"auc", json_number(s.auc)},
            {"auc_interval", json_interval(s.auc_interval)},
            {"first_recording_alarms", s.first_recording_alarms},
            {"cost_in_steps", nullptr}};
  if (!complete) return json;
  json["threshold"] = json_number(s.threshold);
  json["development_lead"] = json_number(s.development_lead);
  json["alarmed_controls"] = s.alarmed_controls;
  json["alarmed_interval"] = json_interval(s.alarmed_interval);
  json["leads"] = json_numbers(s.leads);
  for (const auto& [trap, count] : entry.traps)
    json["traps"][trap] = {{"alarms", count.alarms}, {"runs", count.runs}};
  for (const TradeOff& point : entry.curve)
    json["curve"].push_back({{"false_alarm_rate", json_number(point.false_alarm_rate)},
                             {"detection_rate", json_number(point.detection_rate)},
                             {"median_lead", point.median_lead}});
  const DetectorScore* shc = find_detector(event, "shc");
  if (shc != nullptr && !std::isnan(shc->score.threshold) && !std::isnan(s.threshold)) {
    const PairedDifference d = paired_difference(shc->score.leads, s.leads);
    json["shc_minus_this"] = {{"median", d.median},
                              {"quartiles", {d.quartiles.low, d.quartiles.high}},
                              {"shc_earlier", d.wins},
                              {"shc_later", d.losses}};
  }
  return json;
}

/// What is said of an event before any detector: what happened, and the verdict, if this window has it.
Json to_json(const EventScores& event) {
  Json json{{"detected", event.seeds.size()},
            {"median_step", json_number(event.median_step)},
            {"development_runs", event.development_runs},
            {"development_controls", event.development_controls},
            {"controls", event.controls},
            {"pairs_left_out", event.pairs_left_out},
            {"champion", nullptr},
            {"verdict", nullptr}};
  if (!event.verdict) return json;
  const Verdict& v = *event.verdict;
  if (!v.champion.empty()) json["champion"] = v.champion;
  json["verdict"] = {{"window", event.window},
                     {"words", v.words},
                     {"median_difference", json_number(v.median_difference)},
                     {"interval", json_interval(v.interval)},
                     {"p", json_number(v.p)},
                     {"p_alone", json_number(v.p_alone)},
                     {"why_not", v.why_not}};
  return json;
}

}  // namespace

std::string scores_csv(const std::vector<EventScores>& events) {
  std::ostringstream csv;
  csv << "event,window,detector,detection_rate,false_alarm_rate,false_alarm_low,false_alarm_high,"
         "median_lead,lead_q1,lead_q3,lead_band_low,lead_band_high,auc,threshold,first_recording_alarms\n";
  for (const EventScores& event : events) {
    for (const DetectorScore& entry : event.detectors) {
      const Score& s = entry.score;
      csv << event.event << ',' << event.window << ',' << entry.detector;
      for (double value : {s.detection_rate, s.false_alarm_rate, s.false_alarm_interval.low,
                           s.false_alarm_interval.high, s.median_lead, s.lead_quartiles.low,
                           s.lead_quartiles.high, s.lead_band.low, s.lead_band.high, s.auc, s.threshold})
        csv << ',' << format_number(value);
      csv << ',' << s.first_recording_alarms << '\n';
    }
  }
  return csv.str();
}

Json scores_json(const std::vector<EventScores>& events, bool complete) {
  Json json{{"events", Json::object()},
            {"detectors", Json::array()},
            {"first", Json::object()},
            {"exploratory", {"detectors", "first", "order", "lags"}}};
  for (const EventScores& event : events) {
    const FirstMover& first = event.first;
    const Json shares{
        {"shc", first.shc}, {"pr", first.pr}, {"together", first.together}, {"neither", first.neither}};
    if (!json["first"].contains(event.event) && !event.detectors.empty()) json["first"][event.event] = shares;
    if (event.verdict || !json["events"].contains(event.event)) json["events"][event.event] = to_json(event);
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
