#pragma once
/// One way of looking at a stream of losses, and what is seen: the one chain behind `run`, `analyze`,
/// `watch`, `sweep` and the detectors.

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/tensor/tensor.hpp"
#include "rdm/window/loss_window.hpp"
#include "rdm/window/spectrum.hpp"
#include "rdm/window/top_eigenvalue.hpp"

namespace premelt {

/// What is done to a loss before it enters a window.
enum class Transform { none, log };

/// Which probes, transformed, turned and detrended how.
struct Channel {
  std::string suffix = {};                ///< of its columns, without the underscore: "log_test"
  Transform transform = Transform::none;  ///< log losses make the covariance one of relative changes
  std::vector<std::size_t> probes = {};   ///< which ones; empty for all
  Detrend detrend = Detrend::none;        ///< inside the window
  /// (m,m), as a whitening matrix: what is seen of the m probes is multiplied by it. Empty: there was nothing
  /// to take it from, and the view is undefined.
  std::optional<Tensor<double>> basis = std::nullopt;
};

/// The rule for losses without a logarithm: a loss ≤ 0 has none. A view of logarithms makes no statement
/// (NaN) from such a loss on: what a window would say that leaves the recording out is not what was asked
/// for. Nothing else is disturbed. Where somebody asked for the logarithms (`run`, `analyze`, `watch`),
/// the recording is refused with its probe named before it enters any view.
///
/// This is the first probe of the channel that has no logarithm where one is asked for; nothing when all do.
std::optional<std::size_t> probe_without_logarithm(const Channel& channel, std::span<const double> losses);

/// What every recording says.
struct Signals {
  Moments moments;       ///< SHC, PR, trace
  double lambda1 = 0;    ///< the largest eigenvalue of C, loss²
  double mean_loss = 0;  ///< of the newest recording; detrended, what is left of it
};

/// One view, with its own window on the stream it belongs to.
class View {
 public:
  const Channel& channel() const { return channel_; }  ///< how it looks, all probes named
  /// What has been seen, before detrending. Views that differ only in detrending share it.
  const LossWindow& window() const { return source_->window; }
  /// False from the first loss on that has no logarithm where one is asked for, and with an empty basis.
  bool defined() const { return source_->defined; }

  /// All NaN before the first full window and when nothing is defined. O(W²), with an eigensolver (O(W³), or
  /// O(n²W + n³) where n < W) only where λ_1 does not stand out. `mean_loss` is the newest recording's mean
  /// less the least-squares line in the window (`linear`) or the mean before it (`diff`).
  Signals signals();
  /// The same where the eigenpairs have been asked for at this recording anyway.
  Signals signals(const Spectrum& found) const {
    return {found.moments, found.eigenvalues(0), newest_mean()};
  }
  /// The `count` leading eigenpairs, for whoever asks: O(nW + W³). Throws ShapeError when the window holds
  /// fewer than 2 recordings.
  Spectrum spectrum(std::size_t count) const;
  /// The rms change √(tr C/n) over the newest mean; of logarithms it is relative as it stands.
  double relative_change(double trace) const;

 private:
  friend class Views;
  /// What is seen, whatever its detrending.
  struct Source {
    Channel look;
    LossWindow window;
    bool defined = true;
  };
  View(Channel channel, std::shared_ptr<const Source> source);
  double newest_mean() const;

  Channel channel_;
  std::shared_ptr<const Source> source_;
  TopEigenvalue top_;
};

/// The views of one stream. Its recordings are held once; views that see the same numbers share their Gram.
class Views {
 public:
  /// Of n probes, with windows of W recordings. Throws ShapeError when there is no probe or W < 2.
  Views(std::size_t probes, std::size_t window);

  /// A further view, before the first recording. Throws UsageError when it asks for a probe out of range.
  void add(Channel channel);
  /// Takes the losses (n) of a recording. Throws ShapeError and DataError as LossRing::push; nothing has then
  /// changed.
  void push(std::span<const double> losses);

  std::size_t probes() const { return ring_->probes(); }                   ///< n
  std::size_t window() const { return ring_->window(); }                   ///< W
  bool full() const { return ring_->size() == ring_->window(); }           ///< W recordings are held
  std::size_t size() const { return views_.size(); }                       ///< views
  View& operator[](std::size_t view) { return views_[view]; }              ///< in the order of `add`
  const View& operator[](std::size_t view) const { return views_[view]; }  ///< in the order of `add`
  auto begin() const { return views_.begin(); }                            ///< over the views
  auto end() const { return views_.end(); }                                ///< over the views

 private:
  std::shared_ptr<LossRing> ring_;
  std::vector<std::shared_ptr<View::Source>> sources_;
  std::vector<View> views_;
};

}  // namespace premelt
