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
  add_value(sub, "--detrend", "none|linear|diff", "what the alarm's statistic takes out of each window",
            [&chain](const std::string& text) {
              chain.detrend = choice("--detrend", text, {"none", "linear", "diff"});
            });
  add_value(sub, "--transform", "none|log", "whether the alarm reads the losses or their logarithms",
            [&chain](const std::string& text) {
              chain.transform = choice("--transform", text, {"none", "log"});
            });
  sub->add_flag("--no-steps", chain.no_steps, "every column is a probe, none holds the steps");
  add_value(sub, "--blocks", "FILE", "CSV probe,block", into(chain.blocks_file));
  add_values(sub, "--probes", "BLOCK,...", "only these blocks feed the alarm",
             [&chain](const std::string& text) {
               for (const std::string& name : name_list("--probes", text)) add_once(chain.probes, name);
             });
  add_value(sub, "--factor", "F", "how many times its running minimum, or its baseline, is an alarm",
            [&chain](const std::string& text) { chain.factor = number_above("--factor", text, 1); })
      ->default_str("10");
  add_value(sub, "--hold", "K", "recordings in a row that have to be above the threshold",
            [&chain](const std::string& text) { chain.hold = count_of("--hold", text); })
      ->default_str("3");
  add_value(sub, "--baseline", "A:B", "quiet steps that set the threshold; no alarm before they are over",
            [&chain](const std::string& text) { chain.baseline = step_range("--baseline", text); });
}

}  // namespace premelt::cli
