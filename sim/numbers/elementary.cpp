#include "sim/numbers/elementary.hpp"

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

namespace stratsim {

namespace {

constexpr double ln2_high = 6.93147180369123816490e-01;
constexpr double ln2_low = 1.90821492927058770002e-10;

template <std::size_t N>
double polynomial(const std::array<double, N>& coefficients, double x) {
    double sum = coefficients[N - 1];
    for (std::size_t i = N - 1; i-- > 0;) sum = sum * x + coefficients[i];
    return sum;
}

}  // namespace

double natural_log(double x) {
    if (!(x > 0)) return -std::numeric_limits<double>::infinity();
    const auto bits = std::bit_cast<std::uint64_t>(x);
    // x = 2^exponent * mantissa, mantissa in (sqrt(1/2), sqrt(2)], without a branch: on random
    // numbers it would be mispredicted every other time.
    const std::int64_t exponent = static_cast<std::int64_t>(bits - 0x3fe6a09e667f3bceULL) >> 52;
    const double mantissa =
        std::bit_cast<double>(bits - (static_cast<std::uint64_t>(exponent) << 52));
    const double f = mantissa - 1.0;
    const double s = f / (2.0 + f);
    const double z = s * s;
    constexpr std::array<double, 7> c{6.666666666666735130e-01, 3.999999999940941908e-01,
                                      2.857142874366239149e-01, 2.222219843214978396e-01,
                                      1.818357216161805012e-01, 1.531383769920937332e-01,
                                      1.479819860511658591e-01};
    const double half_square = 0.5 * f * f;
    const auto k = static_cast<double>(exponent);
    return k * ln2_high -
           ((half_square - (s * (half_square + z * polynomial(c, z)) + k * ln2_low)) - f);
}

double exponential(double x) {
    if (x < -745.0) return 0.0;
    if (x > 709.0) return std::numeric_limits<double>::infinity();
    const double k = std::floor(x * 1.44269504088896338700 + 0.5);
    const double high = x - k * ln2_high;
    const double low = k * ln2_low;
    const double r = high - low;
    const double square = r * r;
    constexpr std::array<double, 5> p{1.66666666666666019037e-01, -2.77777777770155933842e-03,
                                      6.61375632143793436117e-05, -1.65339022054652515390e-06,
                                      4.13813679705723846039e-08};
    const double c = r - square * polynomial(p, square);
    const double y = 1.0 - ((low - (r * c) / (2.0 - c)) - high);
    const int power = static_cast<int>(k);
    const int first = power / 2;  // two steps: a subnormal result would overflow one exponent
    const auto two_to = [](int e) {
        return std::bit_cast<double>(static_cast<std::uint64_t>(e + 1023) << 52);
    };
    return y * two_to(first) * two_to(power - first);
}

double normal_quantile(double p) {
    const double q = p - 0.5;
    if (std::abs(q) <= 0.425) {
        const double r = 0.180625 - q * q;
        constexpr std::array<double, 8> a{3.3871328727963666080e0,  1.3314166789178437745e+2,
                                          1.9715909503065514427e+3, 1.3731693765509461125e+4,
                                          4.5921953931549871457e+4, 6.7265770927008700853e+4,
                                          3.3430575583588128105e+4, 2.5090809287301226727e+3};
        constexpr std::array<double, 8> b{1.0,
                                          4.2313330701600911252e+1,
                                          6.8718700749205790830e+2,
                                          5.3941960214247511077e+3,
                                          2.1213794301586595867e+4,
                                          3.9307895800092710610e+4,
                                          2.8729085735721942674e+4,
                                          5.2264952788528545610e+3};
        return q * polynomial(a, r) / polynomial(b, r);
    }
    const double tail = q < 0 ? p : 1.0 - p;
    double r = std::sqrt(-natural_log(tail));
    double value = 0;
    if (r <= 5.0) {
        r -= 1.6;
        constexpr std::array<double, 8> c{1.42343711074968357734e0,  4.63033784615654529590e0,
                                          5.76949722146069140550e0,  3.64784832476320460504e0,
                                          1.27045825245236838258e0,  2.41780725177450611770e-1,
                                          2.27238449892691845833e-2, 7.74545014278341407640e-4};
        constexpr std::array<double, 8> d{1.0,
                                          2.05319162663775882187e0,
                                          1.67638483018380384940e0,
                                          6.89767334985100004550e-1,
                                          1.48103976427480074590e-1,
                                          1.51986665636164571966e-2,
                                          5.47593808499534494600e-4,
                                          1.05075007164441684324e-9};
        value = polynomial(c, r) / polynomial(d, r);
    } else {
        r -= 5.0;
        constexpr std::array<double, 8> e{6.65790464350110377720e0,  5.46378491116411436990e0,
                                          1.78482653991729133580e0,  2.96560571828504891230e-1,
                                          2.65321895265761230930e-2, 1.24266094738807843860e-3,
                                          2.71155556874348757815e-5, 2.01033439929228813265e-7};
        constexpr std::array<double, 8> f{1.0,
                                          5.99832206555887937690e-1,
                                          1.36929880922735805310e-1,
                                          1.48753612908506148525e-2,
                                          7.86869131145613259100e-4,
                                          1.84631831751005468180e-5,
                                          1.42151175831644588870e-7,
                                          2.04426310338993978564e-15};
        value = polynomial(e, r) / polynomial(f, r);
    }
    return q < 0 ? -value : value;
}

double log_gamma(double x) {
    constexpr std::array<double, 8> g{
        676.5203681218851,  -1259.1392167224028,  771.32342877765313,    -176.61502916214059,
        12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7};
    if (x < 0.5) {  // the recurrence keeps the series in its good range
        return log_gamma(x + 1.0) - natural_log(x);
    }
    const double shifted = x - 1.0;
    double sum = 0.99999999999980993;
    for (std::size_t i = 0; i < g.size(); ++i)
        sum += g[i] / (shifted + static_cast<double>(i) + 1.0);
    const double t = shifted + 7.5;
    return 0.91893853320467274178 + (shifted + 0.5) * natural_log(t) - t + natural_log(sum);
}

namespace {

/// Regularised lower incomplete gamma P(a, x) by its series; for x < a + 1.
double gamma_series(double a, double x) {
    double term = 1.0 / a;
    double sum = term;
    for (int i = 1; i < 100000; ++i) {
        term *= x / (a + i);
        sum += term;
        if (term < sum * 1e-16) break;
    }
    return sum * exponential(-x + a * natural_log(x) - log_gamma(a));
}

/// Regularised upper incomplete gamma Q(a, x) by Lentz's continued fraction; for x >= a + 1.
double gamma_fraction(double a, double x) {
    constexpr double tiny = 1e-300;
    double b = x + 1.0 - a;
    double c = 1.0 / tiny;
    double d = 1.0 / b;
    double h = d;
    for (int i = 1; i < 100000; ++i) {
        const double an = -i * (i - a);
        b += 2.0;
        d = an * d + b;
        if (std::abs(d) < tiny) d = tiny;
        c = b + an / c;
        if (std::abs(c) < tiny) c = tiny;
        d = 1.0 / d;
        const double step = d * c;
        h *= step;
        if (std::abs(step - 1.0) < 1e-15) break;
    }
    return h * exponential(-x + a * natural_log(x) - log_gamma(a));
}

}  // namespace

double chi_square_tail(double x, double df) {
    if (x <= 0) return 1.0;
    const double a = df / 2.0;
    const double half = x / 2.0;
    return half < a + 1.0 ? 1.0 - gamma_series(a, half) : gamma_fraction(a, half);
}

double normal_probability(double x) {
    const double z = std::abs(x);
    if (z > 37) return x < 0 ? 0.0 : 1.0;
    const double density = exponential(-0.5 * z * z);
    double tail = 0;
    if (z < 7.07106781186547) {
        constexpr std::array<double, 7> a{220.206867912376,  221.213596169931, 112.079291497871,
                                          33.912866078383,   6.37396220353165, 0.700383064443688,
                                          0.0352624965998911};
        constexpr std::array<double, 8> b{440.413735824752, 793.826512519948,  637.333633378831,
                                          296.564248779674, 86.7807322029461,  16.064177579207,
                                          1.75566716318264, 0.0883883476483184};
        tail = density * polynomial(a, z) / polynomial(b, z);
    } else {
        const double fraction = z + 1 / (z + 2 / (z + 3 / (z + 4 / (z + 0.65))));
        tail = density / (fraction * 2.506628274631);
    }
    return x < 0 ? tail : 1.0 - tail;
}

}  // namespace stratsim
