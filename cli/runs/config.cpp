#include "cli/runs/config.hpp"

#include <stdexcept>

// The library asserts what a malformed file can break: the file is at fault, not the program.
[[noreturn]] static void throw_malformed() {
  throw std::logic_error("is not TOML: it cannot be parsed");
}
#define TOML_ASSERT(condition) ((condition) ? static_cast<void>(0) : throw_malformed())
#include <toml++/toml.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>

#include "cli/runs/config_info.hpp"
#include "engine/io/csv.hpp"
#include "engine/io/file.hpp"
#include "engine/tensor/error.hpp"
#include "engine/tensor/numbers.hpp"

namespace premelt::cli {

namespace {

/// The text in ASCII, as in addresses: a byte beyond it, or a %, becomes % and two digits. Other letters
/// outside of quotes, which TOML does not allow, lead the library to cases that cannot be.
std::string percent_encoded(std::string_view text) {
  constexpr const char* digits = "0123456789ABCDEF";
  std::string encoded;
  for (const char letter : text) {
    const auto byte = static_cast<unsigned char>(letter);
    if (byte < 128 && letter != '%') {
      encoded += letter;
    } else {
      encoded += {'%', digits[byte / 16], digits[byte % 16]};
    }
  }
  return encoded;
}

std::string percent_decoded(std::string_view encoded) {
  std::string text;
  for (std::size_t i = 0; i < encoded.size(); ++i) {
    unsigned byte = 0;
    const char* digits = encoded.data() + i + 1;
    const bool coded = encoded[i] == '%' && i + 2 < encoded.size() &&
                       std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2;
    text += coded ? static_cast<char>(byte) : encoded[i];
    if (coded) i += 2;
  }
  return text;
}

HyperparameterValue from_toml(const std::filesystem::path& path, std::string_view key,
                              const toml::node& value) {
  if (const auto* v = value.as_boolean()) return v->get();
  if (const auto* v = value.as_integer()) return v->get();
  if (const auto* v = value.as_floating_point()) return v->get();
  if (const auto* v = value.as_string()) return percent_decoded(v->get());
  const toml::array* list = value.as_array();
  if (list == nullptr) throw_wrong_value(path, key);
  std::vector<double> numbers;
  for (const toml::node& item : *list) {
    const auto number = item.value<double>();
    if (!number) throw_wrong_value(path, key);
    numbers.push_back(*number);
  }
  return numbers;
}

Config read_toml(const std::filesystem::path& path) {
  const std::string text = without_byte_order_mark(read_file(path, "a TOML file"));
  if (!is_utf8(text)) throw DataError(path.string() + ": is not UTF-8");
  if (text.find("\\u0025") != std::string::npos || text.find("\\U00000025") != std::string::npos) {
    throw DataError(path.string() + ": write % for the escape of U+0025");
  }
  Config config;
  try {
    const toml::table table = toml::parse(percent_encoded(text), path.string());
    for (const auto& [name, value] : table) {
      const std::string key = percent_decoded(name.str());
      if (key == "setting" && value.is_string()) {
        config.setting = percent_decoded(value.as_string()->get());
      } else {
        config.values.emplace_back(key, from_toml(path, key, value));
      }
    }
  } catch (const toml::parse_error& error) {
    throw DataError(path.string() + ":" + std::to_string(error.source().begin.line) + ":" +
                    std::to_string(error.source().begin.column) + ": " +
                    percent_decoded(error.description()));
  } catch (const std::logic_error& error) {
    throw DataError(path.string() + ": " + error.what());
  }
  return config;
}

}  // namespace

void throw_wrong_value(const std::filesystem::path& path, std::string_view key) {
  throw DataError(path.string() + ": the value of '" + std::string(key) +
                  "' is neither a number, a text, true/false nor a list of numbers");
}

Config read_config(const std::filesystem::path& path) {
  std::error_code unreadable;
  if (std::filesystem::is_directory(path, unreadable)) {
    throw DataError(path.string() + ": is a directory, expected a TOML file or a run.json");
  }
  if (!std::ifstream(path)) throw DataError(path.string() + ": cannot be read: " + std::strerror(errno));
  return path.extension() == ".json" ? stored_config(path) : read_toml(path);
}

}  // namespace premelt::cli
