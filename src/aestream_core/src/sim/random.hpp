// Random numbers that are the same bits on every machine: integer generators, and distributions without libm.
#pragma once

#include <bit>
#include <cstdint>

namespace aestream::sim {

/// xoshiro256** (Blackman and Vigna 2021, doi:10.1145/3460772), seeded through splitmix64.
class Random {
public:
    /// Streams of one seed are independent: one for each use, so that uses do not disturb each other.
    Random(std::uint64_t seed, std::uint64_t stream) {
        std::uint64_t mixer = seed ^ (stream * 0xd1342543de82ef95ULL);
        for (std::uint64_t& word : state_) word = splitmix64(mixer);
    }

    std::uint64_t bits() {
        const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
        const std::uint64_t shifted = state_[1] << 17U;
        state_[2] ^= state_[0];
        state_[3] ^= state_[1];
        state_[1] ^= state_[2];
        state_[0] ^= state_[3];
        state_[2] ^= shifted;
        state_[3] = std::rotl(state_[3], 45);
        return result;
    }

    /// In [0, 1), 53 bits.
    double uniform() { return static_cast<double>(bits() >> 11U) * 0x1p-53; }

    /// In [0, limit); the bias is below limit / 2^32.
    std::uint32_t below(std::uint32_t limit) { return static_cast<std::uint32_t>(((bits() >> 32U) * limit) >> 32U); }

    /// Exponentially distributed with mean 1, by comparisons of uniforms alone (von Neumann 1951).
    double exponential() {
        for (double whole = 0;; whole += 1) {
            const double first = uniform();
            double last = first;
            bool odd = true;
            for (double next = uniform(); next < last; next = uniform()) {
                last = next;
                odd = !odd;
            }
            if (odd) return whole + first;
        }
    }

    /// Mean 0, standard deviation 1, near Gaussian: the sum of 12 uniforms, hence within 6 standard deviations.
    double gaussian() {
        std::uint32_t sum = 0;
        for (int draw = 0; draw < 3; ++draw) {
            const std::uint64_t word = bits();
            for (unsigned shift = 0; shift < 64; shift += 16)
                sum += static_cast<std::uint32_t>((word >> shift) & 0xffffU);
        }
        return (static_cast<double>(sum) + 6) * 0x1p-16 - 6;
    }

private:
    static std::uint64_t splitmix64(std::uint64_t& mixer) {
        std::uint64_t word = mixer += 0x9e3779b97f4a7c15ULL;
        word = (word ^ (word >> 30U)) * 0xbf58476d1ce4e5b9ULL;
        word = (word ^ (word >> 27U)) * 0x94d049bb133111ebULL;
        return word ^ (word >> 31U);
    }

    std::uint64_t state_[4];
};

}  // namespace aestream::sim
