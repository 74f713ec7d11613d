#include "engine/tape/profile.hpp"

#include <algorithm>
#include <iomanip>
#include <sstream>
#include <utility>
#include <vector>

namespace premelt {

namespace {
thread_local Profile* active_profile = nullptr;
}

Profile::Profile() : before_(active_profile), last_(std::chrono::steady_clock::now()) {
  active_profile = this;
}

Profile::~Profile() {
  active_profile = before_;
}

Profile* Profile::active() {
  return active_profile;
}

double Profile::lap() {
  const auto now = std::chrono::steady_clock::now();
  return std::chrono::duration<double>(now - std::exchange(last_, now)).count();
}

void Profile::forward(const char* op, std::size_t bytes) {
  Row& row = rows_[op];
  ++row.forward_calls;
  row.bytes += bytes;
  row.forward_seconds += lap();
}

void Profile::backward(const char* op) {
  Row& row = rows_[op];
  ++row.backward_calls;
  row.backward_seconds += lap();
}

std::string to_string(const Profile& profile) {
  std::vector<std::pair<std::string, Profile::Row>> rows(profile.rows().begin(), profile.rows().end());
  const auto seconds = [](const auto& entry) {
    return -entry.second.forward_seconds - entry.second.backward_seconds;
  };
  std::ranges::stable_sort(rows, {}, seconds);
  std::ostringstream text;
  text << std::left << std::setw(18) << "op" << std::right << std::setw(9) << "forward" << std::setw(11)
       << "ms" << std::setw(10) << "backward" << std::setw(11) << "ms" << std::setw(11) << "MB" << '\n'
       << std::fixed << std::setprecision(3);
  for (const auto& [op, row] : rows) {
    text << std::left << std::setw(18) << op << std::right << std::setw(9) << row.forward_calls
         << std::setw(11) << 1e3 * row.forward_seconds << std::setw(10) << row.backward_calls << std::setw(11)
         << 1e3 * row.backward_seconds << std::setw(11) << 1e-6 * static_cast<double>(row.bytes) << '\n';
  }
  return text.str();
}

}  // namespace premelt
