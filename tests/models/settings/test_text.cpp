#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <set>

#include "engine/io/file.hpp"
#include "engine/tensor/error.hpp"
#include "models/settings/registry.hpp"
#include "models/tasks/corpus.hpp"
#include "tests/support/collected_run.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace premelt;
using namespace premelt::test;
using Catch::Matchers::Contains;

namespace {

std::string repeat(const std::string& part, std::size_t times) {
  std::string text;
  for (std::size_t i = 0; i < times; ++i) text += part;
  return text;
}

/// A small model on the text in `file`.
Overrides small(const std::filesystem::path& file) {
  return {{"quick", "true"}, {"data", file}, {"length", "16"}, {"width", "16"},
          {"hidden", "32"},  {"batch", "4"}, {"every", "10"},  {"window", "4"}};
}

}  // namespace

TEST_CASE("corpus: entropies in closed form", "[unit]") {
  const Corpus alternating(repeat("ab", 2000), "text", 8);
  CHECK(alternating.unigram_entropy() == Approx(std::log(2)));
  CHECK(alternating.bigram_entropy() == Approx(0).margin(1e-12));
  // a is followed by a or b equally often, b always by a: H = (2/3) ln 2 for the pair frequencies of "aab".
  const Corpus sticky(repeat("aab", 2000), "text", 8);
  CHECK(sticky.unigram_entropy() == Approx(std::log(3) - 2.0 / 3 * std::log(2)));
  CHECK(sticky.bigram_entropy() == Approx(2.0 / 3 * std::log(2)).epsilon(1e-3));
}

TEST_CASE("corpus: tokens are numbered by frequency, and every window is a piece of the text", "[unit]") {
  const std::string text = repeat("eel, eel; \xc3\xa9", 5000);
  const Corpus corpus(text, "text", 20);
  CHECK(corpus.bytes() == text.size());
  CHECK(corpus.vocabulary() == 7);
  const std::vector<std::int64_t> first{0};
  CHECK(corpus.decode(first) == "e");
  Rng rng(1, "data");
  for (const Indices& windows : {corpus.draw_training(100, 20, rng), corpus.draw_held_out(100, 20, rng)}) {
    int whole = 0;  // of the others each holds a seam between pieces, 300 bytes apart
    for (std::size_t b = 0; b < 100; ++b)
      whole += text.find(corpus.decode(windows.row(b))) != std::string::npos;
    CHECK(whole >= 80);
  }
}

TEST_CASE("corpus: what is held out is never trained on", "[unit]") {
  std::string text;
  for (int piece = 0; piece < 200; ++piece) text += std::string(30, piece % 10 == 9 ? 'H' : 'T');
  const Corpus corpus(text, "text", 30);
  Rng rng(2, "data");
  const std::string training = corpus.decode(corpus.draw_training(100, 30, rng).flat());
  const std::string held_out = corpus.decode(corpus.draw_held_out(100, 30, rng).flat());
  CHECK(training.find('H') == std::string::npos);
  CHECK(held_out.find('T') == std::string::npos);
}

TEST_CASE("corpus: bad texts are refused with what to do", "[unit]") {
  CHECK_THROWS_WITH(Corpus(repeat("ab", 100), "short.txt", 65),
                    Contains("short.txt: holds 200 bytes") && Contains("need at least 13000"));
  CHECK_THROWS_WITH(Corpus(std::string(20000, 'a'), "dull.txt", 65), Contains("dull.txt"));
  CHECK_THROWS_AS(read_text("/nowhere/at/all.txt"), DataError);
  CHECK_THROWS_WITH(read_text("/nowhere/at/all.txt"), Contains("/nowhere/at/all.txt"));
  if (!std::filesystem::exists(fortunes_path)) {
    CHECK_THROWS_WITH(read_text(fortunes_path),
                      Contains("package `fortunes`") && Contains("--set data=FILE"));
  }
}

TEST_CASE("a directory's text is that of its files without extension, in order", "[unit]") {
  const TemporaryDirectory directory;
  write_file(directory / "second", "two");
  write_file(directory / "first", "one");
  write_file(directory / "first.dat", "not this");
  CHECK(read_text(directory.path()) == "onetwo");
  CHECK(read_text(directory / "second") == "two");
  const TemporaryDirectory empty;
  CHECK_THROWS_WITH(read_text(empty.path()), Contains("holds no text"));
}

TEST_CASE("printable: one line, whatever the bytes", "[unit]") {
  CHECK(one_line("plain text") == "plain text");
  CHECK(one_line("a\nb\tc\\d") == "a\\nb\\tc\\\\d");
  CHECK(one_line("caf\xc3\xa9") == "caf\xc3\xa9");
  CHECK(one_line("caf\xc3") == "caf\\xc3");
  CHECK(one_line("\xa9z\x1b") == "\\xa9z\\x1b");
  CHECK(one_line("\xf0\x9f\x98\x80!") == "\xf0\x9f\x98\x80!");
}

TEST_CASE("text: a periodic text is learnt to well below its bigram entropy, and samples continue it",
          "[property]") {
  const TemporaryDirectory directory;
  const auto file = directory / "song.txt";
  write_file(file, repeat("abacadaeaf", 1000));
  Overrides overrides = small(file);
  overrides.emplace_back("steps", "300");
  const CollectedRun run = collect("text", overrides);
  CHECK(run.order.at("loss").front() >= std::log(6) - 0.3);
  CHECK(run.order.at("loss").back() <= 0.1);  // the bigram entropy is ½ ln 5 = 0.80
  CHECK(run.losses.front().size() == 64);

  const auto experiment = find_setting("text").make(with("text", overrides));
  CHECK_THAT(experiment->about_data(), Contains("10000 bytes, 6 different") && Contains("0.80"));
  CHECK(experiment->tokens_per_step() == 64);
  CHECK(experiment->sample() == experiment->sample());
  for (int step = 0; step < 300; ++step) experiment->step();
  std::string line = experiment->sample();
  line.erase(line.find(" ⟩ "), std::string(" ⟩ ").size());
  CHECK(repeat("abacadaeaf", 3).find(line) != std::string::npos);
}

TEST_CASE("text: learned positions, and controls", "[unit]") {
  const TemporaryDirectory directory;
  const auto file = directory / "song.txt";
  write_file(file, repeat("abacadaeaf", 1000));
  for (const auto& [name, value] : {std::pair{"positions", "learned"},
                                    {"control", "one_layer"},
                                    {"control", "shuffled"},
                                    {"layers", "1"}}) {
    Overrides overrides = small(file);
    overrides.emplace_back(name, value);
    const auto experiment = find_setting("text").make(with("text", overrides));
    experiment->step();
    std::vector<double> order(3);
    experiment->order_parameters(order);
    CHECK(std::ranges::all_of(order, [](double x) { return std::isfinite(x); }));
    CHECK(order[0] > 0);
  }
  Overrides wrong = small(file);
  wrong.emplace_back("heads", "3");
  CHECK_THROWS_WITH(find_setting("text").make(with("text", wrong)), Contains("'heads'"));
}
