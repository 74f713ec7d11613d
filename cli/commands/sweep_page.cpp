#include "cli/commands/sweep_page.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <string_view>

#include "cli/report/report.hpp"
#include "rdm/scoring/detectors.hpp"
#include "rdm/scoring/verdict.hpp"

namespace premelt::cli {

namespace {

std::string rounded(double value, int digits = 0) {
  char text[32];
  std::snprintf(text, sizeof text, "%.*f", digits, value);
  return text == std::string_view("-0") ? "0" : text;
}

/// A chart's frame: pixels of the plot area and the units of its axes.
struct Frame {
  double left, top, width, height, x_max, y_max;

  std::string x(double value) const { return rounded(left + width * value / x_max, 1); }
  std::string y(double value) const { return rounded(top + height * (1 - value / y_max), 1); }
};

std::string label(const std::string& x, const std::string& y, const char* anchor, const std::string& text) {
  return "<text x=\"" + x + "\" y=\"" + y + "\" text-anchor=\"" + anchor + "\" fill=\"currentColor\">" +
         report::escape_html(text) + "</text>";
}

std::string rule(const std::string& x1, const std::string& y1, const std::string& x2, const std::string& y2,
                 const char* colour, double width) {
  return "<line x1=\"" + x1 + "\" y1=\"" + y1 + "\" x2=\"" + x2 + "\" y2=\"" + y2 + "\" stroke=\"" + colour +
         "\" stroke-width=\"" + rounded(width, 1) + "\"/>";
}

/// 1, 2 or 5 times a power of ten, so that about five of them reach `most` > 0.
double tick_step(double most) {
  const double decade = std::pow(10, std::floor(std::log10(most / 5)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (most / (factor * decade) <= 6) return factor * decade;
  }
  return 10 * decade;
}

std::string x_axis(const Frame& frame, const std::string& title) {
  std::string svg;
  const double step = tick_step(frame.x_max);
  for (int i = 0; i * step <= frame.x_max * (1 + 1e-9); ++i) {
    const double value = i * step;
    svg += rule(frame.x(value), frame.y(0), frame.x(value), frame.y(frame.y_max), "var(--rule)", 1);
    svg += label(frame.x(value), rounded(frame.top + frame.height + 18), "middle",
                 rounded(value, step < 1 ? 1 : 0));
  }
  return svg + label(rounded(frame.left + frame.width / 2), rounded(frame.top + frame.height + 38), "middle",
                     title);
}

std::string svg(double width, double height, const std::string& title, const std::string& content) {
  return "<svg role=\"img\" aria-label=\"" + report::escape_html(title) + "\" viewBox=\"0 0 " +
         rounded(width) + " " + rounded(height) + "\" font-size=\"14\">" + content + "</svg>";
}

bool is_undefined(const DetectorScore& entry) {
  return std::isnan(entry.score.threshold);
}

/// A column's name in words.
std::string spaced(std::string name) {
  std::ranges::replace(name, '_', ' ');
  return name;
}

/// Its name behind the sign that says what its numbers do not.
std::string marked(const DetectorScore& entry) {
  const std::string name = spaced(entry.detector);
  if (is_undefined(entry)) return "? " + name;
  return trustworthy(entry.score) ? name : "! " + name;
}

double longest_lead(const EventScores& event) {
  double longest = 1;
  for (const DetectorScore& entry : event.detectors) {
    if (entry.detector != oracle && !is_undefined(entry))
      longest = std::max(longest, std::ranges::max(entry.score.leads));
  }
  return longest;
}

/// What a column is: the words of its detector, and of what is done to the losses before.
std::string meaning(const std::string& column) {
  if (column == oracle)
    return "the order parameter itself, which no detector may read: the best that any could do";
  const Detector* best = nullptr;
  for (const Detector& detector : detectors()) {
    const bool fits = column == detector.name || column.starts_with(detector.name + "_");
    if (fits && (best == nullptr || detector.name.size() > best->name.size())) best = &detector;
  }
  if (best == nullptr) return "measured with the run, or a detector of one's own";
  std::string rest = column.substr(best->name.size()), text = best->summary;
  for (const auto& [suffix, words] : {std::pair("_trend", "; Kendall's trend of it since the first window"),
                                      {"_detrended", "; without each probe's line in the window"},
                                      {"_log", "; of the logarithms of the losses"},
                                      {"_whitened", "; of losses whitened by the runs without the event"}}) {
    const auto at = rest.find(suffix);
    if (at == std::string::npos) continue;
    rest.erase(at, std::string_view(suffix).size());
    text += words;
  }
  if (!rest.empty()) text += "; on the channel" + spaced(rest);
  return text;
}

/// The names of a chart's rows, folded away.
std::string meanings(const EventScores& event) {
  std::string html = "<details><summary>What the " + std::to_string(event.detectors.size()) +
                     " names mean</summary><dl class=\"meanings\">";
  for (const DetectorScore& entry : event.detectors)
    html += "<dt>" + report::escape_html(spaced(entry.detector)) + "</dt><dd>" +
            report::escape_html(meaning(entry.detector)) + "</dd>";
  return html + "</dl></details>";
}

/// One row a detector, one dot a run, a bar at the median.
std::string strip_plot(const EventScores& event) {
  const auto rows = static_cast<double>(event.detectors.size());
  const Frame frame{200, 10, 620, 22 * rows, longest_lead(event), rows};
  std::string content = x_axis(frame, "lead in steps (0: missed)");
  double row = rows - 0.5;
  for (const DetectorScore& entry : event.detectors) {
    const std::string y = frame.y(row--);
    const char* colour = trustworthy(entry.score) ? "var(--accent)" : "var(--alarm)";
    content += label("190", rounded(std::stod(y) + 5, 1), "end", marked(entry));
    if (is_undefined(entry)) continue;
    for (double lead : entry.score.leads) {
      content += "<circle cx=\"" + frame.x(std::min(lead, frame.x_max)) + "\" cy=\"" + y +
                 "\" r=\"4\" fill=\"" + colour + "\" fill-opacity=\".35\"/>";
    }
    const std::string x = frame.x(std::min(entry.score.median_lead, frame.x_max));
    content += rule(x, rounded(std::stod(y) - 9, 1), x, rounded(std::stod(y) + 9, 1), "currentColor", 2.5);
  }
  return svg(840, 22 * rows + 60, "lead of every run", content);
}

/// SHC, PR's fall, detrended SHC, and the champion.
std::string curves(const EventScores& event) {
  constexpr std::array colours{"var(--seriesa)", "var(--seriesb)", "var(--seriesc)", "var(--seriesd)"};
  const DetectorScore* rival = champion(event);
  std::vector<std::string> shown{"shc", "localisation", "shc_detrended"};
  if (rival != nullptr && std::ranges::find(shown, rival->detector) == shown.end())
    shown.push_back(rival->detector);
  const Frame frame{70, 10, 420, 280, 1, longest_lead(event)};
  std::string content = x_axis(frame, "false alarms in the held-out half");
  content += label("62", frame.y(frame.y_max * 0.98), "end", rounded(frame.y_max)) +
             label("62", frame.y(0), "end", "0");
  double legend = 30;
  for (std::size_t i = 0; i < shown.size(); ++i) {
    const auto entry = std::ranges::find(event.detectors, shown[i], &DetectorScore::detector);
    if (entry == event.detectors.end()) continue;
    content +=
        "<polyline fill=\"none\" stroke-width=\"2.5\" stroke=\"" + std::string(colours[i]) + "\" points=\"";
    for (const TradeOff& point : entry->curve)
      content +=
          frame.x(point.false_alarm_rate) + "," + frame.y(std::min(point.median_lead, frame.y_max)) + " ";
    content +=
        "\"/>" + rule("510", rounded(legend - 5), "540", rounded(legend - 5), colours[i], 2.5) +
        label("548", rounded(legend), "start", marked(*entry) + (&*entry == rival ? ", champion" : ""));
    legend += 22;
  }
  return svg(840, 350, "median lead against false alarms", content);
}

/// In how many runs SHC alarms before and after this detector.
std::string against_shc(const EventScores& event, const DetectorScore& entry) {
  const DetectorScore* shc = find_detector(event, "shc");
  if (shc == nullptr || is_undefined(*shc) || is_undefined(entry)) return "";
  const PairedDifference d = paired_difference(shc->score.leads, entry.score.leads);
  return rounded(d.median) + " (" + rounded(100 * d.wins) + " / " + rounded(100 * d.losses) + " %)";
}

std::string percent(double share) {
  return rounded(100 * share) + " %";
}

std::string range(const Interval& interval, double scale = 1) {
  return rounded(scale * interval.low) + "–" + rounded(scale * interval.high);
}

std::vector<std::string> cells(const EventScores& event, const DetectorScore& entry) {
  const Score& s = entry.score;
  std::vector<std::string> cells{marked(entry)};
  if (is_undefined(entry)) {
    cells.resize(13);
  } else {
    cells.insert(
        cells.end(),
        {percent(s.detection_rate), range(s.detection_interval, 100) + " %", percent(s.false_alarm_rate),
         range(s.false_alarm_interval, 100) + " %", rounded(s.median_lead), range(s.lead_quartiles),
         range(s.lead_band), percent(s.median_share), rounded(s.median_lead / event.window_steps, 1),
         rounded(s.auc, 3), std::to_string(s.first_recording_alarms), against_shc(event, entry)});
  }
  cells.push_back(std::isnan(entry.cost_in_steps) ? "" : short_number(entry.cost_in_steps));
  for (const auto& [trap, count] : entry.traps)
    cells.push_back(std::to_string(count.alarms) + " of " + std::to_string(count.runs));
  return cells;
}

std::string table(const EventScores& event) {
  std::vector<std::string> heads{"detector",
                                 "detected",
                                 "95 % interval",
                                 "false alarms",
                                 "95 % interval",
                                 "median lead",
                                 "quartiles",
                                 "band",
                                 "of the time to the event",
                                 "in windows",
                                 "AUC",
                                 "at the first recording",
                                 "SHC minus this (earlier / later)",
                                 "cost in steps"};
  for (const auto& [trap, count] : event.detectors.front().traps) heads.push_back("trap: " + trap);
  std::string html =
      "<div class=\"table\" tabindex=\"0\" role=\"region\" aria-label=\"All "
      "scores\"><table><caption>Thresholds let at most 5 % of the development half's pairs "
      "alarm; "
      "all numbers are of the held-out half. !: more false alarms than 5 % can explain. ?: undefined, no "
      "threshold. Lead: a miss counts 0; band: with other development controls. AUC over pairs of runs and "
      "controls, watched equally long. At the first recording: runs that alarm as soon as they may. Cost: of "
      "a recording, in training steps; what detectors share counts for each. Traps: "
      "alarms on event-free runs.</caption><thead><tr>";
  for (const std::string& head : heads) html += "<th>" + report::escape_html(head) + "</th>";
  html += "</tr></thead><tbody>";
  for (const DetectorScore& entry : event.detectors) {
    html += trustworthy(entry.score) ? "<tr>" : "<tr class=\"missed\">";
    for (const std::string& cell : cells(event, entry)) html += "<td>" + report::escape_html(cell) + "</td>";
    html += "</tr>";
  }
  return html + "</tbody></table></div>";
}

std::string lag_table(const EventScores& event) {
  if (event.lags.empty()) return "";
  std::string html =
      "<div class=\"table\" tabindex=\"0\" role=\"region\" aria-label=\"Lags\"><table><caption>From SHC's "
      "peak to the event, by each definition of the event; "
      "negative: "
      "the peak comes after it. Chance: of a random step.</caption><thead><tr><th>event is</th><th>median "
      "lag</th><th>peak first</th><th>by chance</th></tr></thead><tbody>";
  for (const auto& [definition, lag] : event.lags)
    html += "<tr><td>" + report::escape_html(definition) + "</td><td>" + rounded(lag.median) + "</td><td>" +
            rounded(100 * lag.first) + " %</td><td>" + rounded(100 * lag.chance) + " %</td></tr>";
  return html + "</tbody></table></div>";
}

std::string charts(const EventScores& event) {
  const FirstMover& first = event.first;
  return "<h4>Lead of every run</h4>" + strip_plot(event) +
         "<p>Each dot is a run, the bar the median. Orange and !: more false alarms than 5 % can explain. ?: "
         "undefined.</p>" +
         meanings(event) + "<h4>What a longer lead costs</h4>" + curves(event) +
         "<p>Which moved first, each against its own null: SHC " + rounded(100 * first.shc) +
         " %, a rise of PR " + rounded(100 * first.pr) + " %, together " + rounded(100 * first.together) +
         " %, neither " + rounded(100 * first.neither) + " % of runs.</p>" + lag_table(event) + table(event);
}

std::string missing(const EventScores& event) {
  if (event.not_available.empty()) return "";
  std::string names;
  for (const std::string& name : event.not_available) names += " " + name;
  return "<p>Not available, since what they read was not recorded:" + report::escape_html(names) + ".</p>";
}

/// `windows` are the same event's; all but the first are folded away.
std::string section(const std::vector<EventScores>& windows) {
  const EventScores& event = windows.front();
  std::string html = "<h3>" + report::escape_html(event.event) + ": in " +
                     std::to_string(event.seeds.size()) + " of " + std::to_string(event.scored) + " runs";
  if (event.detectors.empty()) return html + "; nothing to score</h3>";
  html += ", median step " + rounded(event.median_step) + "</h3>" + charts(event) + missing(event);
  for (std::size_t w = 1; w < windows.size(); ++w)
    html += "<details><summary>W = " + std::to_string(windows[w].window) + "</summary>" + charts(windows[w]) +
            "</details>";
  return html;
}

std::string verdicts(const std::vector<EventScores>& events) {
  std::string html;
  for (const EventScores& event : events) {
    if (event.verdict) html += "<li>" + report::escape_html(sentence(event)) + "</li>";
  }
  return "<section class=\"chart\"><h2>Fixed beforehand</h2><p>One comparison an event: raw SHC against the "
         "champion, which is the rival with the longest median lead in the development half.</p><ul "
         "class=\"verdicts\">" +
         html + "</ul></section>";
}

}  // namespace

std::string sweep_page(const std::string& setting, const std::string& subtitle,
                       const std::vector<EventScores>& events) {
  std::string html =
      verdicts(events) +
      "\n<section class=\"chart\"><h2>Exploratory</h2><p>Everything below was looked at without "
      "having been named before: the best of many comes out best by chance, too.</p>";
  for (const auto& windows : by_event(events)) html += section(windows) + "\n";
  return report::render_still("Which statistic warns of " + setting + "?", subtitle, html + "</section>");
}

}  // namespace premelt::cli
