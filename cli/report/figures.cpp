#include "cli/report/figures.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <optional>
#include <sstream>

#include "cli/report/checks.hpp"
#include "cli/report/frames.hpp"
#include "cli/report/gnuplot.hpp"
#include "cli/report/lines.hpp"
#include "cli/report/probe_layout.hpp"
#include "engine/io/csv.hpp"
#include "rdm/window/transition.hpp"

namespace premelt::report {
namespace {

constexpr std::size_t probe_line_points = 12000;  // of all probe lines together: keeps the file small

struct Curve {
  Line line;
  std::string look;  ///< gnuplot: how to draw it
  bool in_key = true;
};

/// A horizontal line; nothing is drawn when it is NaN.
struct Level {
  double value;
  std::string title;
  std::string look;
};

std::string colour(std::size_t index) {
  return "linecolor rgb colour(" + std::to_string(index) + ")";
}

std::vector<Curve> coloured(std::vector<Line> lines) {
  std::vector<Curve> curves;
  for (Line& line : lines) curves.push_back({std::move(line), colour(curves.size()) + " linewidth 2.5"});
  return curves;
}

/// Alarms, half-way steps and the stretches from 10 to 90 %, behind the curves.
std::string marks_script(const ReportData& data, const std::vector<Transition>& found) {
  std::ostringstream script;
  const auto upright = [&](std::int64_t step, const char* look) {
    script << "set arrow from " << step << ", graph 0 to " << step << ", graph 1 nohead back " << look
           << "\n";
  };
  for (const Transition& t : found) {
    if (t.at10 && t.at90) {
      script << "set object rectangle from " << *t.at10 << ", graph 0 to " << *t.at90
             << ", graph 1 behind fillcolor rgb shade fillstyle solid noborder\n";
    }
    if (!t.at50) continue;
    upright(*t.at50, "linecolor rgb ink linewidth 1.5 dashtype 2");
    script << "set label " << quoted(t.name) << " at " << *t.at50
           << ", graph 1.05 center noenhanced textcolor rgb ink\n";
  }
  for (const Event& mark : data.marks) {
    if (mark.kind == Event::Kind::alarm) upright(mark.step, "linecolor rgb alarm linewidth 2");
  }
  return script.str();
}

/// Explains the marks in the key.
std::string marks_key(const ReportData& data, const std::vector<Transition>& found) {
  const auto is_alarm = [](const Event& mark) { return mark.kind == Event::Kind::alarm; };
  std::string key;
  if (std::any_of(data.marks.begin(), data.marks.end(), is_alarm)) {
    key += ", keyentry with lines linecolor rgb alarm linewidth 2 title 'alarm'";
  }
  if (!found.empty()) key += ", keyentry with lines linecolor rgb ink dashtype 2 title 'event, half-way'";
  return key;
}

class Figures {
 public:
  Figures(const ReportData& data, GnuplotFolder& folder)
      : data_(data), folder_(folder), layout_(lay_out_probes(data)), transitions_(transitions(data)) {}

  void losses() {
    std::vector<Curve> curves;
    for (Line& line : probe_lines(data_, layout_, probe_line_points)) {
      const std::string look = "linecolor rgb faint(" + std::to_string(line.block) + ") linewidth 1";
      curves.push_back({std::move(line), look, false});
    }
    const std::vector<Line> means = mean_lines(data_, layout_);
    for (std::size_t i = 1; i < means.size(); ++i) {
      curves.push_back({means[i], colour(means[i].block) + " linewidth 2.5"});
    }
    curves.push_back({means[0], "linecolor rgb ink linewidth 3"});
    over_time("losses", "loss", false, curves, {});
  }

  void order() {
    std::vector<Level> targets;
    std::vector<Curve> curves = coloured(order_lines(data_));
    for (std::size_t i = 0; i < curves.size(); ++i) {
      const auto target = data_.order_targets.find(curves[i].line.name);
      if (target != data_.order_targets.end())
        targets.push_back({target->second, "", colour(i) + " dashtype 3"});
    }
    over_time("order", "order parameter", false, curves, targets);
  }

  void signals() {
    const std::string dotted = "linecolor rgb quiet linewidth 1.5 dashtype 3";
    const std::string dashed = "linecolor rgb quiet linewidth 1.5 dashtype 2";
    over_time("shc", "SHC", true, coloured(signal_lines(data_, "shc")),
              {{data_.null.shc_mean, "i.i.d.: mean", dotted},
               {data_.null.shc_threshold, "i.i.d.: threshold", dashed}});
    over_time("pr", "PR", true, coloured(signal_lines(data_, "pr")),
              {{data_.null.pr, "i.i.d.", dotted}, {data_.null.random_walk_pr, "random walk", dashed}});
    over_time("trace", "tr C", true, coloured(signal_lines(data_, "trace")), {});
  }

  /// The matrix and the eigenvector at the main SHC peak.
  void window() {
    const auto row = main_row(data_, transitions_, alarm_peaks(data_));
    if (!row) return;
    const Frame frame = make_frame(data_, layout_, *row);
    covariance(frame);
    if (!frame.mode.empty()) eigenvector(frame);
  }

