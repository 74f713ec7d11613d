#pragma once
/// The spectral detectors of one way of looking at losses: some probes, transformed, in a window of their
/// own.

#include <span>
#include <string>
#include <vector>

#include "engine/tensor/tensor.hpp"
#include "rdm/window/loss_window.hpp"
#include "rdm/window/monitor.hpp"

namespace premelt {

/// The largest eigenvalue of a positive semi-definite matrix that changes slowly from call to call: a power
/// iteration warm-started at the last eigenvector.
class TopEigenvalue {
 public:
  /// Of `matrix` (n,n); every call the same n. NaN of a matrix that makes no statement.
  double operator()(const Tensor<double>& matrix);

 private:
  std::vector<double> vector_;
};

/// Five signals of one look at the losses.
class SpectralView {
 public:
  /// The probes and the transform of `channel`, of `probes` probes, read under each detrending.
  SpectralView(const Channel& channel, std::size_t probes, std::size_t window,
               std::vector<Detrend> detrends = {Detrend::none});
  /// Losses (n) times `matrix` (n,n); an empty matrix leaves everything undefined.
  static SpectralView whitened(const Tensor<double>& matrix, std::size_t probes, std::size_t window);

  /// `shc`, `pr`, `localisation` (1/PR), `trace`, `lambda1`, with the channel's suffix and `_detrended`.
  std::vector<std::string> names() const;
  /// Takes the losses (n) of a recording. After one whose logarithm is asked for and does not exist, all is
  /// undefined.
  void push(std::span<const double> losses);
  /// One value a name; NaN where undefined and before the first full window. O(W²), or O(n²W) where n < W.
  std::vector<double> values();
  /// What has been pushed, transformed.
  const LossWindow& window() const { return window_; }

 private:
  struct Reading {
    std::string suffix;
    Detrend detrend;
    TopEigenvalue top = {};
  };

  std::vector<std::size_t> probes_;
  Transform transform_;
  Tensor<double> matrix_ = {};  ///< empty: losses as they are
  LossWindow window_;
  std::vector<Reading> readings_;
  bool defined_ = true;
};

}  // namespace premelt
