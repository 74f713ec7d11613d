#include "cli/commands/sweep_json.hpp"

#include <nlohmann/json.hpp>
#include <sstream>

#include "engine/tensor/numbers.hpp"
#include "rdm/io/run_writer.hpp"

namespace premelt::cli {

namespace {

using Json = nlohmann::json;

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
