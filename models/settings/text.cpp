#include "models/settings/text.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "engine/nn/transformer.hpp"
#include "engine/ops/ops.hpp"
#include "models/experiment/trained.hpp"
#include "models/tasks/corpus.hpp"
#include "models/tasks/repeated_sequences.hpp"

namespace premelt {

namespace {

constexpr std::size_t text_probes = 32, repeated_probes = 16;
constexpr std::size_t commonest = 32;  ///< bytes that the repeated strings are made of
constexpr std::uint64_t warm_up_steps = 100;
constexpr double longest_gradient = 1, temperature = 0.8;

nn::TransformerOptions options(const Hyperparameters& parameters, std::size_t vocabulary) {
  const std::size_t width = parameters.count("width"), heads = parameters.count("heads");
  require_heads_fit(parameters, true);
  return {.vocabulary = vocabulary,
          .positions = parameters.count("length"),
          .width = width,
          .heads = heads,
          .layers = parameters.text("control") == "one_layer" ? 1 : parameters.count("layers"),
          .mlp = parameters.count("hidden"),
          .activation = nn::Activation::gelu,
          .norm = nn::NormKind::rms,
          .rotary = parameters.text("positions") == "rotary",
          .embedding_sd = 0.5};
}

/// A token drawn from softmax(logits / temperature).
template <class T>
std::int64_t draw_token(std::span<const T> logits, Rng& rng) {
  const double largest = static_cast<double>(std::ranges::max(logits));
  std::vector<double> cumulative;
  double sum = 0;
  for (T logit : logits)
    cumulative.push_back(sum += std::exp((static_cast<double>(logit) - largest) / temperature));
  return std::ranges::upper_bound(cumulative, sum * rng.uniform()) - cumulative.begin();
}

template <class T>
class Text : public TrainedExperiment<T> {
  using TrainedExperiment<T>::parameters_, TrainedExperiment<T>::weights_;

 public:
  explicit Text(const Hyperparameters& parameters)
      : TrainedExperiment<T>(parameters,
                             adam_w<T>(parameters.number("learning_rate"), parameters.number("weight_decay")),
                             {.schedule = warm_up(warm_up_steps), .clip_norm = longest_gradient}),
        corpus_(read_text(parameters.text("data")), parameters.text("data"), length() + 1),
        model_(weights_, options(parameters, corpus_.vocabulary()), this->init_) {
    Rng rng(parameters.count("seed"), "probes");
    const Indices passages = corpus_.draw_held_out(text_probes, length() + 1, rng);
    repeated_ = repeated_sequences(repeated_probes, length(), std::min(commonest, corpus_.vocabulary()), rng);
    const Indices mixed = shuffled(repeated_.sequences, rng);
    text_ = next_token(passages);
    probes_ = next_token(stacked(passages, stacked(repeated_.sequences, mixed)));
  }

  void step() override {
    Rng& data = this->streams_["data"];
    Indices passages = corpus_.draw_training(parameters_.count("batch"), length() + 1, data);
    if (parameters_.text("control") == "shuffled") passages = shuffled(passages, data);
    const TokenBatch batch = next_token(passages);
    this->descend([&](const Leaves<T>& theta) {
      return mean(cross_entropy(model_(theta, batch.inputs), batch.targets));
    });
  }

  void probe_losses(std::span<double> losses) override {
    const Var<T> logits = model_(weights_.constants(), probes_.inputs);
    const Tensor<T> per_token = cross_entropy(logits, probes_.targets).value();
    for (std::size_t i = 0; i < losses.size(); ++i) losses[i] = mean_loss(per_token, i, 0, length());
  }

  void order_parameters(std::span<double> values) override {
    const Leaves<T> theta = weights_.constants();
    const Tensor<T> per_token = cross_entropy(model_(theta, text_.inputs), text_.targets).value();
    std::ranges::fill(values, 0);
    for (std::size_t i = 0; i < text_probes; ++i) {
      values[0] += mean_loss(per_token, i, 0, length()) / text_probes;
      values[1] += (mean_loss(per_token, i, 3 * length() / 4, length()) -
                    mean_loss(per_token, i, length() / 8, length() / 4)) /
                   text_probes;
    }
    std::vector<Tensor<T>> weights;
    model_(theta, next_token(repeated_.sequences).inputs, &weights);
    for (const Tensor<T>& layer : weights)
      values[2] = std::max(values[2], head_scores<T>(layer, repeated_.periods).induction);
  }

