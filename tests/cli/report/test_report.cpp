#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>

#include "cli/report/report.hpp"
#include "engine/tensor/error.hpp"
#include "tests/cli/report/report_fixture.hpp"
#include "tests/support/left_out.hpp"

namespace premelt::report {
namespace {

using Json = nlohmann::json;

std::string between(const std::string& text, const std::string& open, const std::string& close) {
  const auto begin = text.find(open);
  REQUIRE(begin != std::string::npos);
  const auto end = text.find(close, begin + open.size());
  REQUIRE(end != std::string::npos);
  return text.substr(begin + open.size(), end - begin - open.size());
}

const std::string data_tag = "<script type=\"application/json\" id=\"data\">";

Json payload_of(const std::string& page) {
  return Json::parse(between(page, data_tag, "</script>"));
}

/// The page without Plotly, which names its home page in comments and texts.
std::string without_plotly(const std::string& page) {
  const auto begin = page.find("<script>", page.find(data_tag));
  const auto end = page.find("</script>", begin);
  return page.substr(0, begin) + page.substr(end);
}

std::vector<float> decode(const std::string& base64) {
  static const std::string digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  std::uint32_t word = 0;
  int bits = 0;
  for (const char c : base64) {
    if (c == '=') break;
    word = word << 6 | static_cast<std::uint32_t>(digits.find(c));
    bits += 6;
    if (bits >= 8) bytes += static_cast<char>(word >> (bits -= 8) & 255);
  }
  std::vector<float> values(bytes.size() / sizeof(float));
  std::memcpy(values.data(), bytes.data(), values.size() * sizeof(float));
  return values;
}

const Json& frame_at(const Json& payload, std::int64_t step) {
  for (const Json& frame : payload["frames"]) {
    if (frame["step"] == step) return frame;
  }
  FAIL("no slider position at step " << step);
  return payload;
}

/// Random losses with signals that are only there to be drawn.
ReportData make_wide_run(std::size_t recordings, std::size_t n) {
  ReportData data;
  data.title = "wide";
  data.window = 50;
  std::mt19937_64 random(1);
  std::uniform_real_distribution<double> uniform;
  data.steps = Tensor<std::int64_t>(Shape{recordings});
  Tensor<double> losses(Shape{recordings, n});
  for (double& loss : losses.flat()) loss = uniform(random);
  data.losses = losses;
  for (std::size_t t = 0; t < recordings; ++t) data.steps(t) = static_cast<std::int64_t>(5 * t);
  for (std::size_t probe = 0; probe < n; ++probe) data.probe_blocks.push_back(probe % 3 ? "rare" : "common");

  const std::size_t rows = recordings - data.window + 1;
  data.signals.columns = {"step", "shc"};
  Tensor<double> signals(Shape{rows, 2});
  for (std::size_t row = 0; row < rows; ++row) {
    signals(row, 0) = static_cast<double>(data.steps(row + data.window - 1));
    signals(row, 1) = uniform(random);
  }
  data.signals.values = signals;
  data.modes = Tensor<double>(Shape{rows, 1, n}, 1 / std::sqrt(static_cast<double>(n)));
  return data;
}

}  // namespace

TEST_CASE("the report is one file that loads nothing", "[unit]") {
  const std::string page = render_report(make_run());
  const std::string own = without_plotly(page);
  for (const char* outside : {"http://", "https://", "<link", "src=", "@import", "url(", "fetch("}) {
    CAPTURE(outside);
    CHECK(own.find(outside) == std::string::npos);
  }
  CHECK(own.find("default-src 'none'") != std::string::npos);
  CHECK(own.find("showSendToCloud: false") != std::string::npos);
  CHECK(own.find("{{") == std::string::npos);
  if (!test::left_out(has_charts(), "the chart library"))
    CHECK(page.find("Licensed under the MIT license") != std::string::npos);
}

TEST_CASE("the report holds the run's numbers", "[unit]") {
  const ReportData data = make_run();
  const Json json = payload_of(render_report(data));
  CHECK(json["recordings"] == 400);
  CHECK(json["probes"] == 60);
  CHECK(json["blocks"] == Json{"A", "B", "C"});
  CHECK(json["alarms"][0]["step"] == 180);
  CHECK(json["alarms"][0]["peak"] == json["peak"]);
  CHECK(json["provenance"]["parameters"]["noise"] == 0.05);
  CHECK(json["losses"]["probes"].size() == 60);
  CHECK(json["losses"]["probes"][0]["y"][0].get<double>() == Approx(data.losses(0, 0)).epsilon(1e-5));
  CHECK(json["order"][0]["target"] == 1);
  CHECK(json["null"]["random_walk_pr"] == 2.5);
  CHECK(json["shc"][0]["name"] == "raw");
  CHECK(json["shc"][1]["name"] == "detrended");

  REQUIRE(json["transitions"].size() == 1);
  const Json& event = json["transitions"][0];
  CHECK(event["at10"] == 178);
  CHECK(event["at50"] == 200);
  CHECK(event["at90"] == 222);
  CHECK(event["lead"] == 20);
  CHECK(event["peak"]["step"].get<int>() == Approx(219.5).margin(3));
  CHECK(event["peak"]["mass"][1].get<double>() > 0.99);
}

TEST_CASE("the slider stops where something happens and shows C there", "[unit]") {
  const ReportData data = make_run();
  const Json json = payload_of(render_report(data));
  CHECK(json["frames"].size() <= 100);
  CHECK(json["frames"].front()["step"] == 39);
  CHECK(json["frames"].back()["step"] == 399);
  for (const std::int64_t step : {178, 180, 200, 222}) frame_at(json, step);
  CHECK(frame_at(json, 180)["label"] == "alarm");
  const std::int64_t peak = json["peak"]["step"];

  const Json& frame = frame_at(json, peak);
  CHECK(frame["first"] == peak - 39);
  const std::vector<float> packed = decode(frame["c"]);
  REQUIRE(packed.size() == 60 * 61 / 2);
  const double scale = frame["scale"];
  double sum = 0, product = 0, mean_a = 0, mean_b = 0;
  for (std::int64_t t = peak - 39; t <= peak; ++t) {
    const auto row = static_cast<std::size_t>(t);
    mean_a += data.losses(row, 0) / 40;
    mean_b += data.losses(row, 25) / 40;
    product += data.losses(row, 0) * data.losses(row, 25) / 40;
    sum += data.losses(row, 0) * data.losses(row, 0) / 40;
  }
  CHECK(scale * packed[0] == Approx(sum - mean_a * mean_a).epsilon(1e-5));
  CHECK(scale * packed[25] == Approx(product - mean_a * mean_b).epsilon(1e-5));
}

TEST_CASE("each transition keeps its own alarm and peak", "[unit]") {
  FixtureOptions options;
  options.recordings = 600;
  options.window = 20;
  options.probes_per_block = 5;
  options.drops = {{"slow", 400, 20, 0.5}, {"fast", 150, 5, 1}};
  options.noise = 0.001;
  ReportData data = make_run(options);
  std::erase_if(data.marks,
                [](const Event& mark) { return mark.kind == Event::Kind::alarm && mark.step > 300; });
  const Json json = payload_of(render_report(data));
  REQUIRE(json["transitions"].size() == 2);
  CHECK(json["transitions"][0]["name"] == "fast");
  CHECK(json["transitions"][0]["lead"] == 10);
  CHECK(json["transitions"][0]["peak"]["mass"][0].get<double>() > 0.99);
  CHECK(json["transitions"][1]["alarm"] == nullptr);
  CHECK(json["transitions"][1]["lead"] == nullptr);
  CHECK(json["transitions"][1]["peak"]["mass"][1].get<double>() > 0.99);
}

TEST_CASE("the fast start of training hides no peak", "[unit]") {
  ReportData data = make_run();
  set_signal(data, 0, 1, 1e3);
  Json json = payload_of(render_report(data));
  CHECK(json["peak"]["step"] == json["transitions"][0]["peak"]["step"]);
  CHECK(json["peak"]["step"] > 200);
  CHECK(frame_at(json, 39)["label"] == "highest SHC");

  std::erase_if(data.marks, [](const Event& mark) { return mark.kind == Event::Kind::event; });
  json = payload_of(render_report(data));
  CHECK(json["transitions"].empty());
  CHECK(json["peak"] == json["alarms"][0]["peak"]);
  CHECK(json["peak"]["step"] > 200);

  data.marks.clear();
  CHECK(payload_of(render_report(data))["peak"]["step"] == 39);
}

TEST_CASE("undefined values become null and hostile names stay text", "[unit]") {
  ReportData data = make_run();
  const std::string name = "</script><script>alert(1)</script><!--";
  data.probe_names[3] = name;
  data.title = "<b>bold</b> & {{data}}";
  set_signal(data, 7, 1, undefined);
  data.marks.back().value = undefined;
  Tensor<double> losses = data.losses.tensor();
  losses(399, 3) = undefined;
  data.losses = losses;
  const std::string page = render_report(data);
  CHECK(page.find("alert(1)</script") == std::string::npos);
  CHECK(page.find("<b>bold") == std::string::npos);
  const Json json = payload_of(page);
  CHECK(json["losses"]["probes"][3]["name"] == name);
  CHECK(json["losses"]["probes"][3]["y"].back().is_null());
  CHECK(json["shc"][0]["y"][7].is_null());
  CHECK(json["alarms"][0]["value"].is_null());
}

TEST_CASE("the size of a report is bounded", "[unit]") {
  ReportData data = make_wide_run(6000, 300);
  for (std::size_t i = 0; i < 500; ++i) {
    data.marks.push_back({Event::Kind::alarm, "shc", data.steps(60 + 5 * i), 1, 1, "why"});
  }
  const std::string page = render_report(data);
  CHECK(without_plotly(page).size() < 3'000'000);
  const Json json = payload_of(page);
  CHECK(json["frames"].size() <= 100);
  CHECK(json["cells"].size() <= 64);
  CHECK(json["probes_per_cell"] == 5);
  CHECK(json["losses"]["probes"].size() == 64);
  CHECK(json["losses"]["probes"][0]["y"].size() <= 1500);
  CHECK(json["shc"][0]["y"].size() <= 1500);
  CHECK(json["frames"][0]["v"][0].get<double>() == Approx(1 / std::sqrt(300.0)).epsilon(1e-5));
}

TEST_CASE("a run that ended before its first full window still has a report", "[unit]") {
  ReportData data = make_wide_run(20 + 50, 4);
  data.window = 100;
  data.signals = {{"step", "shc"}, Tensor<double>(Shape{0, 2})};
  data.modes = Tensor<double>();
  const Json json = payload_of(render_report(data));
  CHECK(json["frames"].empty());
  CHECK(json["peak"].is_null());
}

TEST_CASE("arrays that do not fit are refused", "[unit]") {
  const auto refused_with = [](auto&& spoil) {
    ReportData data = make_run();
    spoil(data);
    CHECK_THROWS_AS(render_report(data), ShapeError);
  };
  refused_with([](ReportData& data) { data.steps = Tensor<std::int64_t>(Shape{3}); });
  refused_with([](ReportData& data) { data.probe_names.pop_back(); });
  refused_with([](ReportData& data) { data.order.values = Tensor<double>(Shape{3, 1}); });
  refused_with([](ReportData& data) { data.modes = Tensor<double>(Shape{2, 1, 60}); });
  refused_with([](ReportData& data) { data.window = 0; });
  refused_with([](ReportData& data) { set_signal(data, 0, 0, -7); });
}

TEST_CASE("a report that cannot be written names the file", "[unit]") {
  ReportData data = make_run();
  CHECK_THROWS_WITH(write_report(data, "/nowhere/report.html"), Catch::Contains("/nowhere/report.html"));
  data.provenance = "[1, 2]";
  CHECK_THROWS_AS(render_report(data), DataError);
}

TEST_CASE("the lock file names no registry", "[unit]") {
  std::ifstream file(PREMELT_SOURCE_DIR "/cli/report/package-lock.json");
  const std::string text(std::istreambuf_iterator<char>(file), {});
  CHECK(text.find("integrity") != std::string::npos);
  CHECK(text.find("resolved") == std::string::npos);
  CHECK(text.find("://") == std::string::npos);
}

}  // namespace premelt::report
