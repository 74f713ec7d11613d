#include "models/experiment/checkpoints.hpp"

#include <charconv>
#include <cstdio>

#include "engine/io/file.hpp"
#include "engine/io/npy.hpp"
#include "engine/tensor/error.hpp"

namespace premelt {

namespace fs = std::filesystem;

namespace {

constexpr const char *folder = "checkpoints", *stem = "step-", *extension = ".safetensors";
constexpr const char *setting_key = "setting", *parameter_prefix = "parameters.",
                     *recording_prefix = "recordings.";

fs::path file_name(std::int64_t step) {
  char text[40];
  std::snprintf(text, sizeof text, "%s%08lld%s", stem, static_cast<long long>(step), extension);
  return text;
}

/// The step in a file's name; nothing when it is no checkpoint's.
std::optional<std::int64_t> step_of(const fs::path& file) {
  const std::string name = file.filename().string();
  if (!name.starts_with(stem)) return std::nullopt;
  std::int64_t step = 0;
  std::from_chars(name.data() + std::string_view(stem).size(), name.data() + name.size(), step);
  if (file.filename() != file_name(step)) return std::nullopt;
  return step;
}

/// They decide how long a run is and what it leaves behind, not how it goes.
bool may_differ(const std::string& parameter) {
  return parameter == "steps" || parameter == "checkpoint_every";
}

/// "4096:0123456789abcdef": bytes and hash.
std::string to_text(const Digest& digest) {
  return std::to_string(digest.bytes) + ":" + hexadecimal(digest.hash);
}

/// What the file's beginning is now, of the length that `expected` speaks of.
Digest digest_of(const fs::path& path, const std::string& expected) {
  std::uint64_t bytes = 0;
  std::from_chars(expected.data(), expected.data() + expected.size(), bytes);
  if (path.extension() == ".npy") return digest_npy(path, bytes);
  const std::string file = read_file(path, "the recordings of a run");
  if (file.size() < bytes) throw DataError(path.string() + ": is shorter than it was: it is truncated");
  return {bytes, fnv1a(std::string_view(file).substr(0, static_cast<std::size_t>(bytes)))};
}

}  // namespace

std::map<std::int64_t, fs::path> find_checkpoints(const fs::path& directory) {
  std::map<std::int64_t, fs::path> found;
  std::error_code missing;
  for (const fs::path& file : fs::directory_iterator(directory / folder, missing)) {
    if (const auto step = step_of(file)) found[*step] = file;
  }
  return found;
}

void write_run_checkpoint(const fs::path& directory, const std::string& setting,
                          const Hyperparameters& parameters, Checkpoint checkpoint,
                          const Recordings& recordings) {
  for (const auto& [name, digest] : recordings)
    checkpoint.metadata[recording_prefix + name] = to_text(digest);
  checkpoint.metadata[setting_key] = setting;
  for (const Hyperparameter& parameter : parameters.table()) {
    checkpoint.metadata[parameter_prefix + parameter.name] = to_toml(parameter.value);
  }
  std::error_code error;
  fs::create_directories(directory / folder, error);
  if (error) throw DataError((directory / folder).string() + ": cannot be made: " + error.message());
  sync_directory(directory);
  write_checkpoint(directory / folder / file_name(checkpoint.step), checkpoint);
}

void verify_recordings(const fs::path& directory, const Checkpoint& checkpoint) {
  bool any = false;
  for (const auto& [key, expected] : checkpoint.metadata) {
    if (!key.starts_with(recording_prefix)) continue;
    any = true;
    const fs::path path = directory / key.substr(std::string_view(recording_prefix).size());
    if (to_text(digest_of(path, expected)) == expected) continue;
    throw DataError(path.string() + ": was changed after step " + std::to_string(checkpoint.step) +
                    " was saved: its checksum does not fit. Restore it, or delete " + checkpoint.origin +
                    " to continue from an earlier checkpoint");
  }
  if (any) return;
  throw DataError(checkpoint.origin +
                  ": does not say what its run had recorded, so this run cannot be continued");
}

Checkpoint read_run_checkpoint(const fs::path& file, const std::string& setting,
                               const Hyperparameters& parameters) {
  Checkpoint checkpoint = read_checkpoint(file);
  const auto require = [&](const std::string& what, const std::string& key, const std::string& expected) {
    const std::string& found = checkpoint.metadata[key];
    if (found == expected) return;
    throw DataError(file.string() + ": is a checkpoint of another run: " + what + " is " +
                    (found.empty() ? "not given" : found) + ", expected " + expected);
  };
  require("the setting", setting_key, setting);
  for (const Hyperparameter& parameter : parameters.table()) {
    if (may_differ(parameter.name)) continue;
    require("parameter '" + parameter.name + "'", parameter_prefix + parameter.name,
            to_toml(parameter.value));
  }
  if (const auto named = step_of(file); named && *named != checkpoint.step) {
    throw DataError(file.string() + ": holds step " + std::to_string(checkpoint.step) +
                    ", which is not the step in its name");
  }
  return checkpoint;
}

}  // namespace premelt
