#include "tests/reproduction/measured.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "tests/support/statistics.hpp"

namespace premelt::test {

namespace {

/// JSON has no NaN.
nlohmann::json number(double value) {
  return std::isnan(value) ? nlohmann::json() : nlohmann::json(value);
}

}  // namespace

Measured::Measured(std::string topic) : topic_(std::move(topic)) {}

Measured::~Measured() {
  const std::filesystem::path directory = PREMELT_MEASURED;
  std::filesystem::create_directories(directory);
  std::string name = topic_;
  std::ranges::replace(name, '/', '-');
  std::ofstream(directory / (name + ".json")) << values_.dump(1) << "\n";
}

nlohmann::json& Measured::at(const std::string& key) {
  return values_[nlohmann::json::json_pointer("/" + topic_ + "/" + key)];
}

void Measured::operator()(const std::string& key, double value) {
  at(key) = number(value);
  std::cout << topic_ << "/" << key << ": " << value << "\n";
}

void Measured::operator()(const std::string& key, const std::vector<double>& values) {
  nlohmann::json list = nlohmann::json::array();
  for (double value : values) list.push_back(number(value));
  at(key) = list;
  std::cout << topic_ << "/" << key << ": " << range(values) << "\n";
}

void Measured::operator()(const std::string& key, const Timeliness& alarms) {
  at(key + "/runs") = alarms.runs;
  at(key + "/before_10") = alarms.before_10;
  at(key + "/before_50") = alarms.before_50;
  at(key + "/leads") = alarms.leads;
  std::cout << topic_ << "/" << key << ": " << alarms.text() << "\n";
}

}  // namespace premelt::test