 private:
  void over_time(const std::string& name, const std::string& label, bool log,
                 const std::vector<Curve>& curves, const std::vector<Level>& levels) {
    if (curves.empty()) return;
    std::ofstream points = folder_.open(name + ".dat");
    std::ostringstream plot;
    for (std::size_t i = 0; i < curves.size(); ++i) {
      const Line& line = curves[i].line;
      for (std::size_t k = 0; k < line.x.size(); ++k)
        points << format_number(line.x[k]) << " " << format_number(line.y[k]) << "\n";
      points << "\n\n";
      plot << (i ? ", " : "plot ") << "'" << name << ".dat' index " << i << " with lines " << curves[i].look
           << (curves[i].in_key ? " title " + quoted(line.name) : " notitle");
    }
    for (const Level& level : levels) {
      if (!std::isfinite(level.value)) continue;
      plot << ", " << format_number(level.value) << " with lines " << level.look
           << (level.title.empty() ? " notitle" : " title " + quoted(level.title));
    }
    std::ostringstream script;
    script << "set xrange [" << data_.steps(0) << ":" << data_.steps(data_.steps.size() - 1) << "]\n"
           << "set ylabel " << quoted(label) << "\n";
    if (log) script << "set logscale y\nset format y \"10^{%L}\"\n";
    if (name == "pr") script << "set format y '%g'\nset ytics (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)\n";
    folder_.add_figure(name, script.str() + marks_script(data_, transitions_),
                       plot.str() + marks_key(data_, transitions_));
  }

  /// Ticks that name the blocks along the axis `axis`, and lines between them.
  std::string block_axis(char axis) const {
    std::ostringstream ticks, lines;
    std::size_t first = 0;
    for (std::size_t i = 1; i <= layout_.cells.size(); ++i) {
      const std::size_t block = layout_.cells[first].block;
      if (i < layout_.cells.size() && layout_.cells[i].block == block) continue;
      ticks << (first ? ", " : "") << quoted(layout_.blocks[block]) << " "
            << static_cast<double>(first + i - 1) / 2;
      const auto end = [&](int side) {
        const std::string edge = "first " + std::to_string(i) + "-0.5",
                          across = "graph " + std::to_string(side);
        return axis == 'x' ? edge + ", " + across : across + ", " + edge;
      };
      if (i < layout_.cells.size())
        lines << "set arrow from " << end(0) << " to " << end(1) << " nohead front linecolor rgb quiet\n";
      first = i;
    }
    return std::string("set ") + axis + "tics (" + ticks.str() + ") noenhanced scale 0\n" + lines.str();
  }

  void covariance(const Frame& frame) {
    std::ofstream points = folder_.open("covariance.dat");
    const std::size_t cells = layout_.cells.size();
    double scale = 0;
    for (std::size_t i = 0; i < cells; ++i) {
      for (std::size_t j = 0; j < cells; ++j) {
        points << format_number(frame.covariance(i, j)) << (j + 1 < cells ? " " : "\n");
        scale = std::max(scale, std::abs(frame.covariance(i, j)));
      }
    }
    const std::string range = format_number(scale > 0 ? scale : 1);
    std::ostringstream script;
    script << "set terminal svg size 760,680 @look\nunset grid\nunset xlabel\nset size square\nset border 0\n"
           << "set palette defined (-1 '#0072b2', 0 '#ffffff', 1 '#d55e00')\n"
           << "set cbrange [-" << range << ":" << range << "]\n"
           << "set cbtics format '%.2g'\nset title 'C at step " << frame.step << "'\n"
           << "set xrange [-0.5:" << cells << "-0.5]\nset yrange [" << cells << "-0.5:-0.5]\n"
           << block_axis('x') << block_axis('y');
    folder_.add_figure("covariance", script.str(), "plot 'covariance.dat' matrix with image pixels notitle");
  }

  void eigenvector(const Frame& frame) {
    std::ofstream points = folder_.open("eigenvector.dat");
    for (std::size_t i = 0; i < layout_.cells.size(); ++i) {
      points << i << " " << format_number(frame.mode[i]) << " " << layout_.cells[i].block << "\n";
    }
    std::ostringstream script;
    script << "unset xlabel\nset ylabel 'v_1'\nset boxwidth 0.85\nset title 'Top eigenvector of C at step "
           << frame.step << "'\nset xrange [-0.5:" << layout_.cells.size()
           << "-0.5]\nset xzeroaxis linetype 1 linecolor rgb quiet\n"
           << block_axis('x');
    std::string plot = "plot ";
    for (std::size_t block = 0; block < layout_.blocks.size(); ++block) {
      plot += (block ? ", " : "") + std::string("'eigenvector.dat' using ($3 == ") + std::to_string(block) +
              " ? $1 : 1/0):2 with boxes " + colour(block) + " notitle";
    }
    folder_.add_figure("eigenvector", script.str(), plot);
  }

  const ReportData& data_;
  GnuplotFolder& folder_;
  ProbeLayout layout_;
  std::vector<Transition> transitions_;
};

}  // namespace

std::vector<std::filesystem::path> write_figures(const ReportData& data, const std::filesystem::path& dir) {
  check_names(data);
  GnuplotFolder folder(dir);
  Figures figures(data, folder);
  figures.losses();
  figures.order();
  figures.signals();
  figures.window();
  return folder.draw();
}

}  // namespace premelt::report
