#include "cli/commands/sweep_json.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <utility>

#include "engine/tensor/numbers.hpp"
#include "rdm/io/run_writer.hpp"

namespace premelt::cli {

namespace {

using Json = nlohmann::json;

/// Points of a curve at most, and the false alarms beyond which nobody would want the detector.
constexpr std::size_t curve_points = 40;
constexpr double curve_end = 0.5;

/// Six digits: a result has no more.
Json result(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.6g", value);
  const double rounded = std::strtod(text.data(), nullptr);
  if (rounded == std::floor(rounded) && std::abs(rounded) < 1e6) return static_cast<std::int64_t>(rounded);
  return json_number(rounded);
}

Json results(const std::vector<double>& values) {
  Json list = Json::array();
  for (double value : values) list.push_back(result(value));
  return list;
}

Json json_interval(const Interval& interval) {
  return {result(interval.low), result(interval.high)};
}

/// Leads are differences of steps. Empty where the detector is undefined.
Json whole_steps(const std::vector<double>& leads) {
  Json list = Json::array();
  for (double lead : leads) {
    if (!std::isnan(lead)) list.push_back(static_cast<std::int64_t>(lead));
  }
  return list;
}

/// Of the controls that alarm, by seed.
Json alarms_by_seed(const EventScores& event, const Score& score) {
  Json alarms = Json::object();
  for (std::size_t j = 0; j < score.control_alarms.size(); ++j) {
    if (score.control_alarms[j]) alarms[std::to_string(event.control_seeds.at(j))] = *score.control_alarms[j];
  }
  return alarms;
}

/// Evenly thinned, its ends kept: one list a coordinate.
Json to_json(const std::vector<TradeOff>& curve) {
  Json json;
  for (const char* name : {"false_alarm_rate", "detection_rate", "median_lead"}) json[name] = Json::array();
  const auto first =
      std::ranges::find_if(curve, [](const TradeOff& point) { return point.false_alarm_rate <= curve_end; });
  const auto points = static_cast<std::size_t>(curve.end() - first), kept = std::min(points, curve_points);
  for (std::size_t i = 0; i < kept; ++i) {
    const std::size_t at = kept > 1 ? i * (points - 1) / (kept - 1) : 0;
    const TradeOff& point = first[static_cast<std::ptrdiff_t>(at)];
    json["false_alarm_rate"].push_back(result(point.false_alarm_rate));
    json["detection_rate"].push_back(result(point.detection_rate));
    json["median_lead"].push_back(result(point.median_lead));
  }
  return json;
}

Json to_json(const EventScores& event, const DetectorScore& entry, bool complete) {
  const Score& s = entry.score;
  Json json{{"name", entry.detector},
            {"event", event.event},
            {"window", event.window},
            {"available", true},
            {"detection_rate", result(s.detection_rate)},
            {"detection_interval", json_interval(s.detection_interval)},
            {"false_alarm_rate", result(s.false_alarm_rate)},
            {"false_alarm_interval", json_interval(s.false_alarm_interval)},
            {"median_lead", result(s.median_lead)},
            {"lead_quartiles", json_interval(s.lead_quartiles)},
            {"lead_band", json_interval(s.lead_band)},
            {"lead_share", result(s.median_share)},
            {"lead_windows", result(s.median_lead / event.window_steps)},
            {"auc", result(s.auc)},
            {"auc_interval", json_interval(s.auc_interval)},
            {"first_recording_alarms", s.first_recording_alarms},
            {"cost_in_steps", result(entry.cost_in_steps)}};
  if (!complete) return json;
  json["threshold"] = json_number(s.threshold);
  json["development_lead"] = result(s.development_lead);
  json["alarmed_controls"] = s.alarmed_controls;
  json["alarmed_interval"] = json_interval(s.alarmed_interval);
  json["control_alarms"] = alarms_by_seed(event, s);
  json["leads"] = whole_steps(s.leads);
  for (const auto& [trap, count] : entry.traps)
    json["traps"][trap] = {{"alarms", count.alarms}, {"runs", count.runs}};
  json["curve"] = to_json(entry.curve);
  const DetectorScore* shc = find_detector(event, "shc");
  if (shc != nullptr && !std::isnan(shc->score.threshold) && !std::isnan(s.threshold)) {
    const PairedDifference d = paired_difference(shc->score.leads, s.leads);
    json["shc_minus_this"] = {{"median", result(d.median)},
                              {"quartiles", json_interval(d.quartiles)},
                              {"shc_earlier", result(d.wins)},
                              {"shc_later", result(d.losses)}};
  }
  return json;
}

/// The row of a detector whose numbers were not recorded: it has no others either.
Json missing_row(const EventScores& event, const std::string& detector, bool complete) {
  Json row = to_json(event, {detector, {}, {}}, false);
  if (complete) row["threshold"] = nullptr;
  for (auto& [key, value] : row.items()) {
    if (key == "name" || key == "event" || key == "window") continue;
    value = value.is_array() ? Json{nullptr, nullptr} : Json();
  }
  row["available"] = false;
  return row;
}

/// What is said of an event before any detector: what happened, and the verdict, if this window has it.
Json to_json(const EventScores& event) {
  Json json{{"detected", event.seeds.size()},
            {"median_step", result(event.median_step)},
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
                     {"median_difference", result(v.median_difference)},
                     {"interval", json_interval(v.interval)},
                     {"p", result(v.p)},
                     {"p_alone", result(v.p_alone)},
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
            {"fixed_beforehand", {"events"}},
            {"exploratory", {"detectors", "first", "order", "lags"}}};
  for (const EventScores& event : events) {
    const FirstMover& first = event.first;
    const Json shares{{"shc", result(first.shc)},
                      {"pr", result(first.pr)},
                      {"together", result(first.together)},
                      {"neither", result(first.neither)}};
    if (!json["first"].contains(event.event) && !event.detectors.empty())
      json["first"][event.event] = first.word();
    if (event.verdict || !json["events"].contains(event.event)) json["events"][event.event] = to_json(event);
    Json order{{"event", event.event}, {"window", event.window}, {"shares", shares}};
    if (complete) {
      order.update({{"seeds", event.seeds},
                    {"steps", event.steps},
                    {"horizons", event.horizons},
                    {"control_seeds", event.control_seeds},
                    {"first", first.by_run}});
      for (const auto& [definition, lag] : event.lags)
        json["lags"].push_back({{"event", event.event},
                                {"window", event.window},
                                {"definition", definition},
                                {"lags", results(lag.lags)},
                                {"median", result(lag.median)},
                                {"shc_first", result(lag.first)},
                                {"chance", result(lag.chance)}});
    }
    json["order"].push_back(std::move(order));
    for (const DetectorScore& entry : event.detectors)
      json["detectors"].push_back(to_json(event, entry, complete));
    if (event.detectors.empty()) continue;  // nothing was scored at all
    for (const std::string& name : event.not_available)
      json["detectors"].push_back(missing_row(event, name, complete));
  }
  return json;
}

Json costs_json(const DetectorCosts& costs) {
  Json json{{"step_seconds", result(costs.step_seconds)}, {"cost_in_steps", Json::object()}};
  for (const auto& [window, columns] : costs.in_steps) {
    for (const auto& [name, cost] : columns)
      json["cost_in_steps"][std::to_string(window)][name] = result(cost);
  }
  return json;
}

std::string lines_of(const Json& object) {
  std::string text;
  for (const auto& [key, value] : object.items()) {
    text += (text.empty() ? "" : ",\n") + Json(key).dump() + ": ";
    const bool listed = std::ranges::any_of(value, [](const Json& element) { return element.is_object(); });
    if (!listed) {
      text += value.dump();
      continue;
    }
    std::string elements;
    for (const auto& [name, element] : value.items())
      elements += (elements.empty() ? "" : ",\n") + std::string(" ") +
                  (value.is_object() ? Json(name).dump() + ": " : "") + element.dump();
    text += (value.is_object() ? "{\n" : "[\n") + elements + (value.is_object() ? "}" : "]");
  }
  return "{\n" + text + "}\n";
}

}  // namespace premelt::cli
