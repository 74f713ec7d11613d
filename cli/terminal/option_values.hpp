#pragma once
/// The texts of options as values; whatever does not fit is a usage error that names option, range and text.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "cli/terminal/shard.hpp"

namespace premelt::cli {

/// What a count may be at most: beyond it, arithmetic with counts would overflow.
constexpr std::int64_t largest_count = 1'000'000'000'000'000;

/// A whole number between `least` and `most`.
std::int64_t whole_number(const std::string& option, const std::string& text, std::int64_t least,
                          std::int64_t most = largest_count);

/// The same as a size.
std::size_t count_of(const std::string& option, const std::string& text, std::size_t least = 1);

/// A finite number greater than `bound`.
double number_above(const std::string& option, const std::string& text, double bound);

/// "1e-3,0.01": numbers between `least` and `most`.
std::vector<double> number_list(const std::string& option, const std::string& text, double least,
                                double most);

/// "10,20,40": counts from `least` on.
std::vector<std::size_t> count_list(const std::string& option, const std::string& text, std::size_t least);

/// "a,b": names, none of them empty.
std::vector<std::string> name_list(const std::string& option, const std::string& text);

/// "key=value".
std::pair<std::string, std::string> assignment(const std::string& option, const std::string& text);

/// "A:B": steps, A <= B.
std::pair<std::int64_t, std::int64_t> step_range(const std::string& option, const std::string& text);

/// "STEP" or "A:B:STEP", both ends included: at most `most` steps.
std::vector<std::int64_t> step_list(const std::string& option, const std::string& text, std::size_t most);

/// "A..B": whole numbers, 0 <= A <= B, at most `most` of them.
std::pair<std::uint64_t, std::uint64_t> seed_range(const std::string& option, const std::string& text,
                                                   std::size_t most);

/// "I/N": part I, from 0, of N.
Shard shard_of(const std::string& option, const std::string& text);

/// The rows of a table in rdm, by name and summary, for a help text.
template <class Row>
std::string help_list(const std::string& title, const std::vector<Row>& rows) {
  std::string text = title + ":\n";
  for (const Row& row : rows)
    text += "  " + row.name + std::string(20 - std::min<std::size_t>(row.name.size(), 19), ' ') +
            row.summary + "\n";
  return text;
}

}  // namespace premelt::cli
