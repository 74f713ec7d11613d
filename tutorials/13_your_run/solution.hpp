#pragma once
/// Exercise 13, solved: 17 significant digits tell any two doubles apart.

#include <array>
#include <cstdint>
#include <cstdio>
#include <span>
#include <string>

namespace lesson {

/// "step,0,1,2" for three probes.
inline std::string csv_header(std::size_t probes) {
  std::string text = "step";
  for (std::size_t i = 0; i < probes; ++i) text += "," + std::to_string(i);
  return text;
}

/// "10,0.5,0.25,1e-09": the step and every loss, such that reading them back gives the same bits.
inline std::string csv_line(std::int64_t step, std::span<const double> losses) {
  std::string text = std::to_string(step);
  for (const double loss : losses) {
    std::array<char, 32> digits{};
    std::snprintf(digits.data(), digits.size(), ",%.17g", loss);
    text += digits.data();
  }
  return text;
}

}  // namespace lesson
