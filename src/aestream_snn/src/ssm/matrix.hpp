// A matrix in panels of 32 outputs, and its product with rows of features.
#pragma once

#include <span>

#include "memory.hpp"

namespace aestream::ssm {

struct Matrix {
    std::size_t in = 0, out = 0;  ///< padded
    Floats panels;                ///< [out / 32][in][32]

    /// Take (out, in) weights, rows one after another.
    Matrix() = default;
    Matrix(std::span<const float> weights, std::size_t outputs, std::size_t inputs);
};

/// y = start + W x for every row; a `start` of null is zero. Rows of x are W.in long, those of y W.out.
void multiply(const Matrix& w, const float* x, std::size_t rows, const float* start, float* y);
/// y += W x.
void multiply_onto(const Matrix& w, const float* x, std::size_t rows, float* y);

}  // namespace aestream::ssm
