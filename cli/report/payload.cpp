#include "cli/report/payload.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <nlohmann/json.hpp>

#include "cli/report/alarm_verdict.hpp"
#include "cli/report/base64.hpp"
#include "cli/report/checks.hpp"
#include "cli/report/frames.hpp"
#include "cli/report/lines.hpp"
#include "cli/report/probe_layout.hpp"
#include "engine/tensor/error.hpp"
#include "rdm/window/formation.hpp"
#include "rdm/window/transition.hpp"

namespace premelt::report {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t probe_line_points = 60000;  // of all probe lines together
constexpr std::size_t attention_bytes = 1500000;  // of all patterns together
constexpr std::size_t block_rows = 300, formation_points = 400;

Json number(double value) {
  if (!std::isfinite(value)) return nullptr;
  if (value == std::trunc(value) && std::abs(value) < 1e15) return static_cast<std::int64_t>(value);
  return std::strtod(fmt::format("{:.6g}", value).c_str(), nullptr);
}

Json numbers(const std::vector<double>& values) {
  Json list = Json::array();
  for (const double value : values) list.push_back(number(value));
  return list;
}

template <class T>
Json optional_number(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json lines_json(const std::vector<Line>& lines) {
  Json list = Json::array();
  for (const Line& line : lines) {
    list.push_back(
        {{"name", line.name}, {"block", line.block}, {"x", numbers(line.x)}, {"y", numbers(line.y)}});
  }
  return list;
}

Json order_json(const ReportData& data) {
  Json list = lines_json(order_lines(data));
  for (Json& line : list) {
    const auto target = data.order_targets.find(line["name"].get<std::string>());
    if (target != data.order_targets.end()) line["target"] = number(target->second);
  }
  return list;
}

Json events_json(const ReportData& data) {
  Json list = Json::array();
  for (const Event& mark : data.marks) {
    if (mark.kind == Event::Kind::event)
      list.push_back({{"name", mark.name}, {"step", mark.step}, {"why", mark.why}});
  }
  return list;
}

/// The step and the block masses of an SHC peak.
Json peak_json(const ReportData& data, const ProbeLayout& layout, const std::optional<std::size_t>& row) {
  if (!row) return nullptr;
  return {{"step", step_at(data, *row)}, {"mass", numbers(top_mode_shares(data, *row, layout.partition()))}};
}

Json alarms_json(const ReportData& data, const ProbeLayout& layout, const std::vector<AlarmPeak>& alarms) {
  Json list = Json::array();
  std::size_t previous_row = 0;
  for (const auto& [mark, peak_row] : alarms) {
    const std::size_t row = row_at(data, static_cast<double>(mark.step));
    const AlarmVerdict verdict =
        row < row_count(data.signals) ? judge_alarm(data, row, previous_row) : AlarmVerdict{};
    previous_row = row;
    list.push_back({{"name", mark.name},
                    {"step", mark.step},
                    {"value", number(mark.value)},
                    {"threshold", number(mark.threshold)},
                    {"why", mark.why},
                    {"kind", verdict.kind()},
                    {"verdict", verdict.words()},
                    {"peak", peak_json(data, layout, peak_row)}});
  }
  return list;
}

Json transitions_json(const ReportData& data, const ProbeLayout& layout,
                      const std::vector<Transition>& transitions) {
  Json list = Json::array();
  for (const Transition& t : transitions) {
    list.push_back({{"name", t.name},
                    {"at10", optional_number(t.at10)},
                    {"at50", optional_number(t.at50)},
                    {"at90", optional_number(t.at90)},
                    {"alarm", optional_number(t.alarm)},
                    {"lead", optional_number(t.lead())},
                    {"peak", peak_json(data, layout, t.peak_row)}});
  }
  return list;
}

/// The upper triangle over the largest entry, so that even a matrix of 1e-40 fits a float.
std::string pack_symmetric(const Tensor<double>& matrix, double scale) {
  std::vector<float> packed;
  for (std::size_t i = 0; i < matrix.shape()[0]; ++i) {
    for (std::size_t j = i; j < matrix.shape()[1]; ++j)
      packed.push_back(static_cast<float>(matrix(i, j) / scale));
  }
  std::vector<std::uint8_t> bytes(packed.size() * sizeof(float));
  std::memcpy(bytes.data(), packed.data(), bytes.size());
  return base64(bytes);
}

Json frame_json(const ReportData& data, const ProbeLayout& layout, const Stop& stop) {
  const Frame frame = make_frame(data, layout, stop.row);
  double scale = 0;
  for (const double entry : frame.covariance.flat()) scale = std::max(scale, std::abs(entry));
  if (!(scale > 0)) scale = 1;
  Json json{{"first", frame.first},
            {"step", frame.step},
            {"label", stop.label},
            {"scale", number(scale)},
            {"c", pack_symmetric(frame.covariance, scale)},
            {"v", numbers(frame.mode)},
            {"mass", numbers(frame.mass)}};
  for (const char* signal : {"shc", "pr"}) {
    const std::size_t column = find_column(data.signals, signal);
    json[signal] =
        column < data.signals.columns.size() ? number(data.signals.values(stop.row, column)) : Json();
  }
  return json;
}

Json shares_json(const std::vector<std::vector<double>>& rows) {
  Json list = Json::array();
  for (const auto& row : rows) list.push_back(numbers(row));
  return list;
}

/// With a single block there is nothing to share.
Json blocks_json(const ReportData& data, const ProbeLayout& layout) {
  if (layout.blocks.size() < 2) return nullptr;
  const BlockCourse course = block_course(data, layout.partition(), block_rows);
  return {
      {"steps", course.steps}, {"energy", shares_json(course.energy)}, {"mass", shares_json(course.mass)}};
}

Json formations_json(const ReportData& data, const std::vector<Transition>& transitions) {
  Json list = Json::array();
  for (const Formation& f : formations(data, transitions, data.order_of_event, formation_points)) {
    list.push_back({{"event", f.event},
                    {"order", f.order},
                    {"steps", f.steps},
                    {"value", numbers(f.value)},
                    {"shc", numbers(f.shc)},
                    {"shc_detrended", numbers(f.shc_detrended)},
                    {"drop", numbers(f.drop)}});
  }
  return list;
}

/// Weights in 255ths, a byte each, in as many frames as fit into `attention_bytes`.
Json attention_json(const AttentionCourse& attention) {
  if (attention.heads.empty() || attention.steps.size() == 0) return nullptr;
  const std::size_t frames = attention.steps.size(), width = attention.patterns.size() / frames;
  const std::size_t stride = (frames * width + attention_bytes - 1) / attention_bytes;
  Json shown = Json::array();
  for (std::size_t frame = 0; frame < frames; frame += std::max<std::size_t>(stride, 1)) {
    std::vector<std::uint8_t> bytes;
    for (const double weight : attention.patterns.flat().subspan(frame * width, width))
      bytes.push_back(static_cast<std::uint8_t>(weight > 0 ? std::lround(255 * std::min(weight, 1.0)) : 0));
    shown.push_back({{"step", attention.steps(frame)}, {"weights", base64(bytes)}});
  }
  return {{"heads", attention.heads},
          {"probes", attention.probes},
          {"tokens", attention.tokens},
          {"frames", shown}};
}

Json cells_json(const ProbeLayout& layout) {
  Json list = Json::array();
  for (const Cell& cell : layout.cells) {
    std::string name = layout.names[cell.probes.front()];
    if (cell.probes.size() > 1) name += " … " + layout.names[cell.probes.back()];
    list.push_back({{"name", name}, {"block", cell.block}});
  }
  return list;
}

Json parse_provenance(const std::string& text) {
  const Json provenance = Json::parse(text, nullptr, false);
  if (!provenance.is_object()) throw DataError("[report] the provenance is not a JSON object");
  return provenance;
}

/// What is drawn of a second run: its means, order parameters, raw signals and events.
Json other_json(const std::optional<SecondRun>& second) {
  if (!second) return nullptr;
  const ReportData& data = second->data;
  const ProbeLayout layout = lay_out_probes(data);
  const auto raw = [&](const std::string& signal) {
    std::vector<Line> lines = signal_lines(data, signal);
    lines.resize(std::min<std::size_t>(lines.size(), 1));
    return lines_json(lines);
  };
  return {{"label", second->name},
          {"subtitle", data.subtitle},
          {"means", lines_json(mean_lines(data, layout))},
          {"order", order_json(data)},
          {"shc", raw("shc")},
          {"pr", raw("pr")},
          {"trace", raw("trace")},
          {"transitions", transitions_json(data, layout, transitions(data))}};
}

/// The steps that the charts span: those of both runs.
Json range_json(const ReportData& data, const std::optional<SecondRun>& second) {
  std::int64_t first = data.steps(0), last = data.steps(data.steps.size() - 1);
  if (second) {
    const auto& steps = second->data.steps;
    first = std::min(first, steps(0));
    last = std::max(last, steps(steps.size() - 1));
  }
  return {first, last};
}

}  // namespace

std::string payload(const ReportData& data, const std::optional<SecondRun>& second) {
  check_names(data);
  const ProbeLayout layout = lay_out_probes(data);
  const std::vector<Transition> found = transitions(data);
  const std::vector<AlarmPeak> raised = alarm_peaks(data);
  const auto row = main_row(data, found, raised);
  Json frames = Json::array();
  for (const Stop& stop : slider_stops(data, found, raised)) frames.push_back(frame_json(data, layout, stop));

  const Json json{{"title", data.title},
                  {"subtitle", data.subtitle},
                  {"recordings", data.steps.size()},
                  {"probes", layout.names.size()},
                  {"window", data.window},
                  {"range", range_json(data, second)},
                  {"blocks", layout.blocks},
                  {"losses",
                   {{"probes", lines_json(probe_lines(data, layout, probe_line_points))},
                    {"means", lines_json(mean_lines(data, layout))}}},
                  {"order", order_json(data)},
                  {"shc", lines_json(signal_lines(data, "shc"))},
                  {"pr", lines_json(signal_lines(data, "pr"))},
                  {"trace", lines_json(signal_lines(data, "trace"))},
                  {"null",
                   {{"shc_mean", number(data.null.shc_mean)},
                    {"shc_threshold", number(data.null.shc_threshold)},
                    {"pr", number(data.null.pr)},
                    {"random_walk_pr", number(data.null.random_walk_pr)}}},
                  {"events", events_json(data)},
                  {"alarms", alarms_json(data, layout, raised)},
                  {"transitions", transitions_json(data, layout, found)},
                  {"peak", peak_json(data, layout, row)},
                  {"cells", cells_json(layout)},
                  {"probes_per_cell", layout.probes_per_cell},
                  {"frames", frames},
                  {"block_course", blocks_json(data, layout)},
                  {"formations", formations_json(data, found)},
                  {"attention", attention_json(data.attention)},
                  {"other", other_json(second)},
                  {"provenance", parse_provenance(data.provenance)}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace premelt::report
