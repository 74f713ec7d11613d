#pragma once
/// What the user knows to have happened in a run, beside what the alarms say: `analyze --events`.

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <utility>
#include <vector>

#include "rdm/window/event.hpp"

namespace premelt::cli {

/// From a CSV `step,name`, with or without that header; in order of their steps. `range`: the first and the
/// last step of the recordings. Throws DataError naming file and line when a step is not whole or outside the
/// range, a name is missing, used twice or not UTF-8, or there is no event at all.
std::vector<Event> read_known_events(const std::string& file, std::pair<std::int64_t, std::int64_t> range);

/// How alarms lie to events. An event's alarm is the latest between the event before it and itself, and its
/// lead the steps from the one to the other; every alarm that is no event's is a false one.
struct Leads {
  struct Lead {
    Event event;
    const Event* alarm;  ///< null: missed
  };
  std::vector<Lead> leads;
  std::vector<const Event*> false_alarms;  ///< in order of their steps
};

/// `marks`: alarms and events, which have to outlive the result.
Leads find_leads(const std::vector<Event>& marks);

std::string to_text(const Leads& leads);     ///< a table, and the false alarms in a line
nlohmann::json to_json(const Leads& leads);  ///< {"leads": [...], "false_alarms": [steps]}

}  // namespace premelt::cli
