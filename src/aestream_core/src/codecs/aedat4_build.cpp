// The beginning of an AEDAT4 file and the data table at its end.
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "aedat4_layout.hpp"
#include "aestream_core/aedat4.hpp"

namespace aestream {

namespace {

using namespace aedat4;

constexpr std::string_view magic = "#!AER-DAT4.0\r\n";
constexpr std::string_view stream_id = "0";

/// Little-endian bytes, one behind the other.
class Bytes {
public:
    template <typename... Numbers>
        requires(std::is_arithmetic_v<Numbers> && ...)
    Bytes& put(Numbers... numbers) {
        (append(&numbers, sizeof(numbers)), ...);
        return *this;
    }
    Bytes& put(std::string_view text) {
        append(text.data(), text.size());
        return *this;
    }
    [[nodiscard]] std::size_t size() const { return bytes_.size(); }
    [[nodiscard]] std::vector<std::byte> take() { return std::move(bytes_); }

private:
    void append(const void* from, std::size_t count) {
        const auto* const first = static_cast<const std::byte*>(from);
        bytes_.insert(bytes_.end(), first, first + count);
    }
    std::vector<std::byte> bytes_;
};

std::string attribute(std::string_view key, std::string_view type, std::string_view text) {
    return "<attr key=\"" + std::string(key) + "\" type=\"" + std::string(type) + "\">" + std::string(text) +
           "</attr>\n";
}

std::string node(std::string_view name, const std::string& path, const std::string& content) {
    return "<node name=\"" + std::string(name) + "\" path=\"" + path + "\">\n" + content + "</node>\n";
}

std::string info_xml(const Aedat4Layout& layout) {
    const std::string path = "/outInfo/" + std::string(stream_id) + "/";
    const std::string info =
        node("info", path + "info/",
             attribute("sizeX", "int", std::to_string(layout.sensor.width)) +
                 attribute("sizeY", "int", std::to_string(layout.sensor.height)) +
                 attribute("source", "string", layout.source) + attribute("tsOffset", "long", "0"));
    const std::string stream = node(stream_id, path,
                                    attribute("compression", "string", to_string(layout.compression)) +
                                        attribute("originalModuleName", "string", "AEStream") +
                                        attribute("originalOutputName", "string", "events") +
                                        attribute("typeDescription", "string", "Array of events (polarity ON/OFF).") +
                                        attribute("typeIdentifier", "string", "EVTS") + info);
    return "<dv version=\"2.0\">\n" + node("outInfo", "/outInfo/", stream) + "</dv>\n";
}

using Offset = std::uint32_t;  // to what a field points at, from the field
using Entry = std::uint16_t;   // of a vtable

}  // namespace

Aedat4FileStart build_aedat4_header(const Aedat4Layout& layout) {
    const std::string xml = info_xml(layout);
    // Places in the flatbuffer: vtable 10, table 20, its position field 28, text 40. Like all 64-bit numbers here the
    // position is aligned as seen from the size before the flatbuffer, which some readers check.
    Bytes flat;
    flat.put(Offset{20}).put(std::string_view("IOHE")).put(Entry{0});
    flat.put(Entry{10}, Entry{20}, Entry{4}, Entry{8}, Entry{16});
    flat.put(std::int32_t{10}, static_cast<std::int32_t>(layout.compression), std::int64_t{-1}, Offset{4});
    flat.put(static_cast<Offset>(xml.size())).put(xml).put('\0');
    Bytes all;
    all.put(magic).put(static_cast<std::uint32_t>(flat.size()));
    constexpr std::size_t position_at = 28;
    const std::uint64_t table_position_at_byte = all.size() + position_at;
    const std::vector<std::byte> body = flat.take();
    all.put(std::string_view(reinterpret_cast<const char*>(body.data()), body.size()));
    return {all.take(), table_position_at_byte};
}

std::vector<std::byte> build_aedat4_table(std::span<const Aedat4TableEntry> entries) {
    // Places in the flatbuffer: root's vtable 8, root 16, an entry's vtable 24, list 44, behind it the entries.
    constexpr std::size_t list_at = 44;
    constexpr std::size_t entry_vtable_at = 24;
    constexpr std::size_t entry_bytes = 48;
    const std::size_t first_offset_at = list_at + sizeof(Offset);
    const std::size_t unaligned = first_offset_at + entries.size() * sizeof(Offset);
    const std::size_t first_entry_at = (unaligned + 3) / 8 * 8 + 4;
    Bytes flat;
    flat.put(Offset{16}).put(std::string_view("FTAB"));
    flat.put(Entry{6}, Entry{8}, Entry{4}, Entry{0});
    flat.put(std::int32_t{8}, static_cast<Offset>(list_at - 20));
    flat.put(Entry{14}, Entry{48}, Entry{16}, Entry{8}, Entry{24}, Entry{32}, Entry{40}, Entry{0}, Entry{0}, Entry{0});
    flat.put(static_cast<std::uint32_t>(entries.size()));
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const std::size_t at = first_offset_at + i * sizeof(Offset);
        flat.put(static_cast<Offset>(first_entry_at + i * entry_bytes - at));
    }
    while (flat.size() < first_entry_at) flat.put('\0');
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const Aedat4TableEntry& entry = entries[i];
        flat.put(static_cast<std::int32_t>(first_entry_at + i * entry_bytes - entry_vtable_at), std::int32_t{0});
        flat.put(entry.stream_id, entry.size_bytes, static_cast<std::int64_t>(entry.at_byte + head_bytes));
        flat.put(entry.elements, entry.first_us, entry.last_us);
    }
    Bytes all;
    all.put(static_cast<std::uint32_t>(flat.size()));
    const std::vector<std::byte> body = flat.take();
    all.put(std::string_view(reinterpret_cast<const char*>(body.data()), body.size()));
    return all.take();
}

}  // namespace aestream
