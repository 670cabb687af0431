// exp(rate * gap) for whole ticks: exact in the gap, however long, by one row for each digit of it.
#pragma once

#include <complex>
#include <cstdint>
#include <vector>

#include "lanes.hpp"
#include "memory.hpp"

namespace aestream::ssm {

class DecayTable {
public:
    static constexpr unsigned digit_bits = 6, digits = 5;
    static constexpr std::uint64_t base = std::uint64_t{1} << digit_bits;

    DecayTable() = default;
    /// `rates` are per tick. Where `gains` has any, rows hold (exp(rate gap) - 1) * gain as well, for `zoh`.
    DecayTable(std::vector<std::complex<double>> rates, std::vector<std::complex<double>> gains);

    /// States, padded.
    [[nodiscard]] std::size_t states() const { return states_; }
    [[nodiscard]] bool has_gain() const { return !gains_.empty(); }
    /// Numbers of a row: real parts and imaginary parts of the decays, then those of the gains.
    [[nodiscard]] std::size_t row_size() const { return (has_gain() ? 4 : 2) * states_; }

    /// Give the row of a gap; `scratch` has room for one and holds it where no table does.
    SSM_INLINE const float* row(std::uint64_t gap, float* scratch) const {
        if (gap < base) return rows_.data() + gap * row_size();
        return compose(gap, scratch);
    }

private:
    const float* compose(std::uint64_t gap, float* scratch) const;
    void fill(double gap, float* row) const;

    std::vector<std::complex<double>> rates_, gains_;
    std::size_t states_ = 0;
    Floats rows_;  ///< [digit][value][row]
};

}  // namespace aestream::ssm
