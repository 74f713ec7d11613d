#include "rdm/io/loss_file.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>
#include <optional>
#include <system_error>
#include <utility>

#include "engine/io/csv.hpp"
#include "engine/io/file.hpp"
#include "engine/io/npy.hpp"
#include "engine/tensor/error.hpp"
#include "rdm/io/loss_archive.hpp"
#include "rdm/io/loss_lines.hpp"
#include "rdm/window/loss_window.hpp"

namespace premelt {

namespace {

using Path = std::filesystem::path;

constexpr const char* endings = ".npy, .npz, .safetensors, .csv or .jsonl";

std::string at(const Path& path, std::size_t row) {
  return path.string() + ": row " + std::to_string(row);
}

std::vector<std::int64_t> counted_steps(std::size_t count) {
  std::vector<std::int64_t> steps(count);
  std::iota(steps.begin(), steps.end(), std::int64_t{0});
  return steps;
}

void check_steps(const Path& path, const std::vector<std::int64_t>& steps) {
  const auto bad = std::ranges::adjacent_find(steps, std::greater_equal<>());
  if (bad == steps.end()) return;
  throw DataError(at(path, static_cast<std::size_t>(bad - steps.begin()) + 2) +
                  ": steps must increase, but " + std::to_string(*(bad + 1)) + " follows " +
                  std::to_string(*bad));
}

void check_count(const Path& path, std::size_t steps, std::size_t recordings) {
  if (steps == recordings) return;
  throw DataError(path.string() + ": holds " + std::to_string(steps) + " steps, but there are " +
                  std::to_string(recordings) + " recordings");
}

void check_losses(const Path& path, const LossTable& table) {
  const Shape& shape = table.losses.shape();
  if (shape[0] == 0 || shape[1] == 0) {
    throw DataError(path.string() + ": holds no losses: " + std::to_string(shape[0]) + " recordings of " +
                    std::to_string(shape[1]) + " probes");
  }
  const auto flat = table.losses.flat();
  const auto bad = std::ranges::find_if_not(flat, [](double x) { return std::abs(x) <= largest_loss; });
  if (bad == flat.end()) return;
  const auto index = static_cast<std::size_t>(bad - flat.begin());
  throw DataError(at(path, index / shape[1] + 1) + ", step " + std::to_string(table.steps[index / shape[1]]) +
                  ", probe '" + table.probes[index % shape[1]] + "' (number " +
                  std::to_string(index % shape[1] + 1) + "): the loss is " + format_number(*bad) +
                  ", expected a finite number within +-1e70; drop the recording or the probe");
}

LossTable table_of(const Path& path, ArchivedLosses found) {
  LossTable table;
  table.losses = std::move(found.losses);
  const Shape& shape = table.losses.shape();
  if (shape.rank() != 2) {
    throw DataError(path.string() + ": has shape " + to_string(shape) +
                    ", expected (T,n): one row a recording, one column a probe");
  }
  if (table.losses.empty()) return table;  // whose extents may be beyond all names
  table.probes = numbered_names(shape[1]);
  if (!found.steps) {
    table.steps = counted_steps(shape[0]);
    return table;
  }
  check_count(path, found.steps->size(), shape[0]);
  table.steps = std::move(*found.steps);
  table.steps_from = "steps from the array 'steps'";
  return table;
}

/// Each line, whether it ends in newline, carriage return or both.
std::vector<std::string> split_lines(std::string_view text) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find_first_of("\r\n", begin), text.size());
    lines.emplace_back(text.substr(begin, end - begin));
    begin = end + (text.compare(end, 2, "\r\n") == 0 ? 2 : 1);
  }
  return lines;
}

LossTable collect(LossLineReader& reader) {
  reader.finish();
  LossTable table;
  std::vector<double> all;
  while (const auto recording = reader.next()) {
    table.steps.push_back(recording->step);
    all.insert(all.end(), recording->losses.begin(), recording->losses.end());
  }
  table.probes = reader.probes();
  table.steps_from = reader.steps_from();
  table.losses = Tensor<double>(Shape{table.steps.size(), table.probes.size()}, all);
  return table;
}

LossTable read_csv_losses(const Path& path, StepColumn steps) {
  LossLineReader reader(path.string(), LossLineReader::Accept::csv_and_json, steps);
  for (CsvRow& row : read_csv(path)) reader.read_row(std::move(row));
  return collect(reader);
}

