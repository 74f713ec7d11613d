#include "cli/help/command_text.hpp"

#include <algorithm>
#include <array>

namespace premelt::cli {

namespace {

constexpr std::array texts{
    CommandText{"", "premelt watches phase transitions come in neural-network training.", R"()",
                R"(  premelt settings                          what can be trained
  premelt settings deep-linear              its parameters, as TOML
  premelt run deep-linear                   train it; the report opens in any browser
  premelt run deep-linear --seed 7 --set optimiser=gd --set window=20
  premelt run deep-linear --set data=iris.csv --set targets=species
  premelt run --config runs/deep-linear-seed1/run.json      the same run again, bit for bit
  premelt compare deep-linear --at 0:480:120                the 2RDM of four distributions beside Prop. 2.1
  premelt analyze losses.npy --blocks blocks.csv            losses of your own training run
  python train.py | premelt watch                           the same while it trains: lines in, JSON lines out
  premelt sweep pitchfork --seeds 200..229 --controls 30    which statistic warns, and at what price
  premelt report runs/deep-linear-seed1 --figures figures   draw it again, also as SVG
  premelt runs                              the runs so far, and how to continue those that were stopped
)"},
    CommandText{"settings", "List the settings, or one setting's parameters as TOML.", R"()",
                R"(  premelt settings
  premelt settings deep-linear > my.toml
)"},
    CommandText{"run", "Train a setting and watch it.", R"()",
                R"(  premelt run deep-linear
  premelt run deep-linear --seed 7 --steps 2000 --set label_noise=1
  premelt run schematic --set tau=20 --set alarm_statistic=shc_detrended
  premelt run --config my.toml --out runs/mine
  premelt run --resume --out runs/mine                      after Ctrl-C or a crash: to the same bits
  premelt run --resume --out runs/mine --steps 5000         longer than it was to be
)"},
    CommandText{"compare", "Compare the loss covariance under several distributions of parameters.",
                R"(Beside them stand Prop. 2.1 (GΣGᵀ) and its second order.
Errors are relative Frobenius errors against the Gaussian covariance by control variate, or the window's own.
)",
                R"(  premelt compare tanh-mlp --at 0 --at 1000
  premelt compare deep-linear --at 0:480:40 --sigma 0.001,0.01,0.1 --window 20
  premelt compare runs/deep-linear-seed1 --at 320 --sampler gaussian --sampler replica --sampler sgld
)"},
    CommandText{"analyze", "Find SHC, PR and alarms in recorded losses of any training.",
                R"(A table of T recordings (rows) of the losses of n probes (columns):
.npy, .npz and .safetensors (of any numeric type; arrays `losses` and `steps`), .csv (optional header,
optional first column `step`) or .jsonl; - reads standard input.
)",
                R"(  premelt analyze losses.npy
  premelt analyze losses.npy --steps-file order.csv --window 20 --blocks blocks.csv
  premelt analyze losses.csv --transform log --probes test --baseline 0:500
)"},
    CommandText{"watch", "Find them while another program trains.",
                R"(One recording a line in, one JSON line a recording out: SHC, PR and alarms.
A line is CSV (1.2,0.7; the first may be a header; one column may be the step) or JSON ([1.2, 0.7] or
{"step": 10, "losses": [1.2, 0.7]}). The numbers are those of `premelt analyze`, which also draws a report.
)",
                R"(  python train.py | premelt watch
  tail -n +1 -f losses.csv | premelt watch --window 20 --blocks blocks.csv
  premelt watch losses.csv --follow --report runs/mine --on-alarm ./save_checkpoint.sh
  premelt watch losses.jsonl --transform log --probes test > signals.jsonl
)"},
    CommandText{"sweep", "Race every early-warning statistic over many seeds.",
                R"(All at 5 % false alarms on event-free controls.
Half of the runs set thresholds and name the champion among the rivals of SHC; the other half is scored.
Finished runs are kept: the same command continues an interrupted sweep. In a job array of Slurm, or under
mpirun, each process takes its own share of the runs; --collect then scores them.
)",
                R"(  premelt sweep pitchfork --seeds 200..229 --controls 30
  premelt sweep deep-linear --seeds 200..229 --controls 30 --set label_noise=1 --window 10,20,40,80,160
  premelt sweep grokking --seeds 200..209 --controls 10 --traps
  premelt sweep pitchfork --seeds 200..299 --controls 100 --shard 3/16 --out /shared/pitchfork
  premelt sweep pitchfork --seeds 200..299 --controls 100 --collect --out /shared/pitchfork
)"},
    CommandText{"report", "Draw the report of a run directory again.", R"()",
                R"(  premelt report runs/deep-linear-seed1
  premelt report runs/deep-linear-seed1 runs/deep-linear-seed2   two runs on the same axes
  premelt report runs/deep-linear-seed1 --figures figures
)"},
    CommandText{"runs", "List the runs there are: setting, seed, steps, alarms, size, state.", R"()",
                R"(  premelt runs
  premelt runs /scratch/runs --json
)"},
    CommandText{"completion", "Print what makes bash, zsh or fish complete premelt's words.", R"()",
                R"(  source <(premelt completion bash)         in ~/.bashrc
  premelt completion zsh > ~/.zfunc/_premelt
  premelt completion fish > ~/.config/fish/completions/premelt.fish
)"},
    CommandText{"help", "Explain a command: what `premelt COMMAND --help` prints.", R"()",
                R"(  premelt help
  premelt help run
  premelt help --man > premelt.1            the manual page; man ./premelt.1 shows it
)"},
};

}  // namespace

const CommandText& command_text(std::string_view name) {
  return *std::ranges::find(texts, name, [](const CommandText& text) { return std::string_view(text.name); });
}

}  // namespace premelt::cli
