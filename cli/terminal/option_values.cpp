#include "cli/terminal/option_values.hpp"

#include <cmath>
#include <optional>

#include "engine/io/csv.hpp"
#include "engine/tensor/error.hpp"
#include "engine/tensor/numbers.hpp"

namespace premelt::cli {

namespace {

[[noreturn]] void refuse(const std::string& option, const std::string& expected, const std::string& text) {
  throw UsageError(option + ": expected " + expected + ", got '" + text + "'");
}

/// The parts of "a,b,,c" between its separators, empty ones included.
std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  for (std::size_t end = 0; end != std::string::npos; begin = end + 1) {
    end = text.find(separator, begin);
    parts.push_back(text.substr(begin, end == std::string::npos ? end : end - begin));
  }
  return parts;
}

/// All parts as steps from `least` on, or nothing.
std::optional<std::vector<std::int64_t>> steps_of(const std::vector<std::string>& parts, std::int64_t least) {
  std::vector<std::int64_t> numbers;
  for (const std::string& part : parts) {
    const auto number = parse_integer(part);
    if (!number || *number < least || *number > largest_count) return std::nullopt;
    numbers.push_back(*number);
  }
  return numbers;
}

}  // namespace

std::int64_t whole_number(const std::string& option, const std::string& text, std::int64_t least,
                          std::int64_t most) {
  const auto number = parse_integer(text);
  if (number && *number >= least && *number <= most) return *number;
  refuse(option, "a whole number from " + std::to_string(least) + " to " + std::to_string(most), text);
}

std::size_t count_of(const std::string& option, const std::string& text, std::size_t least) {
  return static_cast<std::size_t>(whole_number(option, text, static_cast<std::int64_t>(least)));
}

double number_above(const std::string& option, const std::string& text, double bound) {
  const auto number = parse_number(text);
  if (number && std::isfinite(*number) && *number > bound) return *number;
  refuse(option, "a number above " + format_number(bound), text);
}

std::vector<double> number_list(const std::string& option, const std::string& text, double least,
                                double most) {
  std::vector<double> numbers;
  for (const std::string& part : split(text, ',')) {
    const auto number = parse_number(part);
    if (!number || !(*number >= least && *number <= most))
      refuse(option, "numbers from " + format_number(least) + " to " + format_number(most), text);
    numbers.push_back(*number);
  }
  return numbers;
}

std::vector<std::size_t> count_list(const std::string& option, const std::string& text, std::size_t least) {
  const auto numbers = steps_of(split(text, ','), static_cast<std::int64_t>(least));
  if (!numbers)
    refuse(option,
           "whole numbers from " + std::to_string(least) + " to " + std::to_string(largest_count) +
               ", separated by commas",
           text);
  return {numbers->begin(), numbers->end()};
}

std::vector<std::string> name_list(const std::string& option, const std::string& text) {
  std::vector<std::string> names = split(text, ',');
  for (const std::string& name : names) {
    if (name.empty()) refuse(option, "names separated by commas", text);
  }
  return names;
}

std::pair<std::string, std::string> assignment(const std::string& option, const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) refuse(option, "key=value", text);
  return {text.substr(0, equals), text.substr(equals + 1)};
}

std::pair<std::int64_t, std::int64_t> step_range(const std::string& option, const std::string& text) {
  const auto steps = steps_of(split(text, ':'), -largest_count);
  if (steps && steps->size() == 2 && (*steps)[0] <= (*steps)[1]) return {(*steps)[0], (*steps)[1]};
  refuse(option, "A:B with steps A <= B", text);
}

std::vector<std::int64_t> step_list(const std::string& option, const std::string& text, std::size_t most) {
  const auto numbers = steps_of(split(text, ':'), 0);
  if (numbers && numbers->size() == 1) return *numbers;
  if (!numbers || numbers->size() != 3 || (*numbers)[0] > (*numbers)[1] || (*numbers)[2] == 0)
    refuse(option, "STEP or A:B:STEP with 0 <= A <= B and a positive STEP", text);
  const std::int64_t first = (*numbers)[0], last = (*numbers)[1], stride = (*numbers)[2];
  if (static_cast<std::size_t>((last - first) / stride) >= most)
    refuse(option, "at most " + std::to_string(most) + " steps", text);
  std::vector<std::int64_t> steps;
  for (std::int64_t step = first; step <= last; step += stride) steps.push_back(step);
  return steps;
}

std::pair<std::uint64_t, std::uint64_t> seed_range(const std::string& option, const std::string& text,
                                                   std::size_t most) {
  const std::size_t dots = text.find("..");
  const auto seed = [](const std::string& word) { return parse_integer(word).value_or(-1); };
  const std::int64_t first = seed(text.substr(0, dots));
  const std::int64_t last = dots == std::string::npos ? -1 : seed(text.substr(dots + 2));
  if (first < 0 || last < first) refuse(option, "A..B with whole numbers 0 <= A <= B", text);
  if (static_cast<std::size_t>(last - first) >= most)
    refuse(option, "at most " + std::to_string(most) + " seeds", text);
  return {static_cast<std::uint64_t>(first), static_cast<std::uint64_t>(last)};
}

Shard shard_of(const std::string& option, const std::string& text) {
  const std::size_t slash = text.find('/');
  const auto index = parse_integer(text.substr(0, slash)),
             count = slash == std::string::npos ? std::nullopt : parse_integer(text.substr(slash + 1));
  if (!index || !count || *index < 0 || *index >= *count)
    refuse(option, "I/N with whole numbers 0 <= I < N", text);
  return {static_cast<std::size_t>(*index), static_cast<std::size_t>(*count)};
}

}  // namespace premelt::cli
