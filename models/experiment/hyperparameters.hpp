#pragma once
/// The parameters of a setting: name, value, meaning and range, with the errors a person can act on.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace premelt {

/// What a parameter can be.
using HyperparameterValue = std::variant<bool, std::int64_t, double, std::string, std::vector<double>>;

/// Whole numbers a parameter may have, unless its row says otherwise: far from where sums of them overflow.
constexpr double largest_integer = 1e15;

/// One row of the table.
struct Hyperparameter {
  std::string name;                       ///< as in `--set name=value`
  HyperparameterValue value;              ///< its type is fixed by the default
  std::string meaning;                    ///< one line, shown by `premelt settings`
  std::optional<double> minimum = {};     ///< for numbers (each number of a list)
  std::vector<std::string> choices = {};  ///< for strings; empty: any
  std::optional<double> maximum = {};     ///< for numbers; whole numbers end at `largest_integer` without it
};

/// An ordered table of parameters.
class Hyperparameters {
 public:
  Hyperparameters() = default;
  /// A table in the order in which it is to be shown.
  explicit Hyperparameters(std::vector<Hyperparameter> table) : table_(std::move(table)) {}

  const std::vector<Hyperparameter>& table() const { return table_; }  ///< in order
  /// Whether there is a parameter of that name.
  bool contains(std::string_view name) const;
  /// In order.
  std::vector<std::string> names() const;
  /// Appends a row.
  void add(Hyperparameter parameter) { table_.push_back(std::move(parameter)); }

  /// Parses `text` by the parameter's type ("4,2,1,0.5" for a list). Throws UsageError naming the parameter,
  /// the text and what was expected; for an unknown name it names the nearest one.
  void parse(std::string_view name, const std::string& text);
  /// From a typed value (an integer is accepted where a number is expected).
  void set(std::string_view name, const HyperparameterValue& value);

  /// @{
  /// The value by its type. Throws UsageError for an unknown name; asking for another type than the parameter
  /// has is a mistake in the program (std::bad_variant_access).
  bool flag(std::string_view name) const { return get<bool>(name); }
  std::int64_t integer(std::string_view name) const { return get<std::int64_t>(name); }
  std::size_t count(std::string_view name) const { return static_cast<std::size_t>(integer(name)); }
  double number(std::string_view name) const { return get<double>(name); }
  const std::string& text(std::string_view name) const { return get<std::string>(name); }
  const std::vector<double>& list(std::string_view name) const { return get<std::vector<double>>(name); }
  /// @}

 private:
  template <class T>
  const T& get(std::string_view name) const {
    return std::get<T>(find(name).value);
  }
  const Hyperparameter& find(std::string_view name) const;
  void check(const Hyperparameter& parameter) const;

  std::vector<Hyperparameter> table_;
};

/// Throws UsageError unless the parameter `heads` divides the parameter `width`, or half of it where
/// channels go in pairs.
void require_heads_fit(const Hyperparameters& parameters, bool in_pairs = false);

/// As TOML writes it: `true`, `3`, `0.005`, `"sgd"`, `[4.0, 2.0]`; numbers in their shortest exact form.
std::string to_toml(const HyperparameterValue& value);

}  // namespace premelt
