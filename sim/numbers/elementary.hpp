#pragma once

// Logarithm, exponential and normal quantile of our own: the C library's differ in the last bit
// between processors and versions, and one bit is enough to send a request to another pod.

namespace stratsim {

/// Natural logarithm, x > 0, below 1 ulp. Method: Tang/fdlibm argument reduction.
double natural_log(double x);

/// e^x; 0 below -745, infinity above 709. Method: fdlibm.
double exponential(double x);

/// Quantile of the standard normal distribution, 0 < p < 1, relative error 1e-16
/// (Wichura 1988, algorithm AS 241).
double normal_quantile(double p);

/// Distribution function of the standard normal, relative error of the tail 1e-11 (Hart 1968, as
/// West 2005 gives it).
double normal_probability(double x);

/// Logarithm of the gamma function, x > 0, relative error 1e-14 (Lanczos).
double log_gamma(double x);

/// P(X > x) of a chi-square variable with `df` degrees of freedom.
double chi_square_tail(double x, double df);

}  // namespace stratsim
