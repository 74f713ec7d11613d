#include "cli/runs/known_events.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "engine/io/csv.hpp"
#include "engine/tensor/error.hpp"
#include "engine/tensor/names.hpp"
#include "engine/tensor/numbers.hpp"
#include "rdm/io/loss_lines.hpp"

namespace premelt::cli {

namespace {

std::vector<const Event*> of_kind(const std::vector<Event>& marks, Event::Kind kind) {
  std::vector<const Event*> found;
  for (const Event& mark : marks) {
    if (mark.kind == kind) found.push_back(&mark);
  }
  std::ranges::stable_sort(found, {}, &Event::step);
  return found;
}

std::string steps_of(const std::vector<const Event*>& alarms) {
  std::vector<std::string> steps;
  for (const Event* alarm : alarms) steps.push_back(std::to_string(alarm->step));
  return comma_separated(steps);
}

}  // namespace

std::vector<Event> read_known_events(const std::string& file, std::pair<std::int64_t, std::int64_t> range) {
  std::vector<CsvRow> rows = read_csv(file);
  if (rows.front().cells.size() != 2)
    throw DataError(file + ":1: expected two columns, step,name, found " +
                    std::to_string(rows.front().cells.size()));
  if (rows.front().cells[0] == "step") rows.erase(rows.begin());
  if (rows.empty()) throw DataError(file + ": names no event");
  std::vector<Event> events;
  for (const CsvRow& row : rows) {
    const std::string where = file + ":" + std::to_string(row.line);
    const double step = require_number(file, row, 0);
    if (!(step >= static_cast<double>(range.first) && step <= static_cast<double>(range.second)))
      throw DataError(where + ": step " + format_number(step) + " is not between the first and the last of " +
                      "the recordings, " + std::to_string(range.first) + " and " +
                      std::to_string(range.second));
    const std::string& name = row.cells[1];
    if (name.empty() || !is_utf8(name)) throw DataError(where + ": column 2: expected a name in UTF-8");
    if (std::ranges::count(events, name, &Event::name) > 0)
      throw DataError(where + ": the event '" + name + "' is named twice");
    events.push_back({Event::Kind::event, name, to_step(where, step), undefined, undefined, "from " + file});
  }
  std::ranges::stable_sort(events, {}, &Event::step);
  return events;
}

Leads find_leads(const std::vector<Event>& marks) {
  Leads found{{}, of_kind(marks, Event::Kind::alarm)};
  std::int64_t before = std::numeric_limits<std::int64_t>::min();
  for (const Event* event : of_kind(marks, Event::Kind::event)) {
    const auto late = std::ranges::upper_bound(found.false_alarms, event->step, {}, &Event::step);
    const bool warned = late != found.false_alarms.begin() && (*std::prev(late))->step > before;
    found.leads.push_back({*event, warned ? *std::prev(late) : nullptr});
    if (warned) found.false_alarms.erase(std::prev(late));
    before = event->step;
  }
  return found;
}

std::string to_text(const Leads& leads) {
  std::string text = fmt::format("{:<20} {:>8} {:>8} {:>8}\n", "event", "step", "alarm", "lead");
  for (const auto& [event, alarm] : leads.leads) {
    text += fmt::format("{:<20} {:>8} {:>8} {:>8}\n", printable(event.name), event.step,
                        alarm != nullptr ? std::to_string(alarm->step) : "-",
                        alarm != nullptr ? std::to_string(event.step - alarm->step) : "-");
  }
  const std::vector<const Event*>& wrong = leads.false_alarms;
  return text + "false alarms: " + std::to_string(wrong.size()) +
         (wrong.empty() ? "" : " (at step " + steps_of(wrong) + ")") + "\n";
}

nlohmann::json to_json(const Leads& leads) {
  nlohmann::json list = nlohmann::json::array(), wrong = nlohmann::json::array();
  for (const auto& [event, alarm] : leads.leads) {
    nlohmann::json entry{{"name", event.name}, {"step", event.step}, {"alarm", nullptr}, {"lead", nullptr}};
    if (alarm != nullptr) entry.update({{"alarm", alarm->step}, {"lead", event.step - alarm->step}});
    list.push_back(entry);
  }
  for (const Event* alarm : leads.false_alarms) wrong.push_back(alarm->step);
  return {{"leads", list}, {"false_alarms", wrong}};
}

}  // namespace premelt::cli
