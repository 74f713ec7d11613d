#pragma once
/// The files of the page, embedded into the program at build time (assets.S): nothing is read at run time.

#include <string_view>

namespace premelt::report::assets {

/// What all pages share.
std::string_view frame_html();
std::string_view notices_html();
std::string_view page_css();
/// A run's page: what stands in the frame, and its scripts in the order in which they must run.
std::string_view run_html();
std::string_view run_js();
/// The same for the comparison of distributions.
std::string_view compare_html();
std::string_view compare_js();
/// The scripts of pages that need no drawing.
std::string_view still_js();
/// Plotly's cartesian bundle; empty when the program was built without npm.
std::string_view plotly_js();
/// The look shared by the gnuplot figures.
std::string_view figures_gp();

}  // namespace premelt::report::assets
