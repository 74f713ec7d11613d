#include "cli/report/report.hpp"

#include <functional>
#include <string_view>
#include <utility>

#include "cli/report/assets.hpp"
#include "cli/report/payload.hpp"
#include "engine/io/file.hpp"
#include "engine/tensor/error.hpp"

namespace premelt::report {
namespace {

std::string replace_all(std::string text, std::string_view from, std::string_view to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

/// JSON inside a script element must not spell `</script` or `<!--`.
std::string escape_json(std::string json) {
  return replace_all(std::move(json), "<", "\\u003c");
}

/// The same for a script; in strings and regular expressions `<\/` means `</`.
std::string escape_script(std::string_view script) {
  return replace_all(std::string(script), "</script", "<\\/script");
}

/// Replaces each {{name}} of the template by what `fill` gives for it, in one pass.
std::string fill_template(std::string_view page, const std::function<std::string(std::string_view)>& fill) {
  std::string text;
  while (true) {
    const auto open = page.find("{{");
    const auto close = page.find("}}", open);
    if (open == std::string_view::npos || close == std::string_view::npos) return text.append(page);
    text.append(page.substr(0, open));
    text += fill(page.substr(open + 2, close - open - 2));
    page.remove_prefix(close + 2);
  }
}

/// What differs between the pages.
struct Page {
  std::string title, subtitle;
  std::string_view body;  ///< HTML
  std::string_view script;
  std::string_view chart_library;
  std::string_view notices;  ///< what a page says that lacks the scripts it is drawn by
  std::string json = "{}";   ///< what the script draws
};

/// The one frame of all pages, with look, data and scripts inside.
std::string render(const Page& page) {
  return fill_template(assets::frame_html(), [&](std::string_view name) -> std::string {
    if (name == "title") return escape_html(page.title);
    if (name == "subtitle") return escape_html(page.subtitle);
    if (name == "style") return std::string(assets::page_css());
    if (name == "notices") return std::string(page.notices);
    if (name == "body") return std::string(page.body);
    if (name == "data") return escape_json(page.json);
    if (name == "plotly") return escape_script(page.chart_library);
    if (name == "script") return escape_script(page.script);
    throw Error("[report] the page asks for {{" + std::string(name) + "}}, which does not exist");
  });
}

}  // namespace

std::string escape_html(std::string text) {
  text = replace_all(std::move(text), "&", "&amp;");
  text = replace_all(std::move(text), "<", "&lt;");
  text = replace_all(std::move(text), "\"", "&quot;");
  return replace_all(std::move(text), ">", "&gt;");
}

bool has_charts() {
  return !assets::plotly_js().empty();
}

std::string render_report(const ReportData& data, const std::optional<SecondRun>& second) {
  return render({data.title, data.subtitle, assets::run_html(), assets::run_js(), assets::plotly_js(),
                 assets::notices_html(), payload(data, second)});
}

void write_report(const ReportData& data, const std::filesystem::path& path,
                  const std::optional<SecondRun>& second) {
  write_file(path, render_report(data, second));
}

void write_comparison(const std::string& title, const std::string& json, const std::filesystem::path& path) {
  write_file(path, render({title, "", assets::compare_html(), assets::compare_js(), assets::plotly_js(),
                           assets::notices_html(), json}));
}

std::string render_still(const std::string& title, const std::string& subtitle, const std::string& body) {
  return render({title, subtitle, body, assets::still_js(), "", ""});
}

}  // namespace premelt::report
