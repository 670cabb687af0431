#include "bindings.hpp"

PYBIND11_MODULE(_core, module) {
    using namespace aestream::bindings;
    module.doc() = "Private bindings of aestream_core; the public API is in the Python modules around it.";
    register_errors(module);
    register_events(module);
    register_survey(module);
    register_readiness(module);
    register_engine(module);
    register_streams(module);
    register_files(module);
    register_columns(module);
    register_messages(module);
    register_csv(module);
    register_sim(module);
    register_motion(module);
    register_filters(module);
    register_net(module);
    register_decode_pieces(module);
}
