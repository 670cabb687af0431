#include <pybind11/complex.h>
#include <pybind11/numpy.h>
#if defined(__linux__)
#include <sys/mman.h>
#endif

#include "bindings.hpp"
#include "decay.hpp"
#include "scan.hpp"

namespace py = pybind11;

namespace aestream::ssm {
namespace {

template <typename T>
using Complex = py::array_t<std::complex<T>, py::array::c_style>;

template <typename T>
const T* numbers(const Complex<T>& array) {
    return reinterpret_cast<const T*>(array.data());
}

template <typename T>
T* numbers(Complex<T>& array) {
    return reinterpret_cast<T*>(array.mutable_data());
}

template <typename T>
ScanShape shape_of(const Complex<T>& first, std::initializer_list<const Complex<T>*> others,
                   const Complex<T>& initial) {
    if (first.ndim() != 3) throw py::value_error("arrays must be (B, L, P)");
    for (const auto* other : others) {
        if (other->size() != first.size()) throw py::value_error("arrays differ in size");
    }
    if (initial.size() != first.shape(0) * first.shape(2)) throw py::value_error("initial must be (B, P)");
    const auto size = [&](int axis) { return static_cast<std::size_t>(first.shape(axis)); };
    return {size(0), size(1), size(2)};
}

/// Ask for large pages before a fresh array is written: a fault for 2 MiB instead of 4 KiB.
template <typename T>
void prepare(T* data, ScanShape shape) {
#if defined(__linux__)
    constexpr std::uintptr_t page = std::uintptr_t{2} << 20;
    const auto start = reinterpret_cast<std::uintptr_t>(data);
    const std::uintptr_t end = start + 2 * sizeof(T) * shape.batch * shape.length * shape.states;
    const std::uintptr_t first = (start + page - 1) / page * page;
    if (end > first + page) madvise(reinterpret_cast<void*>(first), (end - first) / page * page, MADV_HUGEPAGE);
#endif
}

template <typename T>
void forward(const Complex<T>& a, const Complex<T>& x, const Complex<T>& initial, Complex<T> h, unsigned threads) {
    const ScanShape shape = shape_of(a, {&x, &h}, initial);
    T* out = numbers(h);
    const py::gil_scoped_release unlocked;
    prepare(out, shape);
    scan(numbers(a), numbers(x), numbers(initial), out, shape, threads);
}

template <typename T>
void backward(const Complex<T>& a, const Complex<T>& h, const Complex<T>& initial, const Complex<T>& grad,
              Complex<T> grad_a, Complex<T> grad_x, unsigned threads) {
    const ScanShape shape = shape_of(a, {&h, &grad, &grad_a, &grad_x}, initial);
    T* out_a = numbers(grad_a);
    T* out_x = numbers(grad_x);
    const py::gil_scoped_release unlocked;
    prepare(out_a, shape);
    prepare(out_x, shape);
    scan_backward(numbers(a), numbers(h), numbers(initial), numbers(grad), out_a, out_x, shape, threads);
}

template <typename T>
void add(py::module_& module) {
    const auto as_is = [](const char* name) { return py::arg(name).noconvert(); };
    module.def("scan", &forward<T>, as_is("a"), as_is("x"), as_is("initial"), as_is("h"), py::arg("threads"));
    module.def("scan_backward", &backward<T>, as_is("a"), as_is("h"), as_is("initial"), as_is("grad"), as_is("grad_a"),
               as_is("grad_x"), py::arg("threads"));
}

using Real = py::array_t<float, py::array::c_style>;

void decay_all(const Complex<float>& rates, const Real& gaps, Complex<float> out) {
    const auto states = static_cast<std::size_t>(rates.size()), count = static_cast<std::size_t>(gaps.size());
    if (static_cast<std::size_t>(out.size()) != states * count) throw py::value_error("out has another size");
    float* to = numbers(out);
    const py::gil_scoped_release unlocked;
    prepare(to, {1, count, states});
    decay(numbers(rates), gaps.data(), count, states, to);
}

void decay_all_backward(const Real& gaps, const Complex<float>& out, const Complex<float>& grad,
                        Complex<float> grad_rates) {
    const auto states = static_cast<std::size_t>(grad_rates.size()), count = static_cast<std::size_t>(gaps.size());
    if (static_cast<std::size_t>(out.size()) != states * count || out.size() != grad.size())
        throw py::value_error("arrays differ in size");
    float* to = numbers(grad_rates);
    const py::gil_scoped_release unlocked;
    decay_backward(gaps.data(), numbers(out), numbers(grad), count, states, to);
}

}  // namespace

void register_scan(py::module_& module) {
    const auto as_is = [](const char* name) { return py::arg(name).noconvert(); };
    module.def("decay", &decay_all, as_is("rates"), as_is("gaps"), as_is("out"));
    module.def("decay_backward", &decay_all_backward, as_is("gaps"), as_is("out"), as_is("grad"), as_is("grad_rates"));
    add<float>(module);
    add<double>(module);
}

}  // namespace aestream::ssm
