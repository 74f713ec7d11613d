#include "cli/runs/config.hpp"

#include <algorithm>
#include <stdexcept>

// The library asserts what a malformed file can break: the file is at fault, not the program.
[[noreturn]] static void throw_malformed() {
  throw std::logic_error("is not TOML: it cannot be parsed");
}
#define TOML_ASSERT(condition) ((condition) ? static_cast<void>(0) : throw_malformed())
#include <toml++/toml.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "engine/io/file.hpp"
#include "engine/tensor/error.hpp"

namespace premelt::cli {

namespace {

using Json = nlohmann::json;

[[noreturn]] void wrong_value(const std::filesystem::path& path, std::string_view key) {
  throw DataError(path.string() + ": the value of '" + std::string(key) +
                  "' is neither a number, a text, true/false nor a list of numbers");
}

HyperparameterValue from_json(const std::filesystem::path& path, const std::string& key, const Json& value) {
  if (value.is_boolean()) return value.get<bool>();
  const bool too_large = value.is_number_unsigned() && value.get<std::uint64_t>() > INT64_MAX;
  if (value.is_number_integer() && !too_large) return value.get<std::int64_t>();
  if (value.is_number()) return value.get<double>();
  if (value.is_string()) return value.get<std::string>();
  if (value.is_array() && std::ranges::all_of(value, [](const Json& x) { return x.is_number(); })) {
    return value.get<std::vector<double>>();
  }
  wrong_value(path, key);
}

Config read_json(const std::filesystem::path& path) {
  std::ifstream file(path);
  Config config;
  try {
    const Json json = Json::parse(file);
    config.setting = json.value("setting", "");
    for (const auto& [key, value] : json.at("parameters").items()) {
      config.values.emplace_back(key, from_json(path, key, value));
    }
  } catch (const Json::exception& error) {
    throw DataError(path.string() + ": is not a run.json of premelt: " + error.what());
  }
  return config;
}

HyperparameterValue from_toml(const std::filesystem::path& path, std::string_view key,
                              const toml::node& value) {
  if (const auto* v = value.as_boolean()) return v->get();
  if (const auto* v = value.as_integer()) return v->get();
  if (const auto* v = value.as_floating_point()) return v->get();
  if (const auto* v = value.as_string()) return v->get();
  const toml::array* list = value.as_array();
  if (list == nullptr) wrong_value(path, key);
  std::vector<double> numbers;
  for (const toml::node& item : *list) {
    const auto number = item.value<double>();
    if (!number) wrong_value(path, key);
    numbers.push_back(*number);
  }
  return numbers;
}

/// TOML has letters beyond ASCII in quotes and comments only. The library takes some of them, elsewhere, for
/// a case that cannot be.
void refuse_bare_letters(const std::filesystem::path& path, std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  std::size_t line = 1;
  std::string_view end;  // of the quotes or the comment around; empty outside
  while (!text.empty()) {
    const bool triple = text.starts_with(R"(""")") || text.starts_with("'''");
    std::size_t step = 1;
    line += text.front() == '\n';
    if (!end.empty()) {
      if (end.front() == '"' && text.front() == '\\') {
        step = std::min<std::size_t>(2, text.size());
      } else if (text.starts_with(end)) {
        step = end.size();
        end = {};
      }
    } else if (text.front() == '#') {
      end = "\n";
    } else if (text.front() == '"' || text.front() == '\'') {
      step = triple ? 3 : 1;
      end = text.substr(0, step);
    } else if (static_cast<unsigned char>(text.front()) > 127) {
      throw DataError(path.string() + ":" + std::to_string(line) +
                      ": a letter beyond ASCII outside of quotes");
    }
    text.remove_prefix(step);
  }
}

Config read_toml(const std::filesystem::path& path) {
  Config config;
  const std::string text = read_file(path, "a TOML file");
  refuse_bare_letters(path, text);
  try {
    std::istringstream stream(text);
    const toml::table table = toml::parse(stream, path.string());
    for (const auto& [key, value] : table) {
      if (key.str() == "setting" && value.is_string()) {
        config.setting = value.as_string()->get();
      } else {
        config.values.emplace_back(std::string(key.str()), from_toml(path, key.str(), value));
      }
    }
  } catch (const toml::parse_error& error) {
    throw DataError(path.string() + ":" + std::to_string(error.source().begin.line) + ":" +
                    std::to_string(error.source().begin.column) + ": " + std::string(error.description()));
  } catch (const std::logic_error& error) {
    throw DataError(path.string() + ": " + error.what());
  }
  return config;
}

}  // namespace

Config read_config(const std::filesystem::path& path) {
  std::error_code unreadable;
  if (std::filesystem::is_directory(path, unreadable)) {
    throw DataError(path.string() + ": is a directory, expected a TOML file or a run.json");
  }
  if (!std::ifstream(path)) throw DataError(path.string() + ": cannot be read: " + std::strerror(errno));
  return path.extension() == ".json" ? read_json(path) : read_toml(path);
}

}  // namespace premelt::cli
