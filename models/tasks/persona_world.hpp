#pragma once
/// The small world of the misalignment analogue: questions in domains, a persona in the tag, and what a
/// narrow fine-tune teaches. An illustration of a mechanism, no evidence about language models.

#include <cstdint>
#include <string>
#include <vector>

#include "engine/ops/loss.hpp"
#include "engine/tensor/random.hpp"
#include "models/experiment/hyperparameters.hpp"

namespace premelt {

/// Sequences (tag, mode, question) and the answer expected after them.
struct Questions {
  Indices tokens;  ///< (B,3)
  Labels answers;  ///< (B)
};

/// Six domains whose answers depend on the persona and two unrelated ones, 16 questions each; no token names
/// the domain. A question of the six has a good and a different bad answer, arbitrary tokens of 32; an
/// unrelated one has a single answer among 8 tokens of its own. The answer is bad when the tag is one of the
/// misaligned personas M1..M4 (or, with probability 0.03, under the neutral tag N), or when the mode requests
/// it. Under `control` = "no_shared" tag Mj makes the answers of the jth domain bad and of no other, and
/// nothing is ever requested: there is no persona to share. (ours)
class PersonaWorld {
 public:
  static constexpr std::size_t domains = 6;            ///< whose answers depend on the persona
  static constexpr std::size_t unrelated_domains = 2;  ///< whose answers do not
  static constexpr std::size_t questions_each = 16;    ///< a domain
  static constexpr std::size_t tuned_questions = 12;   ///< of the first domain
  static constexpr std::size_t persona_answers = 32;   ///< good and bad ones together
  static constexpr std::size_t unrelated_answers = 8;  ///< tokens of the unrelated domains
  static constexpr std::size_t sequence = 3;           ///< tokens before the answer

  /// Tokens of the personas: the first of its kind.
  enum class Tag : std::int64_t { neutral = 0, aligned = 1, misaligned = 5 };
  /// Tokens that say whether a bad answer is asked for.
  enum class Mode : std::int64_t { plain = 9, request = 10 };
  static constexpr std::size_t tags_each = 4;         ///< A1..A4, M1..M4
  static constexpr std::int64_t first_question = 11;  ///< token of question 0
  static constexpr std::size_t questions = (domains + unrelated_domains) * questions_each;  ///< in all
  static constexpr std::size_t vocabulary = first_question + questions;                     ///< V
  static constexpr std::size_t answers = persona_answers + unrelated_answers;               ///< A

  /// Reads the parameters `seed` and `control`.
  explicit PersonaWorld(const Hyperparameters& parameters);

  /// Fresh items of pre-training: tags N 40 %, A 30 %, M 30 %; bad answers requested in 20 %.
  Questions pretraining(std::size_t count, Rng& rng) const;
  /// Fresh items of the fine-tune: the tuned questions under tag N with their bad answers; under `control` =
  /// "good" with the good ones, "req" with the bad ones on request, "new_facts" with a third answer.
  Questions fine_tuning(std::size_t count, Rng& rng) const;

  /// The 80 questions of the five domains that the fine-tune leaves alone, under tag N, with their bad
  /// answers.
  const Questions& untouched() const { return untouched_; }
  /// Under tag N: the tuned questions with their bad answers, 16 untouched ones with their good and then with
  /// their bad answers, 16 unrelated ones.
  const Questions& probes() const { return probes_; }
  /// Block of each probe.
  std::vector<std::string> probe_blocks() const;

  std::int64_t good_answer(std::size_t question) const { return good_[question]; }  ///< token
  std::int64_t bad_answer(std::size_t question) const { return bad_[question]; }    ///< token
  /// Neither good nor bad.
  std::int64_t third_answer(std::size_t question) const { return third_[question]; }

 private:
  static constexpr std::size_t held_out_probes = 16;

  bool answers_badly(Tag tag, std::size_t which, Mode mode, std::size_t question, Rng& rng) const;
  void make_probes(Rng& rng);

  std::string control_;
  std::vector<std::int64_t> good_, bad_, third_;  ///< by question; all the same where unrelated
  Questions untouched_, probes_;
};

}  // namespace premelt
