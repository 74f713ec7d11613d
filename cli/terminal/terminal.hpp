#pragma once
/// What stderr can show.

#include <cstddef>
#include <string>

namespace premelt::cli {

struct Terminal {
  bool live;            ///< a terminal on which lines can be drawn again
  bool colour;          ///< live, and NO_COLOR is not set
  bool unicode;         ///< the locale says UTF-8
  std::size_t columns;  ///< its width; 80 when unknown
};

/// Asks stderr and the environment (NO_COLOR, TERM, LC_ALL, LC_CTYPE, LANG).
Terminal ask_terminal();

/// `text` in the colour of alarms where the terminal has colours.
std::string emphasised(const Terminal& terminal, const std::string& text);

/// A word on what to do next, `words` being a command or a sentence: on stderr, for a person at a terminal.
void suggest(const std::string& words);

}  // namespace premelt::cli
