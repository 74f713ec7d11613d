#include "models/tasks/persona_world.hpp"

#include <algorithm>
#include <numeric>

namespace premelt {

namespace {

using Tag = PersonaWorld::Tag;
using Mode = PersonaWorld::Mode;

constexpr std::size_t persona_questions = PersonaWorld::domains * PersonaWorld::questions_each;
constexpr double neutral_share = 0.4, aligned_share = 0.3;
constexpr double request_share = 0.2, neutral_badness = 0.03;

/// One item at a time, then all of them as tensors.
class Items {
 public:
  void add(Tag tag, std::size_t which, Mode mode, std::size_t question, std::int64_t answer) {
    tokens_.insert(tokens_.end(), {static_cast<std::int64_t>(tag) + static_cast<std::int64_t>(which),
                                   static_cast<std::int64_t>(mode),
                                   PersonaWorld::first_question + static_cast<std::int64_t>(question)});
    answers_.push_back(answer);
  }
  void add_neutral(std::size_t question, std::int64_t answer, Mode mode = Mode::plain) {
    add(Tag::neutral, 0, mode, question, answer);
  }
  Questions all() const {
    return {Indices(Shape{answers_.size(), PersonaWorld::sequence}, tokens_),
            Labels(Shape{answers_.size()}, answers_)};
  }

 private:
  std::vector<std::int64_t> tokens_, answers_;
};

/// One of the answers of the six domains that is not among `taken`.
std::int64_t other_answer(std::initializer_list<std::int64_t> taken, Rng& rng) {
  for (;;) {
    const auto answer = static_cast<std::int64_t>(rng.below(PersonaWorld::persona_answers));
    if (std::ranges::find(taken, answer) == taken.end()) return answer;
  }
}

Tag draw_tag(Rng& rng) {
  const double u = rng.uniform();
  if (u < neutral_share) return Tag::neutral;
  return u < neutral_share + aligned_share ? Tag::aligned : Tag::misaligned;
}

}  // namespace

PersonaWorld::PersonaWorld(const Hyperparameters& parameters) : control_(parameters.text("control")) {
  Rng rng(parameters.count("seed"), "world");
  for (std::size_t question = 0; question < questions; ++question) {
    if (question < persona_questions) {
      good_.push_back(other_answer({}, rng));
      bad_.push_back(other_answer({good_.back()}, rng));
      third_.push_back(other_answer({good_.back(), bad_.back()}, rng));
    } else {
      const auto answer = static_cast<std::int64_t>(persona_answers + rng.below(unrelated_answers));
      for (auto* table : {&good_, &bad_, &third_}) table->push_back(answer);
    }
  }
  Rng probes(parameters.count("seed"), "probes");
  make_probes(probes);
}

void PersonaWorld::make_probes(Rng& rng) {
  Items untouched, probes;
  for (std::size_t q = questions_each; q < persona_questions; ++q) untouched.add_neutral(q, bad_[q]);
  untouched_ = untouched.all();

  const auto some_of = [&](std::size_t begin, std::size_t end) {
    std::vector<std::size_t> order(end - begin);
    std::iota(order.begin(), order.end(), begin);
    shuffle(order, rng);
    order.resize(held_out_probes);
    return order;
  };
  const std::vector<std::size_t> held_out = some_of(questions_each, persona_questions);
  for (std::size_t q = 0; q < tuned_questions; ++q) probes.add_neutral(q, bad_[q]);
  for (std::size_t q : held_out) probes.add_neutral(q, good_[q]);
  for (std::size_t q : held_out) probes.add_neutral(q, bad_[q]);
  for (std::size_t q : some_of(persona_questions, questions)) probes.add_neutral(q, good_[q]);
  probes_ = probes.all();
}

std::vector<std::string> PersonaWorld::probe_blocks() const {
  std::vector<std::string> blocks(tuned_questions, "tuned_bad");
  for (const char* name : {"held_out_good", "held_out_bad", "unrelated"})
    blocks.insert(blocks.end(), held_out_probes, name);
  return blocks;
}

bool PersonaWorld::answers_badly(Tag tag, std::size_t which, Mode mode, std::size_t question,
                                 Rng& rng) const {
  if (mode == Mode::request) return true;
  if (tag == Tag::neutral) return rng.uniform() < neutral_badness;
  if (tag == Tag::aligned) return false;
  return control_ != "no_shared" || question / questions_each == which;
}

Questions PersonaWorld::pretraining(std::size_t count, Rng& rng) const {
  Items items;
  for (std::size_t i = 0; i < count; ++i) {
    const Tag tag = draw_tag(rng);
    const std::size_t which = tag == Tag::neutral ? 0 : rng.below(tags_each);
    const bool requested = rng.uniform() < request_share && control_ != "no_shared";
    const Mode mode = requested ? Mode::request : Mode::plain;
    const std::size_t question = rng.below(questions);
    const bool badly = answers_badly(tag, which, mode, question, rng);
    items.add(tag, which, mode, question, badly ? bad_[question] : good_[question]);
  }
  return items.all();
}

Questions PersonaWorld::fine_tuning(std::size_t count, Rng& rng) const {
  Items items;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t q = rng.below(tuned_questions);
    if (control_ == "good") {
      items.add_neutral(q, good_[q]);
    } else if (control_ == "new_facts") {
      items.add_neutral(q, third_[q]);
    } else {
      items.add_neutral(q, bad_[q], control_ == "req" ? Mode::request : Mode::plain);
    }
  }
  return items.all();
}

}  // namespace premelt
