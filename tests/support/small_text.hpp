#pragma once
/// A text for the setting `text`, made on the spot.

#include <string>

#include "engine/tensor/random.hpp"

namespace premelt::test {

/// 20000 bytes: words in random order, on lines of eight.
inline std::string small_text() {
  static const char* const words[] = {"the", "probe", "loss", "falls", "before", "it", "rises", "again"};
  Rng rng(1, "text");
  std::string text;
  for (std::size_t word = 1; text.size() < 20000; ++word) {
    text += words[rng.below(8)];
    text += word % 8 == 0 ? "\n" : " ";
  }
  return text;
}

}  // namespace premelt::test
