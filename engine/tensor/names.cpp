#include "engine/tensor/names.hpp"

#include <algorithm>
#include <numeric>

namespace premelt {

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substituted = diagonal + (a[i - 1] != b[j - 1]);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substituted});
    }
  }
  return row.back();
}

std::string comma_separated(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

std::string unknown_name(std::string_view what, std::string_view name,
                         const std::vector<std::string>& known) {
  std::string text = "unknown " + std::string(what) + " '" + std::string(name) + "'";
  const auto nearest =
      std::ranges::min_element(known, {}, [&](const std::string& k) { return edit_distance(name, k); });
  if (nearest == known.end()) return text;
  if (edit_distance(name, *nearest) <= std::max<std::size_t>(2, nearest->size() / 2)) {
    text += "; did you mean '" + *nearest + "'?";
  }
  return text + " Known: " + comma_separated(known);
}

}  // namespace premelt
