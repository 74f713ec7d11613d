#include "cli/terminal/chain_arguments.hpp"

#include "cli/terminal/option_declaration.hpp"
#include "cli/terminal/option_values.hpp"

namespace premelt::cli {

void add_chain(CLI::App* sub, ChainArguments& chain) {
  add_value(sub, "--window", "N", "recordings in the sliding window", [&chain](const std::string& text) {
    chain.window = count_of("--window", text, 2);
  })->default_str("40");
  add_value(sub, "--modes-every", "N",
            "full windows from one with eigenvectors to the next, for example 10; alarms ask for them too",
            [&chain](const std::string& text) { chain.modes_every = count_of("--modes-every", text); })
      ->default_str("1");
  add_value(sub, "--detrend", "TEXT", "statistic the alarm reads: none, linear or diff",
            [&chain](const std::string& text) {
              chain.detrend = choice("--detrend", text, {"none", "linear", "diff"});
            });
  add_value(sub, "--transform", "TEXT", "statistic the alarm reads: of the losses (none) or of their log",
            [&chain](const std::string& text) {
              chain.transform = choice("--transform", text, {"none", "log"});
            });
  sub->add_flag("--no-steps", chain.no_steps, "every column is a probe, none holds the steps");
  add_value(sub, "--blocks", "FILE", "CSV probe,block", into(chain.blocks_file));
  add_values(sub, "--probes", "TEXT,...", "only these blocks feed the alarm",
             [&chain](const std::string& text) {
               for (const std::string& name : name_list("--probes", text)) add_once(chain.probes, name);
             });
}

}  // namespace premelt::cli
