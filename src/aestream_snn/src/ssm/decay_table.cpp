#include "decay_table.hpp"

#include <cmath>

namespace aestream::ssm {
namespace {

constexpr std::size_t wide = lanes<float>;

/// exp(z) - 1 without cancellation.
std::complex<double> expm1(std::complex<double> z) {
    const double grown = std::expm1(z.real()), half = std::sin(z.imag() / 2);
    return {grown * std::cos(z.imag()) - 2 * half * half, std::exp(z.real()) * std::sin(z.imag())};
}

/// One step of gap `left` and then one of gap `right` are one step of both: A = Al Ar, G = Gl Ar + Gr.
SSM_CLONES void combine(const float* left, const float* right, std::size_t states, bool has_gain, float* out) {
    for (std::size_t p = 0; p < states; p += wide) {
        const Lanes<float> lr = load(left + p), li = load(left + states + p);
        const Lanes<float> rr = load(right + p), ri = load(right + states + p);
        if (has_gain) {
            const Lanes<float> gr = load(left + 2 * states + p), gi = load(left + 3 * states + p);
            store(out + 2 * states + p, gr * rr - gi * ri + load(right + 2 * states + p));
            store(out + 3 * states + p, gr * ri + gi * rr + load(right + 3 * states + p));
        }
        store(out + p, lr * rr - li * ri);
        store(out + states + p, lr * ri + li * rr);
    }
}

}  // namespace

DecayTable::DecayTable(std::vector<std::complex<double>> rates, std::vector<std::complex<double>> gains)
    : rates_(std::move(rates)), gains_(std::move(gains)), states_(padded(rates_.size())) {
    rows_.resize(digits * base * row_size());
    float* row = rows_.data();
    for (unsigned digit = 0; digit < digits; ++digit) {
        for (std::uint64_t value = 0; value < base; ++value, row += row_size())
            fill(static_cast<double>(value << (digit * digit_bits)), row);
    }
}

void DecayTable::fill(double gap, float* row) const {
    for (std::size_t p = 0; p < rates_.size(); ++p) {
        const auto left = std::exp(rates_[p] * gap);
        row[p] = static_cast<float>(left.real());
        row[states_ + p] = static_cast<float>(left.imag());
        if (!has_gain()) continue;
        const auto gain = expm1(rates_[p] * gap) * gains_[p];
        row[2 * states_ + p] = static_cast<float>(gain.real());
        row[3 * states_ + p] = static_cast<float>(gain.imag());
    }
}

const float* DecayTable::compose(std::uint64_t gap, float* scratch) const {
    if (gap >> (digits * digit_bits)) {
        fill(static_cast<double>(gap), scratch);
        return scratch;
    }
    const float* made = nullptr;
    const float* level = rows_.data();
    for (; gap > 0; gap >>= digit_bits, level += base * row_size()) {
        if (gap % base == 0) continue;
        const float* row = level + (gap % base) * row_size();
        if (made) combine(made, row, states_, has_gain(), scratch);
        made = made ? scratch : row;
    }
    return made;
}

}  // namespace aestream::ssm
