#pragma once
/// Exact learning curves of one mode of a deep linear network under gradient flow on whitened inputs
/// (A. M. Saxe, J. L. McClelland, S. Ganguli, arXiv 1312.6120). Strength u(t) obeys τ u̇ = 2u(s − u) for two
/// layers.

namespace premelt::saxe {

/// u(t) = s e^{2st/τ} / (e^{2st/τ} − 1 + s/u0): strength at time t from u(0) = u0, two layers.
double strength(double time, double target, double initial, double tau);

/// When u reaches `fraction`·s (0 < fraction < 1), two layers.
double time_to_reach(double fraction, double target, double initial, double tau);

/// Where the loss falls fastest, so where a short window's spectral heat capacity peaks: u = s/3, which is
/// (ln2/2)·τ/s before half-way (ours).
double lead_of_steepest_fall(double target, double tau);

/// λ_1 of the noise-free dynamical 2RDM at that point for a window of W recordings one step apart:
/// (8 s³/(27 τ))²·(W²−1)/12·Σ_i c_i², with c_i = (v·x_i)² (ours).
double peak_eigenvalue(double target, double tau, double window, double sum_of_squared_couplings);

}  // namespace premelt::saxe
