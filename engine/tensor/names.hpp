#pragma once
/// Helpful errors: the known name nearest to a mistyped one.

#include <string>
#include <string_view>
#include <vector>

namespace premelt {

/// Number of insertions, deletions and substitutions that turn `a` into `b` (Levenshtein).
std::size_t edit_distance(std::string_view a, std::string_view b);

/// "unknown parameter 'windw'; did you mean 'window'?" followed, when nothing is near, by the list of known
/// names.
std::string unknown_name(std::string_view what, std::string_view name, const std::vector<std::string>& known);

/// "a, b, c".
std::string comma_separated(const std::vector<std::string>& names);

}  // namespace premelt
