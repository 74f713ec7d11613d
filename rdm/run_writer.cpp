#include "rdm/run_writer.hpp"

#include <cerrno>
#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>

#include "engine/csv.hpp"
#include "engine/error.hpp"
#include "engine/file.hpp"

namespace premelt {

namespace fs = std::filesystem;

namespace {

std::ofstream create(const fs::path& path) {
  std::ofstream file(path);
  if (!file) throw DataError(path.string() + ": cannot be written: " + std::strerror(errno));
  return file;
}

void write_header(std::ostream& file, const std::vector<std::string>& columns) {
  file << "step";
  for (const std::string& column : columns) file << "," << column;
}

void write_row(std::ostream& file, std::int64_t step, std::span<const double> values) {
  file << step;
  for (double value : values) file << "," << format_number(value);
}

/// A table of `step` and these columns; nothing without columns.
std::optional<std::ofstream> create_table(const fs::path& path, const std::vector<std::string>& columns) {
  if (columns.empty()) return std::nullopt;
  std::ofstream file = create(path);
  write_header(file, columns);
  file << "\n";
  return file;
}

}  // namespace

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

RunWriter::RunWriter(const fs::path& directory, const nlohmann::json& run_info, const Layout& layout)
    : directory_((write_file(directory / "run.json", run_info.dump(2) + "\n"), directory)),
      losses_(directory / "losses.npy", Shape{layout.probes}),
      steps_(directory / "steps.npy", Shape{}),
      modes_(directory / "modes.npy", Shape{layout.modes, layout.probes}),
      order_(create_table(directory / "order.csv", layout.order)),
      training_(create_table(directory / "training.csv", layout.training)),
      signals_(create(directory / "signals.csv")) {
  if (layout.attention.rank() > 0) {
    attention_.emplace(directory / "attention.npy", layout.attention);
    attention_steps_.emplace(directory / "attention_steps.npy", Shape{});
  }
  write_header(signals_, layout.signals);
  signals_ << ",alarm\n";
  write_events();
  flush();
}

RunWriter::~RunWriter() = default;

void RunWriter::record(const Recording& recording) {
  losses_.append(recording.losses);
  steps_.append({&recording.step, 1});
  for (auto [table, values] :
       {std::pair(&order_, recording.order), std::pair(&training_, recording.training)}) {
    if (!*table) continue;
    write_row(**table, recording.step, values);
    **table << "\n";
  }
  if (!attention_ || recording.attention.empty()) return;
  attention_->append(std::vector<float>(recording.attention.begin(), recording.attention.end()));
  attention_steps_->append({&recording.step, 1});
}

void RunWriter::observe(const Observation& observation) {
  write_row(signals_, observation.step, observation.values);
  signals_ << "," << (observation.alarm ? 1 : 0) << "\n";
  modes_.append(observation.modes.flat());
}

void RunWriter::sample(std::int64_t step, const std::string& line) {
  if (!samples_) samples_ = create(directory_ / "samples.txt");
  *samples_ << step << "\t" << line << "\n";
}

void RunWriter::add(const Event& event) {
  events_.push_back(event);
  write_events();
}

void RunWriter::write_events() const {
  write_file(directory_ / "events.json", to_json(events_).dump(2) + "\n");
}

void RunWriter::flush() {
  bool good = losses_.flush() && steps_.flush() && modes_.flush() && signals_.flush().good();
  for (auto* table : {&order_, &training_, &samples_}) good = good && (!*table || (*table)->flush().good());
  if (attention_) good = attention_->flush() && attention_steps_->flush() && good;
  if (!good) throw DataError(directory_.string() + ": the run could not be written (is the disk full?)");
}

void RunWriter::move_to(const fs::path& directory) {
  flush();
  const std::vector<fs::path> files(fs::directory_iterator(directory_), {});
  for (const fs::path& file : files) {
    std::error_code error;
    fs::rename(file, directory / file.filename(), error);
    if (error) throw DataError(file.string() + ": cannot be moved: " + error.message());
  }
  directory_ = directory;
}

}  // namespace premelt
