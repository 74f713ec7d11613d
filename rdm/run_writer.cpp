#include "rdm/run_writer.hpp"

#include <cerrno>
#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>

#include "engine/csv.hpp"
#include "engine/error.hpp"

namespace premelt {

namespace fs = std::filesystem;

namespace {

std::ofstream create(const fs::path& path) {
  std::ofstream file(path);
  if (!file) throw DataError(path.string() + ": cannot be written: " + std::strerror(errno));
  return file;
}

std::string header(const std::vector<std::string>& columns) {
  std::string text = "step";
  for (const std::string& column : columns) text += "," + column;
  return text;
}

}  // namespace

fs::path make_run_directory(const fs::path& wanted) {
  fs::path candidate = wanted;
  std::error_code error;
  for (int i = 2; fs::exists(candidate, error) &&
                  !(fs::is_directory(candidate, error) && fs::is_empty(candidate, error));
       ++i) {
    candidate = wanted.string() + "-" + std::to_string(i);
  }
  fs::create_directories(candidate, error);
  if (error) throw DataError(candidate.string() + ": the directory cannot be made: " + error.message());
  return candidate;
}

nlohmann::json json_number(double value) {
  return std::isfinite(value) ? nlohmann::json(value) : nlohmann::json();
}

nlohmann::json to_json(const std::vector<Event>& events) {
  nlohmann::json list = nlohmann::json::array();
  for (const Event& event : events) {
    list.push_back({{"kind", event.kind == Event::Kind::alarm ? "alarm" : "event"},
                    {"name", event.name},
                    {"step", event.step},
                    {"value", json_number(event.value)},
                    {"threshold", json_number(event.threshold)},
                    {"why", event.why}});
  }
  return list;
}

void write_file(const fs::path& path, const std::string& text) {
  const fs::path temporary = path.string() + ".part";
  {
    std::ofstream file = create(temporary);
    file << text << std::flush;
    if (!file) throw DataError(path.string() + ": cannot be written: " + std::strerror(errno));
  }
  fs::rename(temporary, path);
}

RunWriter::RunWriter(const fs::path& directory, const nlohmann::json& run_info, const Layout& layout)
    : directory_((write_file(directory / "run.json", run_info.dump(2) + "\n"), directory)),
      losses_(directory / "losses.npy", Shape{layout.probes}),
      steps_(directory / "steps.npy", Shape{}),
      modes_(directory / "modes.npy", Shape{layout.modes, layout.probes}),
      signals_(create(directory / "signals.csv")) {
  if (!layout.order.empty()) *(order_ = create(directory / "order.csv")) << header(layout.order) << "\n";
  signals_ << header(layout.signals) << ",alarm\n";
  write_events();
  flush();
}

RunWriter::~RunWriter() = default;

void RunWriter::record(std::int64_t step, std::span<const double> losses, std::span<const double> order) {
  losses_.append(losses);
  steps_.append({&step, 1});
  if (!order_) return;
  *order_ << step;
  for (double value : order) *order_ << "," << format_number(value);
  *order_ << "\n";
}

void RunWriter::observe(const Observation& observation) {
  signals_ << observation.step;
  for (double value : observation.values) signals_ << "," << format_number(value);
  signals_ << "," << (observation.alarm ? 1 : 0) << "\n";
  modes_.append(observation.modes.flat());
}

void RunWriter::add(const Event& event) {
  events_.push_back(event);
  write_events();
}

void RunWriter::write_events() const {
  write_file(directory_ / "events.json", to_json(events_).dump(2) + "\n");
}

void RunWriter::flush() {
  losses_.flush();
  steps_.flush();
  modes_.flush();
  signals_.flush();
  if (order_) order_->flush();
  if (!signals_ || (order_ && !*order_)) {
    throw DataError(directory_.string() + ": the run could not be written (is the disk full?)");
  }
}

}  // namespace premelt
