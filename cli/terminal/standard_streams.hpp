#pragma once
/// Standard input, output and error, which whoever starts the program may have closed.

#include <string>

namespace premelt::cli {

/// Call first in `main`. Opens those of descriptors 0 to 2 that are closed, so that no file of ours gets
/// their number: input and output such that their use is an error, standard error on /dev/null. From here on
/// a closed pipe and a file grown too large are errors of a write instead of signals that end the program.
void guard_standard_streams();

/// How messages call the input that the command line gives as `file`: "stdin" for "-".
std::string source_name(const std::string& file);

/// All of standard input, to its end. Throws DataError when it cannot be read.
std::string read_standard_input();

/// Writes out what is buffered. Throws DataError saying why when standard output did not take all of it.
void flush_output();

}  // namespace premelt::cli
