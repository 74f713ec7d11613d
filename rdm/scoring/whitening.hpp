#pragma once
/// Losses measured in units of what they do when nothing happens. (ours)

#include <optional>

#include "engine/tensor/tensor.hpp"

namespace premelt {

/// A = (B + 0.01·tr B/n·I)^{-1/2}, (n,n), of the covariance B of event-free losses (T,n): losses times A are
/// white where nothing happens. B, the threshold and the false alarms have to come from three different runs,
/// or whitening overfits. Nothing when there are fewer than 2 recordings or none of them differ. Throws
/// ShapeError when `losses` is not a matrix.
std::optional<Tensor<double>> whitener(const Tensor<double>& losses);

}  // namespace premelt
