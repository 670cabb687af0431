#include "packet_views.hpp"

#include <cstdint>
#include <cstring>
#include <memory>

namespace py = pybind11;

namespace aestream::bindings {

namespace {

void* address(const Packet& packet) {
    static Event nothing{};
    return packet.empty() ? &nothing : const_cast<Event*>(packet.events().data());
}

py::array read_only_view(const Packet& packet, const py::dtype& dtype) {
    py::array view(dtype, {static_cast<py::ssize_t>(packet.size())}, {static_cast<py::ssize_t>(sizeof(Event))},
                   address(packet), hold(packet.buffer()));
    view.attr("flags").attr("writeable") = false;
    return view;
}

// The structures of the DLPack ABI, versions 0 and 1: https://dmlc.github.io/dlpack/latest/c_api.html
struct DlTensor {
    void* data;
    std::int32_t device_type, device_id;
    std::int32_t ndim;
    std::uint8_t dtype_code, dtype_bits;
    std::uint16_t dtype_lanes;
    std::int64_t* shape;
    std::int64_t* strides;
    std::uint64_t byte_offset;
};
struct DlManagedTensor {
    DlTensor tensor;
    void* context;
    void (*deleter)(DlManagedTensor*);
};
struct DlManagedTensorVersioned {
    std::uint32_t major, minor;
    void* context;
    void (*deleter)(DlManagedTensorVersioned*);
    std::uint64_t flags;
    DlTensor tensor;
};
constexpr std::uint64_t dl_read_only = 1;

template <typename Managed>
struct Holder {
    Managed managed{};
    BufferRef buffer;
    std::int64_t shape = 0;
    std::int64_t stride = 1;
};

template <typename Managed>
Managed* make_managed(const Packet& packet) {
    auto holder = std::make_unique<Holder<Managed>>();
    holder->buffer = packet.buffer();
    holder->shape = static_cast<std::int64_t>(packet.size());
    holder->managed.tensor = {address(packet), 1, 0, 1, 0, 64, 1, &holder->shape, &holder->stride, 0};
    holder->managed.context = holder.get();
    holder->managed.deleter = [](Managed* managed) { delete static_cast<Holder<Managed>*>(managed->context); };
    return &holder.release()->managed;
}

// A consumer that takes the tensor over renames the capsule to "used_..."; until then the capsule owns it.
template <typename Managed>
py::capsule capsule_of(Managed* managed, const char* name) {
    return py::capsule(managed, name, [](PyObject* object) {
        const char* current = PyCapsule_GetName(object);
        if (std::strncmp(current, "used_", 5) == 0) return;
        auto* unused = static_cast<Managed*>(PyCapsule_GetPointer(object, current));
        unused->deleter(unused);
    });
}

}  // namespace

py::capsule hold(const BufferRef& buffer) {
    return {new BufferRef(buffer), [](void* pointer) { delete static_cast<BufferRef*>(pointer); }};
}

py::array records_view(const Packet& packet) { return read_only_view(packet, py::dtype::of<Event>()); }

py::array words_view(const Packet& packet) { return read_only_view(packet, py::dtype::of<std::int64_t>()); }

py::capsule dlpack_view(const Packet& packet, bool versioned) {
    if (!versioned) return capsule_of(make_managed<DlManagedTensor>(packet), "dltensor");
    auto* managed = make_managed<DlManagedTensorVersioned>(packet);
    managed->major = 1;
    managed->minor = 0;
    managed->flags = dl_read_only;
    return capsule_of(managed, "dltensor_versioned");
}

}  // namespace aestream::bindings
