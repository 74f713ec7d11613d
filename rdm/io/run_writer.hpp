#pragma once
/// What a run leaves behind: a directory of open formats, complete and readable at any moment of the run.

#include <cstdint>
#include <filesystem>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "engine/io/growing_file.hpp"
#include "engine/io/npy.hpp"
#include "engine/tensor/tensor.hpp"
#include "rdm/io/recording.hpp"
#include "rdm/window/event.hpp"
#include "rdm/window/monitor.hpp"

namespace premelt {

/// Writes run.json first, then rows as they come:
/// losses.npy (T,n), steps.npy (T), order.csv, training.csv, signals.csv, modes.npy (rows,modes,n),
/// events.json, and samples.txt once there is a sample: step, tab, line. Where there are attention patterns
/// attention.npy (frames,...), float32, and attention_steps.npy (frames).
class RunWriter {
 public:
  /// The shapes of the files.
  struct Layout {
    std::size_t probes;                 ///< n
    std::size_t modes;                  ///< k
    std::vector<std::string> order;     ///< columns of order.csv after `step`; empty: no order.csv
    std::vector<std::string> training;  ///< the same of training.csv
    std::vector<std::string> signals;   ///< columns of signals.csv between `step` and `alarm`
    Shape attention = {};               ///< of one recording's patterns; without axes: none
  };

  /// Throws DataError when a file cannot be written.
  RunWriter(const std::filesystem::path& directory, const nlohmann::json& run_info, const Layout& layout);
  /// An abandoned run keeps what was recorded.
  ~RunWriter();
  RunWriter(const RunWriter&) = delete;
  RunWriter& operator=(const RunWriter&) = delete;

  /// @{
  /// A row for each file they concern. Throws ShapeError when it does not fit the
  /// layout.
  void record(const Recording& recording);
  void observe(const Observation& observation);
  void sample(std::int64_t step, const std::string& line);
  /// @}

  /// Rewrites events.json at once, atomically.
  void add(const Event& event);
  /// Makes everything so far visible to readers. Throws DataError naming the file when the disk did not take
  /// it.
  void flush();
  /// Forces everything so far to the disk, the directory too: what is written after this call may count on
  /// it. Throws DataError as `flush`.
  void sync();
  /// What vouches for the recordings so far, by file name: all that a resumed run reads again.
  std::map<std::string, Digest> digests() const;

  /// Flushes, moves every file into another directory of the same file system, over those of the same names,
  /// and goes on writing there. Throws DataError when a file cannot be moved.
  void move_to(const std::filesystem::path& directory);

  const std::vector<Event>& events() const { return events_; }  ///< written so far

 private:
  void write_events() const;
  /// The files, whether of numbers or of text.
  template <class Action>
  void for_each(const Action& action);

  std::filesystem::path directory_;
  NpyWriter<double> losses_;
  NpyWriter<std::int64_t> steps_;
  NpyWriter<double> modes_;
  std::optional<GrowingFile> order_, training_, samples_;
  GrowingFile signals_;
  std::optional<NpyWriter<float>> attention_;
  std::optional<NpyWriter<std::int64_t>> attention_steps_;
  std::vector<Event> events_;
};

/// @{
/// Events as events.json holds them, undefined numbers null. Reading throws what the library throws when an
/// entry lacks something.
nlohmann::json to_json(const std::vector<Event>& events);
std::vector<Event> events_from_json(const nlohmann::json& list);
/// @}

/// @{
/// A number for JSON: null when it is not finite. Reading: undefined when `object` has no number of that
/// name.
nlohmann::json json_number(double value);
double number_from_json(const nlohmann::json& object, const std::string& key);
/// @}

}  // namespace premelt
