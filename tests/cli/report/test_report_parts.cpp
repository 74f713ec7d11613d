#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <sstream>
#include <string>

#include "cli/report/base64.hpp"
#include "cli/report/figures.hpp"
#include "cli/report/frames.hpp"
#include "cli/report/gnuplot.hpp"
#include "cli/report/lines.hpp"
#include "cli/report/payload.hpp"
#include "engine/tensor/error.hpp"
#include "rdm/window/stored_window.hpp"
#include "tests/cli/report/page_script.hpp"
#include "tests/cli/report/report_fixture.hpp"
#include "tests/support/left_out.hpp"
#include "tests/support/temporary_directory.hpp"

namespace premelt::report {
namespace fs = std::filesystem;

namespace {

bool has_gnuplot() {
  return std::system("gnuplot --version > /dev/null 2>&1") == 0;
}

/// The most different x coordinates that any path of an SVG file has.
std::size_t most_columns(const std::string& svg) {
  std::size_t most = 0;
  for (std::size_t at = svg.find(" d='"); at != std::string::npos; at = svg.find(" d='", at + 4)) {
    std::istringstream path(svg.substr(at + 4, svg.find('\'', at + 4) - at - 4));
    std::set<std::string> columns;
    for (std::string point; path >> point;) {
      const std::size_t comma = point.find(',');
      if (comma != std::string::npos) columns.insert(point.substr(0, comma));
    }
    most = std::max(most, columns.size());
  }
  return most;
}

}  // namespace

TEST_CASE("base64 follows the standard's examples", "[unit]") {
  const auto encode = [](const std::string& text) {
    return base64(std::vector<std::uint8_t>(text.begin(), text.end()));
  };
  CHECK(encode("").empty());
  CHECK(encode("f") == "Zg==");
  CHECK(encode("fo") == "Zm8=");
  CHECK(encode("foo") == "Zm9v");
  CHECK(encode("foobar") == "Zm9vYmFy");
}

TEST_CASE("thinning keeps ends and extremes in order", "[unit]") {
  Line line{"loss", 0, {}, {}};
  for (int i = 0; i < 10000; ++i) {
    line.x.push_back(i);
    line.y.push_back(std::sin(0.001 * i));
  }
  line.y[3456] = 9;
  line.y[7890] = -9;
  line.y[9999] = undefined;
  const Line kept = thin(line, 200);
  CHECK(kept.x.size() <= 200);
  CHECK(kept.x.front() == 0);
  CHECK(kept.x.back() == 9999);
  CHECK(std::is_sorted(kept.x.begin(), kept.x.end()));
  CHECK(std::count(kept.y.begin(), kept.y.end(), 9.0) == 1);
  CHECK(std::count(kept.y.begin(), kept.y.end(), -9.0) == 1);
  CHECK(std::isnan(kept.y.back()));
  CHECK(thin(line, 10000).x.size() == 10000);
}

TEST_CASE("a cell shows the mean of its probes' covariances", "[unit]") {
  FixtureOptions options;
  options.recordings = 60;
  options.window = 30;
  options.probes_per_block = 3;
  const ReportData data = make_run(options);
  std::vector<std::vector<std::size_t>> single;
  for (std::size_t probe = 0; probe < 9; ++probe) single.push_back({probe});
  const Tensor<double> fine = window_covariance(data.losses, 50, 30, single);
  const Tensor<double> coarse = window_covariance(data.losses, 50, 30, {{0, 1}, {2, 5, 8}});
  double mean = 0;
  for (std::size_t i = 0; i < 2; ++i) {
    for (std::size_t j = 2; j < 9; j += 3) mean += fine(i, j) / 6;
  }
  CHECK(coarse(0, 1) == Approx(mean).epsilon(1e-10));
  CHECK_THROWS_AS(window_covariance(data.losses, 28, 30, single), ShapeError);
}

TEST_CASE("adding a million to a loss does not change its covariance", "[unit]") {
  const ReportData data = make_run();
  Tensor<double> shifted = data.losses.tensor();
  for (double& loss : shifted.flat()) loss += 1e6;
  const auto cells = lay_out_probes(data).groups();
  const Tensor<double> before = window_covariance(data.losses, 219, 40, cells);
  const Tensor<double> after = window_covariance(shifted, 219, 40, cells);
  for (std::size_t i = 0; i < before.size(); ++i)
    CHECK(after.data()[i] == Approx(before.data()[i]).margin(1e-10));
}

TEST_CASE("a row without eigenvectors of its own shows the last that were due", "[unit]") {
  const ReportData data = make_run();
  const ProbeLayout layout = lay_out_probes(data);
  Tensor<double> modes = data.modes.tensor();
  for (std::size_t row = 0; row < modes.shape()[0]; ++row) {
    if (row % 5 == 0 || row == 12) continue;
    for (std::size_t probe = 0; probe < modes.shape()[2]; ++probe) modes(row, 0, probe) = undefined;
  }
  ReportData seldom = data;
  seldom.modes = modes;
  seldom.modes_every = 5;
  CHECK(mode_row(seldom, 10) == 10);
  CHECK(mode_row(seldom, 12) == 12);  // an alarm asked
  CHECK(mode_row(seldom, 14) == 10);
  CHECK(top_mode_shares(seldom, 14, layout.partition()) == top_mode_shares(data, 10, layout.partition()));
  CHECK(make_frame(seldom, layout, 14).mode == make_frame(data, layout, 10).mode);
}

TEST_CASE("the page reads only keys that the payload has, by the same names", "[unit]") {
  const auto json = nlohmann::json::parse(payload(make_run()));
  const std::regex reads(R"(\brun\.([a-z_]+)(?:\.([a-z_]+))?)");
  std::set<std::string> read;
  for (const auto& file : fs::directory_iterator(PREMELT_SOURCE_DIR "/cli/report/page")) {
    if (file.path().extension() != ".js" || file.path().stem() == "compare") continue;
    std::ifstream stream(file.path());
    const std::string script{std::istreambuf_iterator<char>(stream), {}};
    for (std::sregex_iterator found(script.begin(), script.end(), reads), end; found != end; ++found) {
      const std::string key = (*found)[1], inner = (*found)[2];
      INFO(file.path() << " reads " << found->str());
      REQUIRE(json.contains(key));
      read.insert(key);
      if (json[key].is_object() && !inner.empty()) CHECK(json[key].contains(inner));
    }
  }
  for (const char* chart : {"shc", "pr", "trace", "title"}) read.insert(chart);  // by name, or by the frame
  for (const auto& [key, value] : json.items()) {
    INFO("nobody reads " << key);
    CHECK(read.contains(key));
  }
}

TEST_CASE("what the page reads of an event, an alarm, a frame or a formation is in the payload", "[unit]") {
  const auto json = nlohmann::json::parse(payload(make_run()));
  const struct {
    std::string script, variable;
    const nlohmann::json& entry;
  } readings[] = {
      {"summary", "event", json["transitions"][0]},   {"time_charts", "event", json["transitions"][0]},
      {"summary", "alarm", json["alarms"][0]},        {"summary", "peak", json["peak"]},
      {"slider", "frame", json["frames"][0]},         {"narration", "frame", json["frames"][0]},
      {"narration", "event", json["transitions"][0]}, {"narration", "alarm", json["alarms"][0]},
      {"data", "frame", json["frames"][0]},           {"window_charts", "frame", json["frames"][0]},
      {"window_charts", "cell", json["cells"][0]},    {"formation_chart", "formation", json["formations"][0]},
      {"time_charts", "line", json["order"][0]}};
  for (const auto& [script, variable, entry] : readings) {
    const std::set<std::string> keys = test::keys_read(script, variable);
    INFO(script << ".js reads of " << variable);
    CHECK_FALSE(keys.empty());
    for (const std::string& key : keys) {
      INFO(key);
      CHECK(entry.contains(key));
    }
  }
}

TEST_CASE("probes of a block stand together, and many share a cell", "[unit]") {
  ReportData data;
  data.losses = Tensor<double>(Shape{2, 7}, 0.0);
  data.probe_blocks = {"b", "a", "b", "a", "b", "a", "b"};
  const ProbeLayout all = lay_out_probes(data, 64);
  CHECK(all.names[6] == "probe 6");
  CHECK(all.blocks == std::vector<std::string>{"a", "b"});
  CHECK(all.cells.size() == 7);
  CHECK(all.cells[2].probes == std::vector<std::size_t>{5});
  CHECK(all.cells[3].probes == std::vector<std::size_t>{0});

  const ProbeLayout few = lay_out_probes(data, 4);
  CHECK(few.probes_per_cell == 2);
  CHECK(few.cells.size() == 4);
  CHECK(few.cells[1].probes == std::vector<std::size_t>{5});
  CHECK(lay_out_probes(data, 1).blocks == std::vector<std::string>{"all probes"});
}

TEST_CASE("figures are drawn by gnuplot", "[unit]") {
  if (test::left_out(has_gnuplot(), "gnuplot")) return;
  const fs::path dir = fs::temp_directory_path() / ("premelt-test-figures-" + std::to_string(getpid()));
  ReportData data = make_run();
  data.probe_blocks[0] = "it's {odd}_name";
  const std::vector<fs::path> figures = write_figures(data, dir / "of a run");
  std::vector<std::string> names;
  for (const fs::path& figure : figures) {
    names.push_back(figure.filename().string());
    std::ifstream file(figure);
    const std::string text(std::istreambuf_iterator<char>(file), {});
    CHECK(text.find("</svg>") != std::string::npos);
    CHECK(text.size() < 1'000'000);
  }
  CHECK(names == std::vector<std::string>{"losses.svg", "order.svg", "shc.svg", "pr.svg", "trace.svg",
                                          "covariance.svg", "eigenvector.svg"});
  fs::remove_all(dir);
}

TEST_CASE("without gnuplot the error says what to install, and nothing is left behind", "[unit]") {
  const test::TemporaryDirectory here;
  const std::string path = std::getenv("PATH");
  setenv("PATH", "/nowhere", 1);
  CHECK_THROWS_WITH(write_figures(make_run(), here / "figures"),
                    Catch::Contains("apt-get install gnuplot-nox"));
  CHECK_THROWS_AS(write_figures(make_run(), here / "figures"), DataError);
  setenv("PATH", path.c_str(), 1);
  CHECK_FALSE(fs::exists(here / "figures"));
}

TEST_CASE("a name is data to gnuplot, whatever it holds", "[unit]") {
  CHECK(quoted("a'\"") == "\"\\141\\047\\042\"");
  CHECK(quoted("x\n!y") == "\"\\170\\040\\041\\171\"");
  if (test::left_out(has_gnuplot(), "gnuplot")) return;
  const test::TemporaryDirectory here;
  const std::string touch = "touch " + (here / "PWNED").string();
  for (const std::string& name : std::vector<std::string>{
           "x\n!" + touch + "\n#", "'\n!" + touch + "\n#", "\"\n!" + touch + "\n#", "`" + touch + "`",
           "\"`" + touch + "`\"", "'.system('" + touch + "').'", "\".system(\"" + touch + "\").\"", "@ink",
           "\\", "$(" + touch + ")", "';!" + touch, std::string("a\0b", 3), std::string("</text><script>"),
           std::string("{/Symbol a}_b^c"), std::string("Größe ∞")}) {
    INFO(name);
    ReportData data = make_run();
    for (std::size_t i = 0; i < 10; ++i) data.probe_blocks[i] = name;
    data.order.columns.back() = name;
    data.marks.push_back({Event::Kind::event, name + "_50", 100, 0.5, 0.5, name});
    REQUIRE(write_figures(data, here / "figures").size() == 7);
    REQUIRE_FALSE(fs::exists(here / "PWNED"));
    std::ifstream file(here / "figures/covariance.svg");
    const std::string svg(std::istreambuf_iterator<char>(file), {});
    REQUIRE(svg.find("<script>") == std::string::npos);
    if (name.starts_with("Gr")) REQUIRE(svg.find(name) != std::string::npos);
  }
  for (const auto& entry : fs::directory_iterator(here / "figures"))
    CHECK(entry.path().extension() == ".svg");
}

TEST_CASE("figures need neither a display nor a temporary directory, and keep every digit", "[unit]") {
  if (test::left_out(has_gnuplot(), "gnuplot")) return;
  const test::TemporaryDirectory here;
  setenv("GNUTERM", "x11", 1);
  setenv("TMPDIR", "/nowhere", 1);
  ReportData data = make_run();
  for (auto& step : data.steps.flat()) step += 123'456'000;
  Tensor<double> signals = data.signals.values.tensor();
  for (std::size_t row = 0; row < signals.shape()[0]; ++row) signals(row, 0) += 123'456'000;
  data.signals.values = signals;
  CHECK(write_figures(data, here / "figures").size() == 7);
  unsetenv("TMPDIR");
  unsetenv("GNUTERM");
  // Rounded to six digits, all steps would be the same and the curve would stand upright.
  std::ifstream file(here / "figures/shc.svg");
  const std::string svg(std::istreambuf_iterator<char>(file), {});
  CHECK(most_columns(svg) > 100);
}

}  // namespace premelt::report