LossTable read_lines(LossLineReader reader, std::string_view text) {
  for (const std::string& line : split_lines(text)) reader.read(line);
  return collect(reader);
}

LossTable read_jsonl_losses(const Path& path) {
  return read_lines(LossLineReader(path.string(), LossLineReader::Accept::json),
                    read_file(path, "a .jsonl file"));
}

LossTable checked(const Path& path, LossTable table) {
  check_losses(path, table);
  check_steps(path, table.steps);
  return table;
}

}  // namespace

LossTable read_losses(const Path& path, StepColumn steps) {
  std::error_code unknown;
  if (std::filesystem::is_directory(path, unknown))
    throw DataError(path.string() + ": is a directory, expected a file of losses (" + endings + ")");
  const std::string ending = path.extension().string();
  if (ending == ".npy") return checked(path, table_of(path, {read_npy<double>(path)}));
  if (ending == ".npz")
    return checked(path, table_of(path, parse_npz_losses(path, read_file(path, "a .npz file"))));
  if (ending == ".safetensors") return checked(path, table_of(path, read_safetensors_losses(path)));
  if (ending == ".csv") return checked(path, read_csv_losses(path, steps));
  if (ending == ".jsonl") return checked(path, read_jsonl_losses(path));
  throw DataError(path.string() + ": unknown ending '" + ending + "', expected " + endings);
}

LossTable parse_losses(const std::string& source, std::string_view bytes, StepColumn steps) {
  if (bytes.starts_with("\x93NUMPY"))
    return checked(source, table_of(source, {parse_npy<double>(source, bytes)}));
  if (bytes.starts_with("PK\3\4")) return checked(source, table_of(source, parse_npz_losses(source, bytes)));
  return checked(source,
                 read_lines(LossLineReader(source, LossLineReader::Accept::csv_and_json, steps), bytes));
}

std::vector<std::int64_t> read_steps(const Path& path, std::size_t recordings) {
  std::vector<std::int64_t> steps;
  if (path.extension() == ".npy") {
    const auto array = read_npy<std::int64_t>(path);
    steps.assign(array.flat().begin(), array.flat().end());
  } else {
    std::vector<CsvRow> rows = read_csv(path);
    const std::size_t column = find_step(path.string(), rows);
    if (!parse_number(rows.front().cells[column])) rows.erase(rows.begin());
    for (const CsvRow& row : rows) {
      steps.push_back(
          to_step(path.string() + ":" + std::to_string(row.line), require_number(path, row, column)));
    }
  }
  check_count(path, steps.size(), recordings);
  check_steps(path, steps);
  return steps;
}

namespace {

/// By name, else by index; the number of probes when there is none.
std::size_t find_probe(const std::string& text, const std::vector<std::string>& probes) {
  const auto named = static_cast<std::size_t>(std::ranges::find(probes, text) - probes.begin());
  if (named < probes.size()) return named;
  std::size_t index = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, index);
  return error == std::errc() && rest == end ? std::min(index, probes.size()) : probes.size();
}

}  // namespace

std::vector<std::string> read_blocks(const Path& path, const std::vector<std::string>& probes) {
  std::vector<CsvRow> rows = read_csv(path);
  if (rows.front().cells.size() != 2) {
    throw DataError(path.string() + ":1: expected two columns, probe,block, found " +
                    std::to_string(rows.front().cells.size()));
  }
  if (rows.front().cells[0] == "probe") rows.erase(rows.begin());
  std::vector<std::optional<std::string>> blocks(probes.size());
  for (const CsvRow& row : rows) {
    const std::string where = path.string() + ":" + std::to_string(row.line);
    const std::size_t index = find_probe(row.cells[0], probes);
    if (index == probes.size()) {
      throw DataError(where + ": there is no probe '" + excerpt(row.cells[0]) + "' among the " +
                      std::to_string(probes.size()) + " probes; name it, or give its number from 0");
    }
    if (row.cells[1].empty()) throw DataError(where + ": column 2: the block has no name");
    if (blocks[index]) throw DataError(where + ": probe '" + row.cells[0] + "' is named twice");
    blocks[index] = row.cells[1];
  }
  std::vector<std::string> result;
  for (std::size_t i = 0; i < probes.size(); ++i) {
    if (!blocks[i]) throw DataError(path.string() + ": probe '" + probes[i] + "' has no block");
    result.push_back(*blocks[i]);
  }
  return result;
}

}  // namespace premelt
