// One function per topic; module.cpp calls them all.
#pragma once

#include <pybind11/pybind11.h>

namespace aestream::bindings {

void register_errors(pybind11::module_& module);
void register_events(pybind11::module_& module);
void register_survey(pybind11::module_& module);
void register_readiness(pybind11::module_& module);
void register_engine(pybind11::module_& module);
void register_streams(pybind11::module_& module);
void register_files(pybind11::module_& module);
void register_side_records(pybind11::module_& module);
void register_writing(pybind11::module_& module);
void register_columns(pybind11::module_& module);
void register_messages(pybind11::module_& module);
void register_csv(pybind11::module_& module);
void register_sim(pybind11::module_& module);
void register_motion(pybind11::module_& module);
void register_filters(pybind11::module_& module);
void register_net(pybind11::module_& module);
void register_decode_pieces(pybind11::module_& module);

}  // namespace aestream::bindings
