#pragma once
/// What the scripts of the pages read.

#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>

namespace premelt::test {

/// The text of cli/report/page/NAME.js.
inline std::string page_script(const std::string& name) {
  std::ifstream stream(PREMELT_SOURCE_DIR "/cli/report/page/" + name + ".js");
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// Every key that it reads of a variable: `VARIABLE.key`.
inline std::set<std::string> keys_read(const std::string& script, const std::string& variable) {
  const std::regex reads("\\b" + variable + R"(\??\.([a-z_0-9]+)\b(?!\())");
  const std::string text = page_script(script);
  std::set<std::string> keys;
  for (std::sregex_iterator at(text.begin(), text.end(), reads), end; at != end; ++at) keys.insert((*at)[1]);
  return keys;
}

}  // namespace premelt::test
