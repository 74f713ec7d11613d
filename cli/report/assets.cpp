#include "cli/report/assets.hpp"

#define PREMELT_ASSET(name)                                                   \
  extern "C" const char premelt_asset_##name[], premelt_asset_##name##_end[]; \
  std::string_view premelt::report::assets::name() {                          \
    return {premelt_asset_##name, premelt_asset_##name##_end};                \
  }

PREMELT_ASSET(frame_html)
PREMELT_ASSET(notices_html)
PREMELT_ASSET(page_css)
PREMELT_ASSET(run_html)
PREMELT_ASSET(run_js)
PREMELT_ASSET(compare_html)
PREMELT_ASSET(compare_js)
PREMELT_ASSET(still_js)
PREMELT_ASSET(plotly_js)
PREMELT_ASSET(figures_gp)
