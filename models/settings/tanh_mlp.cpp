#include "models/settings/tanh_mlp.hpp"

#include <cmath>
#include <string>

#include "engine/ops/ops.hpp"
#include "models/experiment/supervised.hpp"

namespace premelt {

namespace {

constexpr std::size_t teacher_width = 16;

struct Classified {
  Tensor<double> inputs;  ///< (B,d)
  Labels labels;          ///< (B)
};

Classified rows_of(const Classified& all, std::span<const std::size_t> rows) {
  Classified picked{Tensor<double>(Shape{rows.size(), all.inputs.shape()[1]}), Labels(Shape{rows.size()})};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    std::ranges::copy(all.inputs.row(rows[i]), picked.inputs.row(i).begin());
    picked.labels(i) = all.labels(rows[i]);
  }
  return picked;
}

/// The column of the largest entry of each row.
Labels largest_columns(const Tensor<double>& scores) {
  Labels labels(Shape{scores.shape()[0]});
  for (std::size_t i = 0; i < labels.size(); ++i)
    labels(i) = std::ranges::max_element(scores.row(i)) - scores.row(i).begin();
  return labels;
}

class TanhMlp {
 public:
  using Batch = Classified;

  explicit TanhMlp(const Hyperparameters& parameters) : parameters_(parameters) {
    Rng teacher(parameters.count("seed"), "teacher"), rows(parameters.count("seed"), "probes");
    const std::size_t in = parameters.count("inputs"), out = parameters.count("outputs");
    const Var<double> a = normal_tensor<double>(Shape{in, teacher_width}, teacher),
                      b = normal_tensor<double>(Shape{teacher_width, out}, teacher),
                      x = normal_tensor<double>(Shape{probe_count() + parameters.count("rows"), in}, rows);
    data_ = {x.value(), largest_columns(matmul(tanh(matmul(x, a)), b).value())};
    std::vector<std::size_t> first(probe_count());
    for (std::size_t i = 0; i < first.size(); ++i) first[i] = i;
    probes_ = rows_of(data_, first);
  }

  template <class U>
  Parameters<U> initial() const {
    const std::size_t in = parameters_.count("inputs"), hidden = parameters_.count("hidden"),
                      out = parameters_.count("outputs");
    Rng rng(parameters_.count("seed"), "init");
    Parameters<U> weights;
    for (const auto& [name, shape] :
         {std::pair{"hidden.weight", Shape{hidden, in}}, std::pair{"hidden.bias", Shape{hidden}},
          std::pair{"out.weight", Shape{out, hidden}}, std::pair{"out.bias", Shape{out}}}) {
      weights.add(name, normal_tensor<U>(shape, rng, parameters_.number("init_sd")));
    }
    return weights;
  }

  template <class T>
  static std::unique_ptr<Optimizer<T>> optimiser(const Hyperparameters& parameters) {
    return std::make_unique<Sgd<T>>(SgdOptions{.lr = parameters.number("learning_rate")});
  }

  Batch draw(Rng& data) const {
    std::vector<std::size_t> rows(parameters_.count("batch"));
    for (std::size_t& row : rows) row = probe_count() + data.below(parameters_.count("rows"));
    return rows_of(data_, rows);
  }

  std::size_t samples() const { return parameters_.count("rows"); }
  Batch some(std::span<const std::size_t> samples) const {
    std::vector<std::size_t> rows(samples.size());
    std::ranges::transform(samples, rows.begin(), [&](std::size_t i) { return probe_count() + i; });
    return rows_of(data_, rows);
  }

  template <class U>
  Var<U> losses(const Leaves<U>& theta, const Batch& batch) const {
    return cross_entropy(logits(theta, batch), batch.labels);
  }

  template <class U>
  void order(const Leaves<U>& theta, std::span<double> values) const {
    const Labels answers = largest_columns(cast<double>(logits(theta, probes_).value()));
    double right = 0;
    for (std::size_t i = 0; i < answers.size(); ++i) right += answers(i) == probes_.labels(i) ? 1 : 0;
    values[0] = right / static_cast<double>(answers.size());
  }

  const Batch& probes() const { return probes_; }
  std::vector<std::string> probe_blocks() const {
    std::vector<std::string> blocks;
    for (std::int64_t label : probes_.labels.flat()) blocks.push_back("class" + std::to_string(label));
    return blocks;
  }
  std::vector<std::string> order_names() const { return {"accuracy"}; }
  std::vector<EventSpec> events() const { return {{"learnt", "accuracy", 1.0}}; }

 private:
  std::size_t probe_count() const { return parameters_.count("probes"); }

  template <class U>
  Var<U> logits(const Leaves<U>& theta, const Batch& batch) const {
    const Var<U> h = tanh(matmul_nt(batched_as<U>(batch.inputs), theta[0]) + theta[1]);
    return matmul_nt(h, theta[2]) + theta[3];
  }

  Hyperparameters parameters_;
  Classified data_, probes_;  ///< the probes are the first rows of the data
};

Hyperparameters parameters() {
  return parameter_table({.steps = 4000, .window = 40, .dtype = "float64"},
                         {
                             {"learning_rate", 0.1, "step size of SGD on the mean cross-entropy", 0},
                             {"batch", std::int64_t{32}, "samples a step, drawn with replacement", 1},
                             {"rows", std::int64_t{1960}, "training rows", 1},
                             {"inputs", std::int64_t{8}, "input dimensions", 1},
                             {"hidden", std::int64_t{12}, "hidden units", 1},
                             {"outputs", std::int64_t{3}, "classes", 2},
                             {"init_sd", 1 / std::sqrt(8.0), "sd of all initial weights and biases", 0},
                             {"probes", std::int64_t{40}, "held-out probe rows", 1},
                         });
}

}  // namespace

Setting tanh_mlp_setting() {
  return {"tanh-mlp", "a small tanh network with cross-entropy: a case for Prop. 2.1", parameters(),
          make_supervised<TanhMlp>};
}

}  // namespace premelt
