#include "cli/runs/watch_record.hpp"

#include <exception>
#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/runs/run_directory.hpp"

namespace premelt::cli {

template <class Action>
void WatchRecord::guarded(const Action& action) {
  try {
    action();
  } catch (const std::exception& error) {
    std::cerr << "premelt: --report: " << error.what() << "; nothing more is recorded, the watch goes on"
              << std::endl;
    writer_.reset();
  }
}

WatchRecord::WatchRecord(const std::string& wanted, const nlohmann::json& run_info,
                         const RunWriter::Layout& layout) {
  guarded([&] {
    directory_.emplace(ClaimedDirectory::fresh(wanted));
    writer_.emplace(directory_->path(), run_info, layout);
  });
}

void WatchRecord::take(const Recording& recording, const std::optional<Observation>& observation) {
  constexpr std::chrono::seconds pause(1);
  if (!writer_) return;
  guarded([&] {
    writer_->record(recording);
    if (observation) writer_->observe(*observation);
    if (observation && observation->alarm) writer_->add(*observation->alarm);
    if (Clock::now() - flushed_ < pause) return;
    writer_->flush();
    flushed_ = Clock::now();
  });
}

std::string WatchRecord::finish() {
  std::string report;
  if (!writer_) return report;
  guarded([&] {
    writer_->flush();
    report = write_run_report(directory_->path()).string();
  });
  return report;
}

}  // namespace premelt::cli
