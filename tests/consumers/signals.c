/* Losses in, signals out, in C: a recording a line (n numbers between commas) from stdin, a line of signals for each full window.
 *
 *     signals PROBES WINDOW < losses.csv
 */

#include <premelt.h>
#include <stdio.h>
#include <stdlib.h>

static int fail(const char* why) {
  fprintf(stderr, "signals: %s\n", why);
  return 1;
}

static void print(const premelt_signals* s) {
  printf("%lld", (long long)s->step);
  const double values[] = {s->shc,           s->pr,           s->trace,           s->lambda1,           s->mean_loss,
                           s->shc_detrended, s->pr_detrended, s->trace_detrended, s->lambda1_detrended, s->mean_loss_detrended};
  for (size_t i = 0; i < sizeof values / sizeof *values; ++i) printf(",%.17g", values[i]);
  printf("\n");
}

int main(int argc, char** argv) {
  if (argc != 3) return fail("expected PROBES WINDOW");
  const premelt_options options = {
      .struct_size = sizeof options, .probes = strtoul(argv[1], NULL, 10), .window = strtoul(argv[2], NULL, 10)};
  premelt_monitor* monitor = premelt_monitor_new(&options);
  if (monitor == NULL) return fail(premelt_last_error());
  double* losses = malloc(options.probes * sizeof *losses);
  premelt_signals signals = {.struct_size = sizeof signals};
  for (int64_t step = 0; losses != NULL; ++step) {
    size_t count = 0;
    while (count < options.probes && scanf("%lf%*[,]", &losses[count]) == 1) ++count;
    if (count < options.probes) break;
    const premelt_status status = premelt_monitor_push(monitor, step, losses, count);
    if (status == PREMELT_FILLING) continue;
    if (status != PREMELT_OK) return fail(premelt_monitor_why(monitor));
    premelt_monitor_signals(monitor, &signals);
    print(&signals);
  }
  free(losses);
  premelt_monitor_free(monitor);
  return 0;
}
