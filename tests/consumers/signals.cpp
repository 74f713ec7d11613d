// The same in C++, by the monitor of three calls.

#include <cstdio>
#include <cstdlib>
#include <premelt.hpp>
#include <vector>

namespace {

void print(const premelt::client::Signals& s) {
  std::printf("%lld", static_cast<long long>(s.step));
  for (const double value : {s.shc, s.pr, s.trace, s.lambda1, s.mean_loss, s.shc_detrended, s.pr_detrended,
                             s.trace_detrended, s.lambda1_detrended, s.mean_loss_detrended})
    std::printf(",%.17g", value);
  std::printf("\n");
}

bool read(std::vector<double>& losses) {
  for (double& loss : losses) {
    if (std::scanf("%lf%*[,]", &loss) != 1) return false;
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 3) throw std::invalid_argument("expected PROBES WINDOW");
  std::vector<double> losses(std::strtoul(argv[1], nullptr, 10));
  premelt::client::Monitor monitor({.probes = losses.size(), .window = std::strtoul(argv[2], nullptr, 10)});
  for (std::int64_t step = 0; read(losses); ++step) {
    if (const auto signals = monitor.push(step, losses)) print(*signals);
  }
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "signals: %s\n", error.what());
  return 1;
}
