#include "rdm/loss_lines.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "engine/csv.hpp"
#include "engine/error.hpp"

namespace premelt {

namespace {

/// Python writes NaN and Infinity, which JSON does not know; to a loss they are all the same as null.
nlohmann::json parse_lenient(std::string text) {
  auto json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_discarded()) return json;
  for (const std::string word : {"-Infinity", "Infinity", "NaN"}) {
    for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at))
      text.replace(at, word.size(), "null");
  }
  return nlohmann::json::parse(text, nullptr, false);
}

double to_loss(const nlohmann::json& value) {
  return value.is_null() ? std::numeric_limits<double>::quiet_NaN() : value.get<double>();
}

}  // namespace

bool is_loss_header(const std::vector<std::string>& cells) {
  return cells.front() == "step" ||
         std::ranges::none_of(cells, [](const std::string& cell) { return parse_number(cell).has_value(); });
}

std::int64_t to_step(const std::string& where, double value) {
  if (!(std::abs(value) < 0x1p53) || value != std::floor(value)) {
    throw DataError(where + ": expected a whole step number, found " + format_number(value));
  }
  return static_cast<std::int64_t>(value);
}

std::vector<std::string> numbered_names(std::size_t count) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < count; ++i) names.push_back(std::to_string(i));
  return names;
}

LossLineReader::LossLineReader(std::string source, Accept accept)
    : source_(std::move(source)), accept_(accept) {}

std::string LossLineReader::where() const {
  return source_ + ":" + std::to_string(line_);
}

std::optional<LossLine> LossLineReader::read(const std::string& text) {
  ++line_;
  const std::size_t start = text.find_first_not_of(" \t\r");
  if (start == std::string::npos) return std::nullopt;
  const bool json = accept_ == Accept::json || text[start] == '[' || text[start] == '{';
  if (!json && probes_.empty() && !has_header_) {
    const std::vector<std::string> cells = parse_csv_line(source_, text, line_).cells;
    if (is_loss_header(cells)) {
      read_header(cells);
      return std::nullopt;
    }
  }
  LossLine recording = json ? parse_json(text) : parse_csv(text);
  if (probes_.empty()) probes_ = numbered_names(recording.losses.size());
  if (recording.losses.empty()) throw DataError(where() + ": holds no losses");
  if (recording.losses.size() != probes_.size()) {
    throw DataError(where() + ": ragged row: " + std::to_string(recording.losses.size()) + " losses, but " +
                    (has_header_ ? "the header names " : "the first recording has ") +
                    std::to_string(probes_.size()));
  }
  next_step_ = recording.step + 1;
  return recording;
}

void LossLineReader::read_header(const std::vector<std::string>& cells) {
  has_header_ = true;
  has_steps_ = cells.front() == "step";
  probes_.assign(cells.begin() + has_steps_, cells.end());
}

LossLine LossLineReader::parse_csv(const std::string& text) const {
  const CsvRow row = parse_csv_line(source_, text, line_);
  LossLine recording{next_step_, {}};
  if (has_steps_) recording.step = to_step(where(), require_number(source_, row, 0));
  for (std::size_t j = has_steps_; j < row.cells.size(); ++j)
    recording.losses.push_back(require_number(source_, row, j));
  return recording;
}

LossLine LossLineReader::parse_json(const std::string& text) const {
  const auto json = parse_lenient(text);
  const auto* array = json.is_object() && json.contains("losses") ? &json["losses"] : &json;
  const auto is_loss = [](const auto& value) { return value.is_number() || value.is_null(); };
  if (!array->is_array() || !std::ranges::all_of(*array, is_loss)) {
    throw DataError(where() + ": expected an array of numbers or {\"step\": ..., \"losses\": [...]}, found " +
                    text.substr(0, 60));
  }
  LossLine recording{next_step_, {}};
  for (const auto& value : *array) recording.losses.push_back(to_loss(value));
  if (!json.is_object() || !json.contains("step")) return recording;
  if (!json["step"].is_number()) throw DataError(where() + ": expected a number for \"step\"");
  recording.step = to_step(where(), json["step"].get<double>());
  return recording;
}

}  // namespace premelt
