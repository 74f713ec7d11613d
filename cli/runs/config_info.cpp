#include "cli/runs/config_info.hpp"

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <nlohmann/json.hpp>
#include <variant>

#include "engine/tensor/error.hpp"

namespace premelt::cli {

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

HyperparameterValue from_json(const fs::path& path, const std::string& key, const Json& value) {
  if (value.is_boolean()) return value.get<bool>();
  const bool too_large = value.is_number_unsigned() && value.get<std::uint64_t>() > INT64_MAX;
  if (value.is_number_integer() && !too_large) return value.get<std::int64_t>();
  if (value.is_number()) return value.get<double>();
  if (value.is_string()) return value.get<std::string>();
  if (value.is_array() && std::ranges::all_of(value, [](const Json& x) { return x.is_number(); })) {
    return value.get<std::vector<double>>();
  }
  throw_wrong_value(path, key);
}

}  // namespace

Json to_json(const HyperparameterValue& value) {
  return std::visit([](const auto& v) { return Json(v); }, value);
}

Json to_json(const Hyperparameters& parameters) {
  Json object = Json::object();
  for (const Hyperparameter& parameter : parameters.table())
    object[parameter.name] = to_json(parameter.value);
  return object;
}

Json config_info(const std::string& setting, const Hyperparameters& parameters) {
  return {{"setting", setting}, {"parameters", to_json(parameters)}};
}

Config stored_config(const fs::path& run_json) {
  std::ifstream file(run_json);
  Config config;
  try {
    const Json json = Json::parse(file);
    config.setting = json.value("setting", "");
    for (const auto& [key, value] : json.at("parameters").items()) {
      config.values.emplace_back(key, from_json(run_json, key, value));
    }
  } catch (const Json::exception& error) {
    throw DataError(run_json.string() + ": is not a run.json of premelt: " + error.what());
  }
  return config;
}

}  // namespace premelt::cli
