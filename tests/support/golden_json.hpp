#pragma once
/// Reference numbers of tests/golden/*.json that notice when no test reads them.

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

namespace premelt::test {

/// A JSON file under tests/golden. What was taken with `get` counts as read, with all that it holds.
class GoldenJson {
 public:
  /// A value of the file, by its path.
  class Entry {
   public:
    Entry operator[](const std::string& key) const { return {*file_, path_ / key}; }
    Entry operator[](std::size_t index) const { return {*file_, path_ / index}; }
    std::size_t size() const { return value().size(); }
    std::vector<Entry> items() const {
      std::vector<Entry> all;
      for (std::size_t i = 0; i < size(); ++i) all.push_back((*this)[i]);
      return all;
    }
    template <class T = nlohmann::json>
    T get() const {
      file_->read_.insert(path_.to_string());
      return value().template get<T>();
    }

   private:
    friend class GoldenJson;
    using Path = nlohmann::json::json_pointer;
    Entry(GoldenJson& file, Path path) : file_(&file), path_(std::move(path)) {}
    const nlohmann::json& value() const { return file_->content_.at(path_); }

    GoldenJson* file_;
    Path path_;
  };

  explicit GoldenJson(const std::string& name) {
    std::ifstream file(std::string(PREMELT_SOURCE_DIR) + "/tests/golden/" + name);
    if (!file) throw std::runtime_error("cannot read tests/golden/" + name);
    content_ = nlohmann::json::parse(file);
  }
  GoldenJson(const GoldenJson&) = delete;

  Entry root() { return {*this, Entry::Path()}; }

  /// Paths of the values that nothing has read.
  std::vector<std::string> unread() const {
    std::vector<std::string> paths;
    collect(content_, "", paths);
    return paths;
  }

 private:
  void collect(const nlohmann::json& value, const std::string& path, std::vector<std::string>& unread) const {
    if (read_.contains(path)) return;
    if (value.is_primitive() || value.empty()) unread.push_back(path);
    for (const auto& [key, member] : value.items()) {
      if (value.is_structured()) collect(member, path + "/" + key, unread);
    }
  }

  nlohmann::json content_;
  std::set<std::string> read_;
};

}  // namespace premelt::test
