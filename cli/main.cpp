#include "cli/program/cli_main.hpp"

int main(int argc, char** argv) {
  return premelt::cli_main(argc, argv);
}
