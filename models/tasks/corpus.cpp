#include "models/tasks/corpus.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numeric>

#include "engine/io/file.hpp"
#include "engine/tensor/error.hpp"
#include "engine/tensor/numbers.hpp"

namespace premelt {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t pieces = 200, held_out_every = 10;

unsigned char byte(char c) {
  return static_cast<unsigned char>(c);
}

/// -Σ (n_i/N) log(n_i/N)
double entropy(std::span<const std::size_t> counts) {
  const auto total = static_cast<double>(std::accumulate(counts.begin(), counts.end(), std::size_t{0}));
  double sum = 0;
  for (std::size_t count : counts) {
    const double share = static_cast<double>(count) / total;
    if (count > 0) sum -= share * std::log(share);
  }
  return sum;
}

Indices windows(const std::vector<std::int64_t>& text, std::size_t count, std::size_t length, Rng& rng) {
  Indices tokens(Shape{count, length});
  for (std::size_t b = 0; b < count; ++b) {
    const auto begin = static_cast<std::ptrdiff_t>(rng.below(text.size() - length + 1));
    std::copy_n(text.begin() + begin, length, tokens.row(b).begin());
  }
  return tokens;
}

std::vector<fs::path> text_files(const fs::path& directory) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(directory)) {
    if (entry.is_regular_file() && entry.path().extension().empty()) files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

}  // namespace

Corpus::Corpus(const std::string& text, const std::string& name, std::size_t length) {
  const std::size_t piece = text.size() / pieces;
  if (piece < length) {
    throw DataError(name + ": holds " + std::to_string(text.size()) + " bytes; sequences of " +
                    std::to_string(length) + " need at least " + std::to_string(pieces * length) +
                    ": give a longer text, or make `length` smaller");
  }
  std::array<std::size_t, 256> counts{};
  for (char c : text) ++counts[byte(c)];
  for (std::size_t b = 0; b < counts.size(); ++b) {
    if (counts[b] > 0) symbols_.push_back(static_cast<unsigned char>(b));
  }
  if (symbols_.size() < 2) throw DataError(name + ": holds one byte over and over; expected a text");
  std::ranges::stable_sort(symbols_, std::ranges::greater{}, [&](unsigned char b) { return counts[b]; });
  numbers_.fill(-1);
  for (std::size_t s = 0; s < symbols_.size(); ++s) numbers_[symbols_[s]] = static_cast<std::int64_t>(s);

  std::vector<std::size_t> pairs(symbols_.size() * symbols_.size(), 0);
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::int64_t token = numbers_[byte(text[i])];
    (std::min(i / piece, pieces - 1) % held_out_every == held_out_every - 1 ? held_out_ : training_)
        .push_back(token);
    if (i > 0)
      ++pairs[static_cast<std::size_t>(numbers_[byte(text[i - 1])]) * symbols_.size() +
              static_cast<std::size_t>(token)];
  }
  unigram_entropy_ = entropy(counts);
  for (std::size_t s = 0; s < symbols_.size(); ++s) {
    const auto successors = std::span(pairs).subspan(s * symbols_.size(), symbols_.size());
    const auto times =
        static_cast<double>(std::accumulate(successors.begin(), successors.end(), std::size_t{0}));
    if (times > 0) bigram_entropy_ += times / static_cast<double>(text.size() - 1) * entropy(successors);
  }
}

Indices Corpus::draw_training(std::size_t count, std::size_t length, Rng& rng) const {
  return windows(training_, count, length, rng);
}

Indices Corpus::draw_held_out(std::size_t count, std::size_t length, Rng& rng) const {
  return windows(held_out_, count, length, rng);
}

std::string Corpus::decode(std::span<const std::int64_t> tokens) const {
  std::string text;
  for (std::int64_t token : tokens) text += static_cast<char>(symbols_[static_cast<std::size_t>(token)]);
  return text;
}

std::string read_text(const fs::path& path) {
  std::error_code missing;
  if (!fs::exists(path, missing) && path == fortunes_path) {
    throw DataError(path.string() +
                    ": is missing; install Debian's package `fortunes` (apt-get install fortunes), or give a "
                    "text of your own with --set data=FILE");
  }
  if (!fs::is_directory(path, missing)) return read_file(path, "a text");
  std::string text;
  for (const fs::path& file : text_files(path)) text += read_file(file, "a text");
  if (text.empty()) throw DataError(path.string() + ": holds no text; expected files without extension");
  return text;
}

std::string one_line(const std::string& bytes) {
  std::string line;
  for (std::size_t i = 0; i < bytes.size();) {
    const std::size_t length = character_bytes(std::string_view(bytes).substr(i));
    const bool control = length == 1 && (byte(bytes[i]) < ' ' || bytes[i] == 127);
    if (bytes[i] == '\n') {
      line += "\\n";
    } else if (bytes[i] == '\t') {
      line += "\\t";
    } else if (bytes[i] == '\\') {
      line += "\\\\";
    } else if (length == 0 || control) {
      char code[5];
      std::snprintf(code, sizeof code, "\\x%02x", byte(bytes[i]));
      line += code;
    } else {
      line += bytes.substr(i, length);
    }
    i += std::max<std::size_t>(length, 1);
  }
  return line;
}

}  // namespace premelt
