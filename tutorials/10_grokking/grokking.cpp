/// Lesson 10: a network learns a table by heart, and long afterwards understands it.

#include <cmath>
#include <numbers>
#include <optional>

#include "models/tasks/modular_task.hpp"
#include "tutorials/lesson.hpp"
#include "tutorials/setting.hpp"

using namespace premelt;

namespace {

/// How periodic: one wave, two waves, noise.
void fourier() {
  constexpr std::size_t p = 31;
  Tensor<double> one(Shape{p, 1}), two(Shape{p, 1});
  Rng rng(10, "noise");
  for (std::size_t a = 0; a < p; ++a) {
    const double angle = 2 * std::numbers::pi * static_cast<double>(a) / p;
    one(a, 0) = std::cos(3 * angle + 1);
    two(a, 0) = std::cos(3 * angle) + std::cos(7 * angle);
  }
  std::printf("one wave   %.3f\n", fourier_power(one));
  std::printf("two waves  %.3f\n", fourier_power(two));
  std::printf("noise      %.3f\n", fourier_power(normal_tensor<double>(Shape{p, 200}, rng)));
}

struct Row {
  std::int64_t step;
  double train, test, fourier;            ///< accuracies and Fourier power
  double weight_norm, log_loss, log_shc;  ///< the last two: of the test probes' log losses
};

struct Run {
  std::vector<Row> rows;
  std::optional<std::int64_t> alarm;        ///< of the SHC of log test losses
  std::optional<std::int64_t> plain_alarm;  ///< the mean log test loss has fallen by 0.2 from its highest
};

/// In double, so that the numbers are the same on other machines.
Run train(const char* control) {
  const lesson::Overrides overrides{{"dtype", "float64"}, {"control", control}};
  const RunPlan plan = run_plan(lesson::parameters("grokking", overrides));
  const auto experiment = lesson::start("grokking", overrides);
  Monitor monitor(experiment->monitor_options());
  const std::size_t shc = monitor.column("shc_log_test"), mean = monitor.column("mean_loss_log_test");
  std::vector<double> losses(experiment->probe_blocks().size()), order(3);

  Run run;
  double highest = -1e300;
  for (std::int64_t step = 0; step <= plan.steps; ++step) {
    if (step > 0) experiment->step();
    if (step % plan.every != 0) continue;
    experiment->probe_losses(losses);
    experiment->order_parameters(order);
    const std::optional<Observation> seen = monitor.push(step, losses);
    if (!seen) continue;
    run.rows.push_back({step, order[0], order[1], order[2], experiment->training()[2], seen->values[mean],
                        seen->values[shc]});
    if (seen->alarm && !run.alarm) run.alarm = step;
    if (step < 300) continue;  // the setting's burn-in, for both
    highest = std::max(highest, seen->values[mean]);
    if (!run.plain_alarm && seen->values[mean] < highest - 0.2) run.plain_alarm = step;
  }
  return run;
}

void print_alarm(const char* name, const std::optional<std::int64_t>& step) {
  if (step) std::printf("%s at step %lld\n", name, static_cast<long long>(*step));
  if (!step) std::printf("%s: never\n", name);
}

void print(const Run& run) {
  std::printf("step  train   test  Fourier  |weights|  mean log loss  SHC of log losses\n");
  for (const Row& row : run.rows) {
    if (row.step % 200 != 0) continue;
    std::printf("%4lld  %5.2f  %5.2f  %7.2f  %9.1f  %13.2f  %17.1e\n", static_cast<long long>(row.step),
                row.train, row.test, row.fourier, row.weight_norm, row.log_loss, row.log_shc);
  }
  print_alarm("SHC alarm", run.alarm);
  print_alarm("mean log loss down by 0.2", run.plain_alarm);
}

void understand() {
  print(train("none"));
}
void no_decay() {
  print(train("no_decay"));
}

void picture() {
  for (const Row& row : train("none").rows) {
    std::printf("%lld %.4f %.4f %.4f %.4e\n", static_cast<long long>(row.step), row.train, row.test,
                row.fourier, row.log_shc);
  }
}

}  // namespace

int main(int argc, char** argv) {
  return lesson::run(argc, argv,
                     {{"fourier", "a measure of periodicity", fourier},
                      {"understand", "memorised, then understood", understand},
                      {"no_decay", "the same without weight decay", no_decay},
                      {"picture", "the data of picture.svg", picture}});
}
