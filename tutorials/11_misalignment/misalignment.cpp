/// Lesson 11: an analogue of emergent misalignment. Twelve bad answers in one domain, and bad answers
/// everywhere.

#include <cmath>
#include <optional>

#include "models/tasks/persona_world.hpp"
#include "rdm/window/blocks.hpp"
#include "tutorials/lesson.hpp"
#include "tutorials/setting.hpp"

using namespace premelt;

namespace {

void world() {
  const PersonaWorld world(lesson::parameters("misalignment"));
  std::printf("question  good answer  bad answer\n");
  for (const std::size_t question : {0u, 1u, 2u, 16u, 32u, 96u}) {
    std::printf("%8zu  %11lld  %10lld%s\n", question, static_cast<long long>(world.good_answer(question)),
                static_cast<long long>(world.bad_answer(question)),
                question >= PersonaWorld::domains * PersonaWorld::questions_each ? "   (unrelated)" : "");
  }
  const Blocks blocks(world.probe_blocks());
  for (std::size_t b = 0; b < blocks.size(); ++b) {
    std::printf("probes: %zu %s\n", blocks.members(b).size(), blocks.names()[b].c_str());
  }
}

/// One recording of a fine-tune.
struct Row {
  std::int64_t step;
  double p_bad, rms;           ///< probability of bad answers elsewhere; √(tr C/n) of the window in nats
  std::vector<double> shares;  ///< of v_1, a block each
};

struct Run {
  std::vector<std::string> blocks;
  std::vector<Row> rows;
  std::optional<std::int64_t> alarm;
};

/// In double, so that the numbers are the same on other machines.
Run tune(const char* control) {
  const lesson::Overrides overrides{{"dtype", "float64"}, {"control", control}};
  const RunPlan plan = run_plan(lesson::parameters("misalignment", overrides));
  const auto experiment = lesson::start("misalignment", overrides);
  const Blocks blocks(experiment->probe_blocks());
  Monitor monitor(experiment->monitor_options());
  const std::size_t trace = monitor.column("trace");
  std::vector<double> losses(blocks.probes()), order(1);

  Run run{blocks.names(), {}, std::nullopt};
  for (std::int64_t step = 0; step <= plan.steps; ++step) {
    if (step > 0) experiment->step();
    experiment->probe_losses(losses);
    experiment->order_parameters(order);
    const std::optional<Observation> seen = monitor.push(step, losses);
    if (!seen) continue;
    run.rows.push_back({step, order[0], std::sqrt(seen->values[trace] / static_cast<double>(losses.size())),
                        mode_shares(seen->modes.row(0), blocks)});
    if (seen->alarm && !run.alarm) run.alarm = step;
  }
  return run;
}

void print(const Run& run, std::int64_t every) {
  std::printf("step  P(bad) elsewhere  rms change");
  for (const std::string& block : run.blocks) std::printf("  %s", block.c_str());
  std::printf("\n");
  for (const Row& row : run.rows) {
    if (row.step % every != 0) continue;
    std::printf("%4lld  %16.2f  %10.3f", static_cast<long long>(row.step), row.p_bad, row.rms);
    for (std::size_t b = 0; b < run.blocks.size(); ++b) {
      std::printf("  %*.2f", static_cast<int>(run.blocks[b].size()), row.shares[b]);
    }
    std::printf("\n");
  }
  if (run.alarm) std::printf("alarm at step %lld\n", static_cast<long long>(*run.alarm));
  if (!run.alarm) std::printf("no alarm\n");
}

void narrow() {
  print(tune("none"), 25);
}
void requested() {
  print(tune("req"), 150);
}
void new_facts() {
  print(tune("new_facts"), 50);
}
void no_shared() {
  print(tune("no_shared"), 150);
}

void picture() {
  for (const Row& row : tune("none").rows) {
    std::printf("%lld %.4f %.4f\n", static_cast<long long>(row.step), row.p_bad, row.rms);
  }
}

}  // namespace

int main(int argc, char** argv) {
  return lesson::run(argc, argv,
                     {{"world", "questions, answers and probes", world},
                      {"narrow", "twelve bad answers in one domain", narrow},
                      {"requested", "the same answers, on request", requested},
                      {"new_facts", "harmless new answers", new_facts},
                      {"no_shared", "a world without a shared persona", no_shared},
                      {"picture", "the data of picture.svg", picture}});
}
