// Functions of one number, sixteen at a time.
#pragma once

#include <bit>

#include "complex_lanes.hpp"

namespace aestream::ssm {

/// exp(x) within 2e-7 relative; x is brought within -87 to 87 first.
SSM_INLINE Lanes<float> exp(Lanes<float> x) {
    const Lanes<float> low = all(-87.0F), high = all(87.0F);
    x = x < low ? low : x;
    x = x > high ? high : x;
    const Lanes<float> scaled = x * 1.442695041F;
    const Order<float> whole = __builtin_convertvector(scaled + (scaled < 0.0F ? all(-0.5F) : all(0.5F)), Order<float>);
    const Lanes<float> count = __builtin_convertvector(whole, Lanes<float>);
    const Lanes<float> rest = (x - count * 0.693359375F) + count * 2.12194440e-4F;  // in natural units, -0.35 to 0.35
    Lanes<float> power = rest * 1.9875691500e-4F + 1.3981999507e-3F;                // Cephes' expf
    power = power * rest + 8.3334519073e-3F;
    power = power * rest + 4.1665795894e-2F;
    power = power * rest + 1.6666665459e-1F;
    power = power * rest + 5.0000001201e-1F;
    power = power * rest * rest + rest + 1.0F;
    const Order<float> bits = (whole + 127) << 23;
    return power * std::bit_cast<Lanes<float>>(bits);
}

/// sin(x) and cos(x) within 2e-7 for |x| up to 8192 (polynomials of Cephes' sinf and cosf).
SSM_INLINE void sine_cosine(const Lanes<float>& x, Lanes<float>& sine, Lanes<float>& cosine) {
    const Lanes<float> turns = x * 0.636619772F;
    const Order<float> whole = __builtin_convertvector(turns + (turns < 0.0F ? all(-0.5F) : all(0.5F)), Order<float>);
    const Lanes<float> count = __builtin_convertvector(whole, Lanes<float>);
    const Lanes<float> rest =
        ((x - count * 1.5703125F) - count * 4.837512969970703e-4F) - count * 7.549789948768648e-8F;
    const Lanes<float> square = rest * rest;
    const Lanes<float> odd =
        rest + rest * square * ((-1.9515295891e-4F * square + 8.3321608736e-3F) * square - 1.6666654611e-1F);
    const Lanes<float> even =
        1.0F - 0.5F * square +
        square * square * ((2.443315711809948e-5F * square - 1.388731625493765e-3F) * square + 4.166664568298827e-2F);
    const auto swapped = (whole & 1) != 0;
    sine = swapped ? even : odd;
    cosine = swapped ? odd : even;
    sine = (whole & 2) != 0 ? -sine : sine;
    cosine = ((whole + 1) & 2) != 0 ? -cosine : cosine;
}

SSM_INLINE Lanes<float> sigmoid(const Lanes<float>& x) { return 1.0F / (1.0F + exp(-x)); }

/// gelu(x) = x sigmoid(2 sqrt(2/π) (x + 0.044715 x³)), the tanh form of Hendrycks and Gimpel (2016).
SSM_INLINE Lanes<float> gelu(const Lanes<float>& x) { return x * sigmoid(1.5957691216F * (x + 0.044715F * x * x * x)); }

}  // namespace aestream::ssm
