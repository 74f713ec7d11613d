/// A report of a long run reads rows where they lie: its memory grows with T and with n, not with T×n.

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <string>

#include "cli/runs/run_directory.hpp"
#include "engine/io/npy.hpp"
#include "tests/support/live_memory.hpp"
#include "tests/support/program.hpp"

using namespace premelt;
namespace fs = std::filesystem;

namespace {

constexpr std::size_t recordings = 20000, probes = 1000, window = 10, modes = 3;

/// Zeros of this shape, of which the disk holds none: as NpyWriter would have written them.
void write_zeros(const fs::path& path, const std::string& shape, std::size_t numbers) {
  std::string text = "{'descr': '<f8', 'fortran_order': False, 'shape': (" + shape + "), }";
  text.resize(117, ' ');
  std::ofstream(path, std::ios::binary) << std::string("\x93NUMPY\x01\x00", 8) << 'v' << '\0' << text << '\n';
  fs::resize_file(path, 128 + 8 * numbers);
}

/// A small analysis whose recordings are exchanged for many.
fs::path long_run(const test::Workplace& place) {
  std::string csv;
  for (std::size_t t = 0; t < window; ++t) {
    for (std::size_t i = 0; i < probes; ++i) csv += (i ? "," : "") + std::to_string(1 + (t + i) % 7);
    csv += "\n";
  }
  place.file("losses.csv", csv);
  const auto made = place.premelt("analyze losses.csv --no-steps --window 10 --out long --json");
  INFO(made.err);
  REQUIRE(made.code == 0);
  fs::path directory = place / "long";
  const std::size_t windows = recordings - window + 1;
  write_zeros(directory / "losses.npy", std::to_string(recordings) + ", " + std::to_string(probes),
              recordings * probes);
  write_zeros(directory / "modes.npy",
              std::to_string(windows) + ", " + std::to_string(modes) + ", " + std::to_string(probes),
              windows * modes * probes);
  Tensor<std::int64_t> steps(Shape{recordings});
  for (std::size_t t = 0; t < recordings; ++t) steps(t) = static_cast<std::int64_t>(t);
  write_npy(directory / "steps.npy", steps);
  std::ofstream signals(directory / "signals.csv");
  signals << "step,shc,pr\n";
  for (std::size_t row = 0; row < windows; ++row) signals << row + window - 1 << ",1," << 2 + row % 3 << "\n";
  return directory;
}

}  // namespace

TEST_CASE("a report of a long run holds the rows it draws", "[unit]") {
  const test::Workplace place(PREMELT_PROGRAM);
  const fs::path directory = long_run(place);
  REQUIRE(fs::file_size(directory / "losses.npy") + fs::file_size(directory / "modes.npy") > 600'000'000);
  {
    const std::size_t before = test::live_memory();
    const report::ReportData data = cli::read_run_directory(directory);
    CHECK(test::live_memory() - before < 20'000'000);
    CHECK(data.losses.shape() == Shape{recordings, probes});
    CHECK(data.modes(recordings - window, 2, probes - 1) == 0);
  }
#if !defined(__SANITIZE_ADDRESS__)
  // The whole way to the page, in less memory than either file alone would take twice.
  const auto drawn = place.premelt("report long", "ulimit -d 300000; OPENBLAS_NUM_THREADS=1");
  INFO(drawn.err);
  CHECK(drawn.code == 0);
  CHECK(fs::file_size(directory / "report.html") > 10000);
#endif
}
