#pragma once
/// A run's course in a few rows of text: one character a stretch of steps.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/terminal/terminal.hpp"

namespace premelt::cli {

class Sparklines {
 public:
  /// How one row is drawn. Between `low` and `high`, stretched where values lie outside; without them,
  /// between the values' own extremes.
  struct Row {
    std::string name;
    bool logarithmic = false;
    std::optional<double> low = std::nullopt, high = std::nullopt;
  };

  /// Of the steps up to `last`, on this terminal.
  Sparklines(std::vector<Row> rows, std::int64_t last, const Terminal& terminal);

  /// A value of a row; NaN, and what has no logarithm, leaves a gap. A character shows the mean of its
  /// values.
  void push(std::size_t row, std::int64_t step, double value);
  /// Marks under the curves.
  void mark_alarm(std::int64_t step);
  void mark_event(std::int64_t step);

  /// The rows, then one of marks; each fits the terminal.
  std::vector<std::string> lines() const;

 private:
  struct Cell {
    double sum = 0;
    std::size_t count = 0;
  };

  std::size_t column(std::int64_t step) const;
  std::string curve(std::size_t row) const;
  std::string marks() const;

  std::vector<Row> rows_;
  std::int64_t last_;
  Terminal terminal_;
  std::size_t label_width_, width_;       ///< in characters
  std::vector<std::vector<Cell>> cells_;  ///< (rows, width)
  std::vector<double> newest_;            ///< of each row
  std::string marks_;                     ///< (width) ' ', '^' alarm, '|' event, '*' both
  std::size_t alarms_ = 0;
};

}  // namespace premelt::cli
