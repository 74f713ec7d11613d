#include <catch2/catch.hpp>

#include "cli/report/report.hpp"
#include "tests/cli/report_fixture.hpp"

namespace premelt::report {
TEST_CASE("look") {
  write_report(make_run(), "/tmp/report-scratch/schematic.html");
  write_report(make_large_run(), "/tmp/report-scratch/large.html");
}
}  // namespace premelt::report
