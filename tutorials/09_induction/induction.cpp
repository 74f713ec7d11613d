/// Lesson 9: a transformer discovers how to continue what it has seen before.

#include <algorithm>
#include <array>
#include <optional>

#include "models/tasks/repeated_sequences.hpp"
#include "rdm/window/blocks.hpp"
#include "tutorials/lesson.hpp"
#include "tutorials/setting.hpp"

using namespace premelt;

namespace {

void print(const char* name, const Indices& sequences) {
  std::printf("%-9s", name);
  for (const std::int64_t token : sequences.flat()) std::printf(" %2lld", static_cast<long long>(token));
  std::printf("\n");
}

/// What a head scores that looks at all earlier positions alike, at the one before, or at the successors of
/// earlier copies.
void task() {
  Rng rng(9, "sequences");
  const Repeated repeated = repeated_sequences(1, 23, 20, rng);
  print("repeated", repeated.sequences);
  print("shuffled", shuffled(repeated.sequences, rng));
  const std::size_t period = repeated.periods[0], length = 23;
  std::printf("period %zu\n", period);

  Tensor<double> even(Shape{1, 1, length, length}, 0.0), before = even.clone(), copies = even.clone();
  const auto at = [&](Tensor<double>& weights, std::size_t query, std::size_t key) -> double& {
    return weights.data()[query * length + key];
  };
  for (std::size_t t = 0; t < length; ++t) {
    for (std::size_t key = 0; key <= t; ++key) at(even, t, key) = 1 / static_cast<double>(t + 1);
    at(before, t, t > 0 ? t - 1 : 0) = 1;
    at(copies, t, t >= period ? t - period + 1 : 0) = 1;
  }
  std::printf("a head that attends to  induction score  previous-token score\n");
  for (const auto& [name, weights] : {std::pair{"everything alike", even},
                                      {"the token before", before},
                                      {"successors of copies", copies}}) {
    const HeadScores scores = head_scores(weights, repeated.periods);
    std::printf("%-22s  %15.3f  %20.3f\n", name, scores.induction, scores.previous);
  }
}

/// One recording of a run, with the signals of the window that ends there.
struct Row {
  std::int64_t step;
  std::array<double, 4> order;  ///< induction, previous token, loss of determined and of free tokens
  double shc, pr, structured;   ///< the last: share of v_1 on structured probes
};

struct Run {
  std::vector<Row> rows;
  std::optional<Event> alarm;
};

/// Three quarters of the setting's run, which is when nothing changes any more; in double, so that the
/// numbers are the same on other machines.
Run train(const char* control) {
  const lesson::Overrides overrides{{"dtype", "float64"}, {"steps", "1200"}, {"control", control}};
  const RunPlan plan = run_plan(lesson::parameters("induction", overrides));
  const auto experiment = lesson::start("induction", overrides);
  const Blocks blocks(experiment->probe_blocks());
  Monitor monitor(experiment->monitor_options());
  std::vector<double> losses(blocks.probes());

  Run run;
  for (std::int64_t step = 0; step <= plan.steps; ++step) {
    if (step > 0) experiment->step();
    if (step % plan.every != 0) continue;
    experiment->probe_losses(losses);
    const std::optional<Observation> seen = monitor.push(step, losses);
    if (!seen) continue;
    Row row{step, {}, seen->values[0], seen->values[1], mode_shares(seen->modes.row(0), blocks)[0]};
    experiment->order_parameters(row.order);
    run.rows.push_back(row);
    if (seen->alarm && !run.alarm) run.alarm = seen->alarm;
  }
  return run;
}

void print(const Run& run) {
  std::printf("step  induction  previous  determined   free       SHC    PR  v1 on structured\n");
  for (const Row& row : run.rows) {
    if (row.step % 100 != 0) continue;
    std::printf("%4lld  %9.2f  %8.2f  %10.2f  %5.2f  %8.1e  %4.1f  %16.2f\n",
                static_cast<long long>(row.step), row.order[0], row.order[1], row.order[2], row.order[3],
                row.shc, row.pr, row.structured);
  }
  const double last = run.rows.back().order[0];
  if (last >= 0.5) {
    const auto half = std::find_if(run.rows.begin(), run.rows.end(),
                                   [&](const Row& row) { return row.order[0] >= last / 2; });
    std::printf("half of the final score at step %lld\n", static_cast<long long>(half->step));
  } else {
    std::printf("no induction head has formed\n");
  }
  if (run.alarm) std::printf("first alarm at step %lld\n", static_cast<long long>(run.alarm->step));
  if (!run.alarm) std::printf("no alarm\n");
}

void form() {
  print(train("none"));
}
void one_layer() {
  print(train("one_layer"));
}

void picture() {
  for (const Row& row : train("none").rows) {
    std::printf("%lld %.4f %.4f %.4e %.4f\n", static_cast<long long>(row.step), row.order[0], row.order[1],
                row.shc, row.structured);
  }
}

}  // namespace

int main(int argc, char** argv) {
  return lesson::run(argc, argv,
                     {{"task", "a repeated sequence, and what heads could do about it", task},
                      {"form", "two layers: induction heads form", form},
                      {"one_layer", "one layer: they cannot", one_layer},
                      {"picture", "the data of picture.svg", picture}});
}