  std::unique_ptr<LossLandscape> landscape() const override {
    return this->landscape_of(probe_blocks().size(),
                              [model = model_, probes = probes_](const Leaves<double>& theta) {
                                return mean(cross_entropy(model(theta, probes.inputs), probes.targets), -1);
                              });
  }

  std::string about_data() const override {
    char text[200];
    std::snprintf(text, sizeof text,
                  "%zu bytes, %zu different; entropy of a byte %.3f nats, given the byte before %.3f nats",
                  corpus_.bytes(), corpus_.vocabulary(), corpus_.unigram_entropy(), corpus_.bigram_entropy());
    return parameters_.text("data") + ": " + text;
  }
  std::string token_reduction() const override { return "mean over the tokens of each probe"; }
  std::size_t tokens_per_step() const override { return parameters_.count("batch") * length(); }

  /// The beginning of a held-out passage, and how the model goes on.
  std::string sample() override {
    Rng rng(parameters_.count("seed"), "sampling");
    const std::size_t prompt = length() / 4;
    const Indices passage = corpus_.draw_held_out(1, prompt, rng);
    std::vector<std::int64_t> tokens(passage.flat().begin(), passage.flat().end());
    while (tokens.size() < length()) {
      const Var<T> logits = model_(weights_.constants(), Indices(Shape{1, tokens.size()}, tokens));
      tokens.push_back(draw_token(logits.value().flat().last(corpus_.vocabulary()), rng));
    }
    return one_line(corpus_.decode(std::span(tokens).first(prompt))) + " ⟩ " +
           one_line(corpus_.decode(std::span(tokens).subspan(prompt)));
  }

  std::vector<std::string> probe_blocks() const override {
    std::vector<std::string> blocks(text_probes, "text");
    for (const char* name : {"repeated", "shuffled"}) blocks.insert(blocks.end(), repeated_probes, name);
    return blocks;
  }
  std::vector<std::string> order_names() const override {
    return {"loss", "in_context_score", "induction_score"};
  }
  std::vector<EventSpec> events() const override {
    return {{.name = "induction",
             .order = "induction_score",
             .target = 0.3,
             .control = "one_layer",
             .of_final_value = true}};
  }

 private:
  std::size_t length() const { return parameters_.count("length"); }

  Corpus corpus_;
  nn::Transformer model_;
  Repeated repeated_;
  TokenBatch text_, probes_;
};

Hyperparameters parameters() {
  return parameter_table(
      {.steps = 5000, .window = 20, .burn_in = 500, .every = 25},
      {
          {"quick", false, "a smaller model, for a first look"},
          {"data", std::string(fortunes_path), "the text: a file, or a directory of files without extension"},
          {"control",
           std::string("none"),
           "a twin in which no induction head can form, or one whose passages are shuffled",
           {},
           {"none", "one_layer", "shuffled"}},
          {"sample_every", std::int64_t{500}, "steps between samples of generated text; 0: none", 0},
          {"length", std::int64_t{128}, "positions T: bytes of context", 8},
          {"width", std::int64_t{96}, "channels of the residual stream", 2},
          {"heads", std::int64_t{4}, "attention heads in each layer, a divisor of half the width", 1},
          {"layers", std::int64_t{2}, "layers of attention and perceptron", 1},
          {"hidden", std::int64_t{384}, "units of each perceptron", 1},
          {"positions", std::string("rotary"), "how positions are known", {}, {"rotary", "learned"}},
          {"batch", std::int64_t{16}, "passages a step", 1},
          {"learning_rate", 0.002, "step size of AdamW, after 100 steps of warm-up", 0},
          {"weight_decay", 0.01, "decoupled weight decay", 0},
      });
}

}  // namespace

Setting text_setting() {
  return {"text",
          "a byte-level transformer learns a text of your own",
          parameters(),
          make_in_dtype<Text<float>, Text<double>>,
          {{"steps", std::int64_t{800}},
           {"burn_in", std::int64_t{300}},
           {"length", std::int64_t{64}},
           {"width", std::int64_t{64}},
           {"hidden", std::int64_t{256}},
           {"sample_every", std::int64_t{100}}},
          {{"shuffled", {{"control", std::string("shuffled")}}}}};
}

}  // namespace premelt
