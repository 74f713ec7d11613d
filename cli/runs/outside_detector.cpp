#include "cli/runs/outside_detector.hpp"

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/terminal/line_program.hpp"
#include "engine/io/file.hpp"
#include "engine/tensor/error.hpp"
#include "engine/tensor/numbers.hpp"
#include "rdm/io/run_writer.hpp"

namespace premelt::cli {

namespace {

/// The line about recording t.
std::string line_about(const RunTrace& run, std::size_t t) {
  nlohmann::ordered_json line{{"step", run.steps[t]}};
  for (double loss : run.losses.row(t)) line["losses"].push_back(loss);
  if (!run.gradient_norm.empty()) line["gradient_norm"] = json_number(run.gradient_norm[t]);
  if (!run.weight_norm.empty()) line["weight_norm"] = json_number(run.weight_norm[t]);
  return line.dump();
}

double number_in(const std::string& answer) {
  const nlohmann::json value = nlohmann::json::parse(answer, nullptr, false);
  if (value.is_number()) return value.get<double>();
  if (value.is_null()) return undefined;
  throw DataError("answered \"" + excerpt(answer) + "\", expected a number or null");
}

/// `option`: as it was given.
void check_name(const std::string& name, const std::string& option) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  };
  if (name.empty() || !std::ranges::all_of(name, plain))
    throw UsageError(option + ": expected a name of letters, digits, '-' and '_' before '='");
  const bool taken = std::ranges::any_of(
      detectors(), [&](const Detector& row) { return name == row.name || name.starts_with(row.name + "_"); });
  if (taken || name == oracle)
    throw UsageError(option + ": the name '" + name + "' is that of another detector, or of a view of one");
}

}  // namespace

OutsideDetector::OutsideDetector(std::string name, std::string command, std::chrono::milliseconds patience)
    : name_(std::move(name)), command_(std::move(command)), patience_(patience) {
  const std::string option = "--detector " + name_ + "=" + command_;
  check_name(name_, option);
  if (command_.empty()) throw UsageError(option + ": expected a command after '='");
}

std::optional<std::vector<double>> OutsideDetector::operator()(const RunTrace& run) {
  if (!failure().empty()) return std::nullopt;
  try {
    return ask_about(run);
  } catch (const DataError& error) {
    const std::lock_guard lock(mutex_);
    if (failure_.empty()) {
      failure_ = error.what();
      std::cerr << "premelt: the detector '" << name_ << "' " << failure_ << "; it is left out" << std::endl;
    }
    return std::nullopt;
  }
}

std::string OutsideDetector::failure() const {
  const std::lock_guard lock(mutex_);
  return failure_;
}

std::vector<double> OutsideDetector::ask_about(const RunTrace& run) const {
  LineProgram program(command_, patience_);
  std::vector<double> values;
  for (std::size_t t = 0; t < run.steps.size(); ++t) {
    try {
      values.push_back(number_in(program.ask(line_about(run, t))));
    } catch (const DataError& error) {
      throw DataError(std::string(error.what()) + ", at step " + std::to_string(run.steps[t]));
    }
  }
  return values;
}

}  // namespace premelt::cli
