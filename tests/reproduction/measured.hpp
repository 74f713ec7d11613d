#pragma once
/// The numbers that pages quote: what a reproduction measured is printed, and written where
/// tests/docs/measured.py compares it with the pages.

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace premelt::test {

struct Timeliness;

/// What one test case measured. Its numbers go to `measured/TOPIC.json` of the build directory when it goes
/// out of scope; slashes in the topic and in keys nest.
class Measured {
 public:
  explicit Measured(std::string topic);
  ~Measured();
  Measured(const Measured&) = delete;
  Measured& operator=(const Measured&) = delete;

  /// Prints and keeps one number. NaN is `never`.
  void operator()(const std::string& key, double value);
  /// One number a seed or case, in their order.
  void operator()(const std::string& key, const std::vector<double>& values);
  void operator()(const std::string& key, const Timeliness& alarms);

 private:
  nlohmann::json& at(const std::string& key);

  std::string topic_;
  nlohmann::json values_;
};

}  // namespace premelt::test
