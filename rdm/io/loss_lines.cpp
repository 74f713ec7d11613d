#include "rdm/io/loss_lines.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "engine/io/csv.hpp"
#include "engine/io/file.hpp"
#include "engine/tensor/error.hpp"

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

std::int64_t to_step(const std::string& where, double value) {
  if (!(std::abs(value) < 0x1p53) || value != std::floor(value)) {
    throw DataError(where + ": expected a whole step number, found " + format_number(value) +
                    "; --no-steps says that this column is a probe");
  }
  return static_cast<std::int64_t>(value);
}

LossLineReader::LossLineReader(std::string source, Accept accept, StepColumn steps)
    : source_(std::move(source)), accept_(accept), step_column_(steps) {}

std::string LossLineReader::where() const {
  return source_ + ":" + std::to_string(current_);
}

void LossLineReader::read(const std::string& given) {
  const std::string text = ++line_ == 1 ? without_byte_order_mark(given) : given;
  current_ = line_;
  if (joins_lines(text)) return;
  const std::string whole = std::exchange(open_quote_, "") + text;
  const std::size_t start = whole.find_first_not_of(" \t\r");
  if (start == std::string::npos) return;
  if (accept_ == Accept::csv_and_json && whole[start] != '[' && whole[start] != '{')
    return read_row(parse_csv_line(source_, whole, line_));
  decide();
  current_ = line_;
  keep(parse_json(whole));
}

/// Only names go over several lines: before the columns are known, an open quote waits for its end.
bool LossLineReader::joins_lines(const std::string& text) {
  constexpr std::size_t most = 1 << 16;
  const auto quotes = std::ranges::count(open_quote_, '"') + std::ranges::count(text, '"');
  const bool names = accept_ == Accept::csv_and_json && !columns_ && held_.empty();
  const bool open = names && quotes % 2 == 1 && open_quote_.size() < most;
  if (open) open_quote_ += text + "\n";
  return open;
}

void LossLineReader::read_row(CsvRow row) {
  current_ = row.line;
  if (columns_) return keep(parse_row(row));
  held_.push_back(std::move(row));
  if (can_tell(held_, step_column_)) decide();
}

void LossLineReader::finish() {
  if (!open_quote_.empty()) throw DataError(where() + ": a quote is never closed");
  decide();
}

void LossLineReader::decide() {
  if (held_.empty()) return;
  std::vector<CsvRow> rows = std::exchange(held_, {});
  columns_ = find_columns(source_, rows, step_column_);
  steps_from_ = columns_->steps_from;
  if (probes_.empty()) probes_ = columns_->names;
  std::optional<DataError> first;  // a bad row does not take those behind it along
  std::size_t bad_line = 0;
  for (std::size_t i = columns_->has_header; i < rows.size(); ++i) {
    current_ = rows[i].line;
    try {
      keep(parse_row(rows[i]));
    } catch (const DataError& error) {
      if (first) continue;
      first = error;
      bad_line = current_;
    }
  }
  if (!first) return;
  current_ = bad_line;
  throw DataError(*first);
}

void LossLineReader::keep(LossLine recording) {
  if (recording.losses.empty()) throw DataError(where() + ": holds no losses");
  if (probes_.empty()) probes_ = numbered_names(recording.losses.size());
  if (recording.losses.size() != probes_.size()) {
    throw DataError(where() + ": ragged row: " + std::to_string(recording.losses.size()) +
                    " losses, but there are " + std::to_string(probes_.size()) + " probes");
  }
  next_step_ = recording.step + 1;
  ready_.push_back(std::move(recording));
}

std::optional<LossLine> LossLineReader::next() {
  if (ready_.empty()) return std::nullopt;
  LossLine recording = std::move(ready_.front());
  ready_.pop_front();
  current_ = recording.line;
  return recording;
}

LossLine LossLineReader::parse_row(const CsvRow& row) const {
  if (row.cells.size() != columns_->width) {
    throw DataError(where() + ": ragged row: " + std::to_string(row.cells.size()) +
                    " cells, but the first row has " + std::to_string(columns_->width));
  }
  LossLine recording{current_, next_step_, {}};
  if (columns_->step) {
    recording.step = to_step(where(), require_number(source_, row, *columns_->step));
  }
  for (const std::size_t column : columns_->probes)
    recording.losses.push_back(require_number(source_, row, column));
  return recording;
}

LossLine LossLineReader::parse_json(const std::string& text) const {
  const auto json = parse_lenient(text);
  const auto* array = json.is_object() && json.contains("losses") ? &json["losses"] : &json;
  const auto is_loss = [](const auto& value) { return value.is_number() || value.is_null(); };
  if (!array->is_array() || !std::ranges::all_of(*array, is_loss)) {
    throw DataError(where() + ": expected an array of numbers or {\"step\": ..., \"losses\": [...]}, found " +
                    excerpt(text));
  }
  LossLine recording{current_, next_step_, {}};
  for (const auto& value : *array) recording.losses.push_back(to_loss(value));
  if (!json.is_object() || !json.contains("step")) return recording;
  if (!json["step"].is_number()) throw DataError(where() + ": expected a number for \"step\"");
  recording.step = to_step(where(), json["step"].get<double>());
  return recording;
}

}  // namespace premelt
