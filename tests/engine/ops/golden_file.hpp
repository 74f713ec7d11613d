#pragma once
/// Reads the reference tensors of tests/golden/engine_*.txt: `name extent ...` on one line, the numbers on
/// the next.

#include <cstdlib>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "engine/tensor/tensor.hpp"

namespace premelt::testing {

class GoldenFile {
 public:
  explicit GoldenFile(const std::string& name) {
    std::ifstream file(std::string(PREMELT_SOURCE_DIR) + "/tests/golden/" + name);
    if (!file) throw std::runtime_error("cannot read tests/golden/" + name);
    std::string header, numbers;
    while (std::getline(file, header)) {
      if (header.starts_with('#')) continue;
      std::getline(file, numbers);
      std::istringstream words(header);
      std::string key;
      words >> key;
      Shape shape;
      for (std::size_t extent = 0; words >> extent;) shape.push_back(extent);
      Tensor<double> tensor(shape);
      const char* at = numbers.c_str();
      for (double& value : tensor.flat()) {  // strtod, unlike streams, reads inf, nan and denormals
        char* end = nullptr;
        value = std::strtod(at, &end);
        if (end == at) throw std::runtime_error("too few numbers for " + key + " in tests/golden/" + name);
        at = end;
      }
      tensors_.emplace(key, tensor);
    }
  }

  bool contains(const std::string& key) const { return tensors_.contains(key); }
  /// Throws std::out_of_range when there is no such tensor.
  const Tensor<double>& operator[](const std::string& key) const {
    read_.insert(key);
    return tensors_.at(key);
  }
  /// Tensors that nothing has asked for, but for those whose name begins with `other`, which another test
  /// reads.
  std::vector<std::string> unread(const std::string& other = "-") const {
    std::vector<std::string> keys;
    for (const auto& [key, tensor] : tensors_) {
      if (!read_.contains(key) && !key.starts_with(other)) keys.push_back(key);
    }
    return keys;
  }

 private:
  std::map<std::string, Tensor<double>> tensors_;
  mutable std::set<std::string> read_;
};

}  // namespace premelt::testing
