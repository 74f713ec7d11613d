// What the playground computes, natively: rows of numbers to the standard output, for tests and curious
// people.
//   playground_rows RECORDINGS SETTING [parameter=value ...]

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <span>
#include <string>

#include "engine/linalg/blas_kernel.hpp"
#include "tutorials/playground/playground.hpp"

namespace {

void write(std::span<const double> numbers) {
  std::fwrite(numbers.data(), sizeof(double), numbers.size(), stdout);
}

}  // namespace

int main(int count, char** words) try {
  premelt::blas::ensure_fast_kernel(words);
  if (count < 3) {
    std::fputs("usage: playground_rows RECORDINGS SETTING [parameter=value ...]\n", stderr);
    return 2;
  }
  std::string request = words[2];
  for (int i = 3; i < count; ++i) request += std::string("\n") + words[i];
  premelt::playground::Play play(request);
  for (long i = std::atol(words[1]); i > 0; --i) {
    play.advance();
    write(play.row());
  }
  write(play.mode().flat());
  write(play.covariance().flat());
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "playground_rows: %s\n", error.what());
  return 1;
}
