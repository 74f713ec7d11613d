#pragma once
/// The commands of the program. Each prints its result on stdout and throws the errors of
/// engine/tensor/error.hpp.

#include "cli/terminal/arguments.hpp"

namespace premelt::cli {

void list_settings(const SettingsArguments& arguments);
void run_setting(const RunArguments& arguments);
void compare_distributions(const CompareArguments& arguments);
void analyze_losses(const AnalyzeArguments& arguments);
void watch_losses(const WatchArguments& arguments);
void sweep_setting(const SweepArguments& arguments);
void render_report(const ReportArguments& arguments);
void list_runs(const RunsArguments& arguments);

}  // namespace premelt::cli
