// A recording decoded in pieces of chosen sizes: what tests cut streams anywhere with.
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "aestream_core/errors.hpp"
#include "aestream_core/files.hpp"
#include "bindings.hpp"

namespace py = pybind11;

namespace aestream::bindings {

namespace {

std::vector<std::byte> to_bytes(std::string_view data) {
    const auto bytes = std::as_bytes(std::span(data));
    return {bytes.begin(), bytes.end()};
}

/// Pieces of these sizes, over and over; 0 stands for an empty one.
std::vector<Packet> decode_all(const std::string& name, std::string_view data, const std::vector<std::size_t>& sizes,
                               bool resume) {
    OpenedFile opened = open_bytes(name, to_bytes(data), {});
    PacketWriter writer(opened.info.sensor);
    auto rest = std::as_bytes(std::span(data)).subspan(opened.info.data_begin);
    for (std::size_t i = 0; !rest.empty(); ++i) {
        const std::size_t size = std::min(i < sizes.size() ? sizes[i] : sizes.back() + 1, rest.size());
        // A copy of exactly the piece, so that a sanitizer sees reads beyond it.
        const std::vector<std::byte> piece(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(size));
        opened.decoder->decode(piece, writer);
        rest = rest.subspan(size);
        if (!resume) continue;
        const std::optional<std::string> saved = opened.decoder->save();
        if (!saved) throw InvalidArgument("its decoder cannot save its state");
        opened = open_bytes(name, to_bytes(data), {});
        if (!opened.decoder->restore(*saved)) throw InvalidArgument("its decoder does not take back what it saved");
    }
    opened.decoder->finish(data.size(), writer);
    writer.cut();
    return std::move(writer.ready);
}

}  // namespace

void register_decode_pieces(py::module_& module) {
    module.def("decode_pieces", &decode_all, py::arg("name"), py::arg("data"), py::arg("sizes"),
               py::arg("resume") = false);
}

}  // namespace aestream::bindings
