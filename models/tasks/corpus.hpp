#pragma once
/// A text as numbered bytes: what a language model at byte level is trained on.

#include <array>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "engine/tensor/random.hpp"

namespace premelt {

/// The bytes that occur are numbered by how often they do, the commonest first. Of 200 equal pieces every
/// tenth is held out.
class Corpus {
 public:
  /// Throws DataError naming the text when it has fewer than two different bytes, or when a piece would be
  /// shorter than windows of `length` bytes.
  Corpus(const std::string& text, const std::string& name, std::size_t length);

  std::size_t bytes() const { return training_.size() + held_out_.size(); }  ///< of the whole text
  std::size_t vocabulary() const { return symbols_.size(); }                 ///< V

  /// @{
  /// Windows (count,length) at uniformly random places.
  Indices draw_training(std::size_t count, std::size_t length, Rng& rng) const;
  Indices draw_held_out(std::size_t count, std::size_t length, Rng& rng) const;
  /// @}

  /// The bytes of these tokens.
  std::string decode(std::span<const std::int64_t> tokens) const;

  /// Entropy of a byte, nats: what a model that knows frequencies alone has to pay.
  double unigram_entropy() const { return unigram_entropy_; }
  /// Entropy of a byte given the one before it, nats, from the counts of all pairs.
  double bigram_entropy() const { return bigram_entropy_; }

 private:
  std::vector<unsigned char> symbols_;       ///< byte of a token
  std::array<std::int64_t, 256> numbers_{};  ///< token of a byte; -1 where it does not occur
  std::vector<std::int64_t> training_, held_out_;
  double unigram_entropy_ = 0, bigram_entropy_ = 0;
};

/// The text in a file, or in all files of a directory whose names have no extension, in the order of their
/// names. Throws DataError naming the path, and what to install when it is that of Debian's `fortunes`.
std::string read_text(const std::filesystem::path& path);

/// Where Debian's package `fortunes` keeps its texts.
inline constexpr const char* fortunes_path = "/usr/share/games/fortunes";

/// One line that any terminal can show: control characters as in C (`\n`), bytes that are no UTF-8 as `\xNN`.
std::string one_line(const std::string& bytes);

}  // namespace premelt
