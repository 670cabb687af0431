// C++ errors arrive in Python as their twins in aestream_core.errors.
#include <pybind11/pybind11.h>

#include <exception>

#include "aestream_core/errors.hpp"
#include "bindings.hpp"

namespace py = pybind11;

namespace aestream::bindings {

namespace {

void raise(const char* name, const py::tuple& arguments) {
    const py::object type = py::module_::import("aestream_core.errors").attr(name);
    PyErr_SetObject(type.ptr(), type(*arguments).ptr());
}

void translate(std::exception_ptr pointer) {
    try {
        if (pointer) std::rethrow_exception(pointer);
    } catch (const DamagedRecording& error) {
        raise("DamagedRecordingError", py::make_tuple(error.what(), error.byte_offset));
    } catch (const FormatError& error) {
        raise("FormatError", py::make_tuple(error.what()));
    } catch (const InvalidArgument& error) {
        raise("InvalidArgumentError", py::make_tuple(error.what()));
    } catch (const Error& error) {
        raise("AestreamError", py::make_tuple(error.what()));
    }
}

}  // namespace

void register_errors(py::module_&) { py::register_local_exception_translator(&translate); }

}  // namespace aestream::bindings
