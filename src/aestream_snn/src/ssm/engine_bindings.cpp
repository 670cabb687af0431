#include "bindings.hpp"
namespace aestream::ssm {
void register_engine(pybind11::module_&) {}
}  // namespace aestream::ssm
