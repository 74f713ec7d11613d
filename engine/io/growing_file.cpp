#include "engine/io/growing_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include "engine/tensor/error.hpp"

namespace premelt {

GrowingFile::GrowingFile(std::filesystem::path path, std::size_t head, std::uint64_t head_hash)
    : path_(std::move(path)), file_(path_, O_WRONLY | O_CREAT | O_TRUNC), digest_{0, head_hash} {
  if (!file_.good()) throw_unwritable(path_);
  if (head > 0 && lseek(file_.number(), static_cast<off_t>(head), SEEK_SET) < 0) throw_unwritable(path_);
}

GrowingFile::~GrowingFile() {
  std::string_view rest = pending_;
  if (file_.good()) file_.write_all(rest);  // whoever wants to know of errors flushes before
}

void GrowingFile::append(std::string_view piece) {
  constexpr std::size_t most = 1 << 20;
  pending_ += piece;
  digest_.bytes += piece.size();
  digest_.hash = fnv1a(piece, digest_.hash);
  if (pending_.size() >= most) flush();
}

void GrowingFile::write_head(std::string_view text) {
  if (!file_.write_all_at(text, 0)) throw_unwritable(path_);
}

void GrowingFile::flush() {
  std::string_view rest = pending_;
  const bool written = file_.write_all(rest);
  pending_.erase(0, pending_.size() - rest.size());
  if (!written) throw_unwritable(path_);
}

void GrowingFile::sync() {
  flush();
  if (!file_.sync()) throw_unwritable(path_);
}

}  // namespace premelt
