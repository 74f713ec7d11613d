#include "models/experiment/hyperparameters.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <sstream>

#include "engine/io/csv.hpp"
#include "engine/tensor/error.hpp"
#include "engine/tensor/names.hpp"
#include "engine/tensor/numbers.hpp"
#include "engine/tensor/overloaded.hpp"

namespace premelt {

namespace {

const char* type_name(const HyperparameterValue& value) {
  static constexpr const char* names[] = {"true or false", "an integer", "a number", "a text",
                                          "numbers separated by commas"};
  return names[value.index()];
}

[[noreturn]] void wrong_type(const Hyperparameter& parameter, const std::string& found) {
  throw UsageError("parameter '" + parameter.name + "': expected " + type_name(parameter.value) + ", got '" +
                   found + "' (" + parameter.meaning + ")");
}

[[noreturn]] void out_of_range(const Hyperparameter& parameter, std::optional<double> maximum) {
  throw UsageError("parameter '" + parameter.name + "': " + to_toml(parameter.value) +
                   " is out of range, expected a finite number" +
                   (parameter.minimum ? " >= " + format_number(*parameter.minimum) : "") +
                   (parameter.minimum && maximum ? " and" : "") +
                   (maximum ? " <= " + format_number(*maximum) : "") + " (" + parameter.meaning + ")");
}

/// A TOML float always shows that it is one.
std::string toml_float(double number) {
  std::string text = format_number(number);
  if (text.find_first_of(".en") == std::string::npos) text += ".0";
  return text;
}

/// In quotes, with escapes for quotes, backslashes and control characters.
std::string toml_string(const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    char escaped[8];
    std::snprintf(escaped, sizeof escaped, "\\u%04X", byte);
    const bool control = byte < 0x20 || byte == 0x7f;
    quoted += control ? escaped : c == '"' || c == '\\' ? std::string{'\\', c} : std::string{c};
  }
  return quoted + "\"";
}

std::optional<std::vector<double>> parse_list(const std::string& text) {
  std::vector<double> numbers;
  const bool bracketed = text.size() > 2 && text.front() == '[' && text.back() == ']';
  std::istringstream stream(bracketed ? text.substr(1, text.size() - 2) : text);
  for (std::string item; std::getline(stream, item, ',');) {
    if (bracketed && item.starts_with(' ')) item.erase(0, 1);  // as TOML is written
    const auto number = parse_number(item);
    if (!number) return std::nullopt;
    numbers.push_back(*number);
  }
  if (numbers.empty()) return std::nullopt;
  return numbers;
}

std::optional<HyperparameterValue> parse_as(const HyperparameterValue& like, const std::string& text) {
  const auto number = parse_number(text);
  return std::visit(Overloaded{[&](bool) -> std::optional<HyperparameterValue> {
                                 if (text == "true" || text == "1") return true;
                                 if (text == "false" || text == "0") return false;
                                 return std::nullopt;
                               },
                               [&](std::int64_t) -> std::optional<HyperparameterValue> {
                                 const auto whole = parse_integer(text);
                                 if (!whole) return std::nullopt;
                                 return *whole;
                               },
                               [&](double) -> std::optional<HyperparameterValue> {
                                 if (!number) return std::nullopt;
                                 return *number;
                               },
                               [&](const std::string&) -> std::optional<HyperparameterValue> { return text; },
                               [&](const std::vector<double>&) -> std::optional<HyperparameterValue> {
                                 const auto numbers = parse_list(text);
                                 if (!numbers) return std::nullopt;
                                 return *numbers;
                               }},
                    like);
}

}  // namespace

bool Hyperparameters::contains(std::string_view name) const {
  return std::ranges::any_of(table_, [&](const Hyperparameter& p) { return p.name == name; });
}

std::vector<std::string> Hyperparameters::names() const {
  std::vector<std::string> names;
  for (const Hyperparameter& p : table_) names.push_back(p.name);
  return names;
}

const Hyperparameter& Hyperparameters::find(std::string_view name) const {
  const auto found = std::ranges::find(table_, name, &Hyperparameter::name);
  if (found == table_.end()) throw UsageError(unknown_name("parameter", name, names()));
  return *found;
}

void Hyperparameters::check(const Hyperparameter& parameter) const {
  const auto in_range = [&](double number, std::optional<double> maximum) {
    const bool fits = std::isfinite(number) && (!parameter.minimum || number >= *parameter.minimum) &&
                      (!maximum || number <= *maximum);
    if (!fits) out_of_range(parameter, maximum);
  };
  std::visit(Overloaded{[](bool) {},
                        [&](std::int64_t v) {
                          in_range(static_cast<double>(v), parameter.maximum.value_or(largest_integer));
                        },
                        [&](double v) { in_range(v, parameter.maximum); },
                        [&](const std::string& v) {
                          if (!parameter.choices.empty() &&
                              std::ranges::find(parameter.choices, v) == parameter.choices.end()) {
                            throw UsageError("parameter '" + parameter.name +
                                             "': " + unknown_name("value", v, parameter.choices));
                          }
                        },
                        [&](const std::vector<double>& v) {
                          for (const double number : v) in_range(number, parameter.maximum);
                        }},
             parameter.value);
}

void Hyperparameters::parse(std::string_view name, const std::string& text) {
  const Hyperparameter& old = find(name);
  const auto value = parse_as(old.value, text);
  if (!value) wrong_type(old, text);
  set(name, *value);
}

void Hyperparameters::set(std::string_view name, const HyperparameterValue& value) {
  const Hyperparameter& old = find(name);
  Hyperparameter changed = old;
  changed.value = value;
  if (std::holds_alternative<double>(old.value) && std::holds_alternative<std::int64_t>(value)) {
    changed.value = static_cast<double>(std::get<std::int64_t>(value));
  }
  if (changed.value.index() != old.value.index()) wrong_type(old, to_toml(value));
  check(changed);
  table_[static_cast<std::size_t>(&old - table_.data())] = changed;
}

void require_heads_fit(const Hyperparameters& parameters, bool in_pairs) {
  const std::size_t heads = parameters.count("heads"), width = parameters.count("width");
  if (width % (in_pairs ? 2 * heads : heads) == 0) return;
  throw UsageError("parameter 'heads': " + std::to_string(heads) +
                   " is out of range, expected a divisor of " + (in_pairs ? "half of " : "") +
                   "'width', which is " + std::to_string(width));
}

std::string to_toml(const HyperparameterValue& value) {
  return std::visit(
      Overloaded{[](bool v) { return std::string(v ? "true" : "false"); },
                 [](std::int64_t v) { return std::to_string(v); }, [](double v) { return toml_float(v); },
                 [](const std::string& v) { return toml_string(v); },
                 [](const std::vector<double>& v) {
                   std::string text = "[";
                   for (double number : v) text += (text.size() > 1 ? ", " : "") + toml_float(number);
                   return text + "]";
                 }},
      value);
}

}  // namespace premelt
