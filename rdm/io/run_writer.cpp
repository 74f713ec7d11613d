#include "rdm/io/run_writer.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

#include "engine/io/csv.hpp"
#include "engine/io/file.hpp"
#include "engine/tensor/error.hpp"
#include "engine/tensor/numbers.hpp"

namespace premelt {

namespace fs = std::filesystem;

namespace {

std::string header(const std::vector<std::string>& columns) {
  std::string text = "step";
  for (const std::string& column : columns) text += "," + csv_cell(column);
  return text;
}

std::string row(std::int64_t step, std::span<const double> values) {
  std::string text = std::to_string(step);
  for (const double value : values) text += "," + format_number(value);
  return text;
}

/// A table of `step` and these columns; nothing without columns.
std::optional<GrowingFile> create_table(const fs::path& path, const std::vector<std::string>& columns) {
  if (columns.empty()) return std::nullopt;
  GrowingFile file(path);
  file.append(header(columns) + "\n");
  return file;
}

}  // namespace

nlohmann::json json_number(double value) {
  return std::isfinite(value) ? nlohmann::json(value) : nlohmann::json();
}

double number_from_json(const nlohmann::json& object, const std::string& key) {
  return object.contains(key) && object[key].is_number() ? object[key].get<double>() : undefined;
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

std::vector<Event> events_from_json(const nlohmann::json& list) {
  std::vector<Event> events;
  for (const nlohmann::json& entry : list) {
    events.push_back({entry.at("kind") == "alarm" ? Event::Kind::alarm : Event::Kind::event, entry.at("name"),
                      entry.at("step"), number_from_json(entry, "value"),
                      number_from_json(entry, "threshold"), entry.at("why")});
  }
  return events;
}

RunWriter::RunWriter(const fs::path& directory, const nlohmann::json& run_info, const Layout& layout)
    : directory_((write_file(directory / "run.json", run_info.dump(2) + "\n"), directory)),
      losses_(directory / "losses.npy", Shape{layout.probes}),
      steps_(directory / "steps.npy", Shape{}),
      modes_(directory / "modes.npy", Shape{layout.modes, layout.probes}),
      order_(create_table(directory / "order.csv", layout.order)),
      training_(create_table(directory / "training.csv", layout.training)),
      signals_(directory / "signals.csv") {
  if (layout.attention.rank() > 0) {
    attention_.emplace(directory / "attention.npy", layout.attention);
    attention_steps_.emplace(directory / "attention_steps.npy", Shape{});
  }
  signals_.append(header(layout.signals) + ",alarm\n");
  write_events();
  flush();
}

RunWriter::~RunWriter() = default;  // each file keeps what was recorded

void RunWriter::record(const Recording& recording) {
  losses_.append(recording.losses);
  steps_.append({&recording.step, 1});
  for (auto [table, values] :
       {std::pair(&order_, recording.order), std::pair(&training_, recording.training)}) {
    if (*table) (*table)->append(row(recording.step, values) + "\n");
  }
  if (!attention_ || recording.attention.empty()) return;
  attention_->append(std::vector<float>(recording.attention.begin(), recording.attention.end()));
  attention_steps_->append({&recording.step, 1});
}

void RunWriter::observe(const Observation& observation) {
  signals_.append(row(observation.step, observation.values) + (observation.alarm ? ",1\n" : ",0\n"));
  modes_.append(observation.modes.flat());
}

void RunWriter::sample(std::int64_t step, const std::string& line) {
  if (!samples_) samples_.emplace(directory_ / "samples.txt");
  samples_->append(std::to_string(step) + "\t" + line + "\n");
}

void RunWriter::add(const Event& event) {
  events_.push_back(event);
  write_events();
}

void RunWriter::write_events() const {
  write_file(directory_ / "events.json", to_json(events_).dump(2) + "\n");
}

template <class Action>
void RunWriter::for_each(const Action& action) {
  action(losses_);
  action(steps_);
  action(modes_);
  action(signals_);
  for (auto* table : {&order_, &training_, &samples_}) {
    if (*table) action(**table);
  }
  if (attention_) action(*attention_);
  if (attention_steps_) action(*attention_steps_);
}

void RunWriter::flush() {
  for_each([](auto& file) { file.flush(); });
}

void RunWriter::sync() {
  for_each([](auto& file) { file.sync(); });
  sync_directory(directory_);
}

std::map<std::string, Digest> RunWriter::digests() const {
  std::map<std::string, Digest> digests{{"losses.npy", losses_.digest()}, {"steps.npy", steps_.digest()}};
  if (order_) digests["order.csv"] = order_->digest();
  if (training_) digests["training.csv"] = training_->digest();
  if (samples_) digests["samples.txt"] = samples_->digest();
  if (attention_) digests["attention.npy"] = attention_->digest();
  if (attention_steps_) digests["attention_steps.npy"] = attention_steps_->digest();
  return digests;
}

void RunWriter::move_to(const fs::path& directory) {
  sync();
  const std::vector<fs::path> files(fs::directory_iterator(directory_), {});
  for (const fs::path& file : files) {
    std::error_code error;
    fs::rename(file, directory / file.filename(), error);
    if (error) throw DataError(file.string() + ": cannot be moved: " + error.message());
  }
  for_each([&](auto& file) { file.moved_to(directory / file.path().filename()); });
  directory_ = directory;
  sync_directory(directory_);
}

}  // namespace premelt
