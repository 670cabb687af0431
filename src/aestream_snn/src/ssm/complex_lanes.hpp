// Complex numbers in vectors, real and imaginary parts side by side.
#pragma once

#include "lanes.hpp"

namespace aestream::ssm {

template <typename T>
using Order = typename LanesOf<T>::Index;

template <typename T, int Even, int Odd>
SSM_INLINE Order<T> pairs() {
    Order<T> order{};
    for (std::size_t i = 0; i < lanes<T>; i += 2) {
        order[i] = static_cast<int>(i) + Even;
        order[i + 1] = static_cast<int>(i) + Odd;
    }
    return order;
}

/// -1 for real parts and 1 for imaginary ones, times `sign`.
template <typename T>
SSM_INLINE Lanes<T> alternating(T sign) {
    Lanes<T> out{};
    for (std::size_t i = 0; i < lanes<T>; i += 2) {
        out[i] = -sign;
        out[i + 1] = sign;
    }
    return out;
}

/// Give a b + c, or conj(a) b + c where `Conjugate`.
template <typename T, bool Conjugate>
SSM_INLINE Lanes<T> multiply_add(const Lanes<T>& a, const Lanes<T>& b, const Lanes<T>& c) {
    const Lanes<T> real = __builtin_shuffle(a, pairs<T, 0, 0>());
    const Lanes<T> imaginary = __builtin_shuffle(a, pairs<T, 1, 1>()) * alternating<T>(Conjugate ? T{-1} : T{1});
    const Lanes<T> swapped = __builtin_shuffle(b, pairs<T, 1, 0>());
    return real * b + (imaginary * swapped + c);
}

}  // namespace aestream::ssm
