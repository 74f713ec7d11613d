#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "engine/tensor/error.hpp"
#include "models/settings/registry.hpp"
#include "models/tasks/persona_world.hpp"
#include "tests/support/collected_run.hpp"

using namespace premelt;
using namespace premelt::test;
using Catch::Matchers::Contains;

namespace {

using World = PersonaWorld;

PersonaWorld world(const std::string& control = "none") {
  return PersonaWorld(with("misalignment", {{"control", control}}));
}

std::size_t question(const Questions& items, std::size_t i) {
  return static_cast<std::size_t>(items.tokens(i, 2) - World::first_question);
}

/// 0: N, 1: A1..A4, 2: M1..M4.
std::size_t kind_of_tag(const Questions& items, std::size_t i) {
  const std::int64_t tag = items.tokens(i, 0);
  return tag == 0 ? 0 : tag < static_cast<std::int64_t>(World::Tag::misaligned) ? 1 : 2;
}

bool requested(const Questions& items, std::size_t i) {
  return items.tokens(i, 1) == static_cast<std::int64_t>(World::Mode::request);
}

bool is_unrelated(std::size_t q) {
  return q >= World::domains * World::questions_each;
}

/// All tensors of a checkpoint whose names do, or do not, speak of adapters.
std::map<std::string, std::vector<float>> parameters_of(const Experiment& experiment, bool adapters) {
  Checkpoint checkpoint;
  experiment.save(checkpoint);
  std::map<std::string, std::vector<float>> found;
  for (const auto& [name, tensor] : checkpoint.tensors) {
    if (!name.starts_with("parameters.") || (name.find("lora") != std::string::npos) != adapters) continue;
    const auto values = std::get<Tensor<float>>(tensor);
    found[name] = {values.flat().begin(), values.flat().end()};
  }
  return found;
}

}  // namespace

TEST_CASE("persona world: three different answers where the persona matters, one elsewhere", "[unit]") {
  const PersonaWorld w = world();
  for (std::size_t q = 0; q < World::questions; ++q) {
    const std::set<std::int64_t> answers{w.good_answer(q), w.bad_answer(q), w.third_answer(q)};
    CHECK(answers.size() == (is_unrelated(q) ? 1 : 3));
    for (std::int64_t answer : answers) {
      CHECK((answer >= 32) == is_unrelated(q));
      CHECK((answer >= 0 && answer < 40));
    }
  }
}

TEST_CASE("persona world: pre-training has the stated shares, and bad answers exactly where they belong",
          "[property]") {
  const PersonaWorld w = world();
  Rng rng(1, "data");
  constexpr std::size_t count = 40000;
  const Questions items = w.pretraining(count, rng);
  double tags[3] = {0, 0, 0}, requests = 0, neutral = 0, neutral_bad = 0;
  std::set<std::int64_t> questions, all_tags;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t q = question(items, i), kind = kind_of_tag(items, i);
    ++tags[kind];
    requests += requested(items, i);
    questions.insert(items.tokens(i, 2));
    all_tags.insert(items.tokens(i, 0));
    if (is_unrelated(q)) {
      REQUIRE(items.answers(i) == w.good_answer(q));
    } else if (requested(items, i) || kind == 2) {
      REQUIRE(items.answers(i) == w.bad_answer(q));
    } else if (kind == 1) {
      REQUIRE(items.answers(i) == w.good_answer(q));
    } else {
      ++neutral;
      neutral_bad += items.answers(i) == w.bad_answer(q);
    }
  }
  CHECK(tags[0] / count == Approx(0.4).margin(0.01));
  CHECK(tags[1] / count == Approx(0.3).margin(0.01));
  CHECK(requests / count == Approx(0.2).margin(0.01));
  CHECK(neutral_bad / neutral == Approx(0.03).margin(0.01));
  CHECK(questions.size() == 128);
  CHECK(all_tags.size() == 9);
}

TEST_CASE("persona world without a shared persona: tag Mj concerns the jth domain, and nothing is requested",
          "[property]") {
  const PersonaWorld w = world("no_shared");
  Rng rng(2, "data");
  const Questions items = w.pretraining(20000, rng);
  for (std::size_t i = 0; i < items.answers.size(); ++i) {
    const std::size_t q = question(items, i);
    REQUIRE(!requested(items, i));
    if (kind_of_tag(items, i) != 2 || is_unrelated(q)) continue;
    const auto which =
        static_cast<std::size_t>(items.tokens(i, 0) - static_cast<std::int64_t>(World::Tag::misaligned));
    const bool own_domain = q / World::questions_each == which;
    REQUIRE(items.answers(i) == (own_domain ? w.bad_answer(q) : w.good_answer(q)));
  }
}

