/// What the page calls. Numbers and texts lie in the module's memory; the page copies them out before it
/// calls again.

#include <string>

#include "tutorials/playground/playground.hpp"

using premelt::Tensor;
using premelt::playground::Play;

#define PREMELT_EXPORT(name) extern "C" __attribute__((export_name(name)))

namespace {

std::string text;        // what passes in and out
Tensor<double> picture;  // what was asked for last

const double* show(Tensor<double> what) {
  picture = std::move(what);
  return picture.data();
}

}  // namespace

/// Room for `size` bytes of a request.
PREMELT_EXPORT("text") char* text_of(std::size_t size) {
  text.assign(size, ' ');
  return text.data();
}
PREMELT_EXPORT("text_size") std::size_t text_size() {
  return text.size();
}
/// From the request in the text.
PREMELT_EXPORT("start") Play* start() {
  return new Play(text);
}
PREMELT_EXPORT("stop") void stop(Play* play) {
  delete play;
}
PREMELT_EXPORT("describe") const char* describe(const Play* play) {
  text = play->description();
  return text.data();
}
PREMELT_EXPORT("advance") const double* advance(Play* play) {
  play->advance();
  return play->row().data();
}
PREMELT_EXPORT("row_size") std::size_t row_size(const Play* play) {
  return play->row().size();
}
PREMELT_EXPORT("mode") const double* mode(const Play* play) {
  return show(play->mode());
}
PREMELT_EXPORT("covariance") const double* covariance(const Play* play) {
  return show(play->covariance());
}