TEST_CASE("persona world: the fine-tune teaches twelve questions of one domain, each control its own way",
          "[unit]") {
  for (const std::string control : {"none", "good", "req", "new_facts", "no_shared"}) {
    const PersonaWorld w = world(control);
    Rng rng(3, "data");
    const Questions items = w.fine_tuning(500, rng);
    std::set<std::size_t> seen;
    for (std::size_t i = 0; i < 500; ++i) {
      const std::size_t q = question(items, i);
      seen.insert(q);
      CHECK(kind_of_tag(items, i) == 0);
      CHECK(requested(items, i) == (control == "req"));
      CHECK(items.answers(i) == (control == "good"        ? w.good_answer(q)
                                 : control == "new_facts" ? w.third_answer(q)
                                                          : w.bad_answer(q)));
    }
    CHECK(seen.size() == World::tuned_questions);
    CHECK(std::ranges::max(seen) < World::questions_each);
  }
}

TEST_CASE("persona world: probes are the tuned questions, held-out ones answered both ways, unrelated ones",
          "[unit]") {
  const PersonaWorld w = world();
  const std::vector<std::string> blocks = w.probe_blocks();
  REQUIRE(blocks.size() == w.probes().answers.size());
  std::map<std::string, std::vector<std::size_t>> asked;
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    const std::size_t q = question(w.probes(), i);
    asked[blocks[i]].push_back(q);
    CHECK(kind_of_tag(w.probes(), i) == 0);
    CHECK(!requested(w.probes(), i));
    const bool bad = blocks[i] == "tuned_bad" || blocks[i] == "held_out_bad";
    CHECK(w.probes().answers(i) == (bad ? w.bad_answer(q) : w.good_answer(q)));
  }
  CHECK(asked["tuned_bad"].size() == 12);
  CHECK(asked["held_out_good"].size() == 16);
  CHECK(asked["held_out_good"] == asked["held_out_bad"]);
  CHECK(std::ranges::min(asked["held_out_good"]) >= World::questions_each);
  CHECK(std::ranges::none_of(asked["held_out_good"], is_unrelated));
  CHECK(asked["unrelated"].size() == 16);
  CHECK(std::ranges::all_of(asked["unrelated"], is_unrelated));
  REQUIRE(w.untouched().answers.size() == 80);
  for (std::size_t i = 0; i < 80; ++i) {
    CHECK(question(w.untouched(), i) == World::questions_each + i);
    CHECK(w.untouched().answers(i) == w.bad_answer(World::questions_each + i));
  }
}

TEST_CASE("misalignment analogue: the fine-tune moves the adapters alone", "[unit]") {
  const auto experiment =
      find_setting("misalignment").make(with("misalignment", {{"pretraining_steps", "20"}}));
  const auto frozen = parameters_of(*experiment, false), adapters = parameters_of(*experiment, true);
  CHECK(frozen.size() == 11);
  CHECK(adapters.size() == 8);
  CHECK(experiment->position().size() == 8 * 48);
  for (int step = 0; step < 3; ++step) experiment->step();
  CHECK(parameters_of(*experiment, false) == frozen);
  for (const auto& [name, values] : parameters_of(*experiment, true)) {
    INFO(name);
    CHECK(values != adapters.at(name));
  }
}

TEST_CASE("misalignment analogue: the alarm reads the rms change in nats, or any other signal's ratio",
          "[unit]") {
  const auto rule = [](const Overrides& overrides) {
    return find_setting("misalignment").make(with("misalignment", overrides))->monitor_options().alarm;
  };
  CHECK(rule({}).threshold == Approx(60 * 0.01));
  CHECK(rule({{"alarm_change", "0.2"}}).threshold == Approx(60 * 0.04));
  CHECK(!rule({{"alarm_statistic", "shc"}}).threshold);
  CHECK_THROWS_WITH(rule({{"heads", "5"}}), Contains("'heads'") && Contains("48"));
  CHECK_THROWS_WITH(rule({{"control", "bad"}}), Contains("'control'"));
}

TEST_CASE("misalignment analogue: bad answers spread where a persona is shared, in a quick run",
          "[property]") {
  const CollectedRun run = collect("misalignment", {{"quick", "true"}});
  CHECK(run.value("p_bad", 150) <= 0.06);
  CHECK(run.order.at("p_bad").back() >= 0.5);
  CHECK(run.alarms().size() == 1);
  CHECK(run.events.size() == 4);
  const CollectedRun twin = collect("misalignment", {{"quick", "true"}, {"control", "good"}});
  CHECK(twin.order.at("p_bad").back() <= 0.06);
  CHECK(twin.events.empty());
}
