#include <algorithm>
#include <charconv>
#include <string_view>

#include "aestream_core/aedat4.hpp"
#include "aestream_core/errors.hpp"
#include "flatbuffer.hpp"
#include "text.hpp"

namespace aestream {

namespace {

constexpr std::string_view magic = "#!AER-DAT4.0\r\n";
constexpr std::size_t largest_header_bytes = std::size_t{64} << 20U;
enum Field : std::size_t { compression_field, table_position_field, info_field };

std::int64_t to_number(std::string_view text, std::int64_t fallback) {
    std::int64_t value = fallback;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
    return result.ec == std::errc() && result.ptr == text.data() + text.size() ? value : fallback;
}

std::uint16_t to_side(std::string_view text) {
    const std::int64_t side = to_number(text, 0);
    return side >= 1 && side <= max_sensor_side ? static_cast<std::uint16_t>(side) : std::uint16_t{0};
}

/// The value of `name="..."` in the text of a tag; empty where it has none.
std::string_view attribute(std::string_view tag, std::string_view name) {
    for (std::size_t at = tag.find(name); at != std::string_view::npos; at = tag.find(name, at + 1)) {
        const std::size_t quote = at + name.size() + 1;
        if (quote >= tag.size() || tag[quote - 1] != '=' || (tag[quote] != '"' && tag[quote] != '\'')) continue;
        const std::size_t end = tag.find(tag[quote], quote + 1);
        if (end != std::string_view::npos) return tag.substr(quote + 1, end - quote - 1);
    }
    return {};
}

/// Walks the XML of the info node, which knows two tags: nested <node name=""> and <attr key="">text</attr>.
class InfoScanner {
public:
    std::vector<Aedat4Stream> scan(std::string_view xml) {
        for (std::size_t open = xml.find('<'); open != std::string_view::npos; open = xml.find('<', open + 1)) {
            const std::size_t close = xml.find('>', open);
            if (close == std::string_view::npos) break;
            take_tag(xml.substr(open + 1, close - open - 1), xml.substr(close + 1));
        }
        return std::move(streams_);
    }

private:
    void take_tag(std::string_view tag, std::string_view rest) {
        if (tag.starts_with("node")) {
            enter(attribute(tag, "name"));
            if (tag.ends_with('/')) path_.pop_back();
        } else if (tag.starts_with("/node")) {
            if (!path_.empty()) path_.pop_back();
        } else if (tag.starts_with("attr") && !tag.ends_with('/')) {
            take_attribute(attribute(tag, "key"), rest.substr(0, rest.find('<')));
        }
    }

    void enter(std::string_view name) {
        path_.push_back(name);
        if (path_.size() != 2 || path_[0] != "outInfo") return;
        constexpr std::int64_t no_id = -1;
        streams_.push_back({static_cast<std::int32_t>(to_number(name, no_id)), "", {}, ""});
    }

    void take_attribute(std::string_view key, std::string_view text) {
        if (streams_.empty() || path_.size() < 2 || path_[0] != "outInfo") return;
        Aedat4Stream& stream = streams_.back();
        if (path_.size() == 2 && key == "typeIdentifier") stream.type = valid_utf8(text);
        if (path_.size() != 3 || path_[2] != "info") return;
        if (key == "sizeX") stream.sensor.width = to_side(text);
        if (key == "sizeY") stream.sensor.height = to_side(text);
        if (key == "source") stream.source = valid_utf8(text);
    }

    std::vector<std::string_view> path_;
    std::vector<Aedat4Stream> streams_;
};

Aedat4Compression to_compression(std::int32_t number) {
    if (number >= 0 && number <= static_cast<std::int32_t>(Aedat4Compression::zstd_high)) {
        return static_cast<Aedat4Compression>(number);
    }
    throw DamagedRecording("its header names compression " + std::to_string(number) + "; AEDAT4 knows 0 to 4",
                           magic.size());
}

Aedat4Header parse_table(std::span<const std::byte> prefixed) {
    const FlatTable table = FlatTable::root(prefixed, "IOHE");
    Aedat4Header header;
    header.compression = to_compression(table.scalar<std::int32_t>(compression_field, 0));
    header.streams = InfoScanner().scan(table.string(info_field));
    header.size_bytes = magic.size() + prefixed.size();
    const auto table_at = table.scalar<std::int64_t>(table_position_field, -1);
    if (table_at >= static_cast<std::int64_t>(header.size_bytes)) {
        header.table_at_byte = static_cast<std::uint64_t>(table_at);
    }
    return header;
}

}  // namespace

std::string to_string(Aedat4Compression compression) {
    constexpr std::string_view names[] = {"NONE", "LZ4", "LZ4_HIGH", "ZSTD", "ZSTD_HIGH"};
    return std::string(names[static_cast<std::size_t>(compression)]);
}

const Aedat4Stream* Aedat4Header::event_stream(std::optional<std::int32_t> id) const {
    const auto found = std::ranges::find_if(
        streams, [&](const Aedat4Stream& stream) { return stream.type == "EVTS" && (!id || stream.id == *id); });
    return found == streams.end() ? nullptr : &*found;
}

std::optional<Aedat4Header> parse_aedat4_header(std::span<const std::byte> file_start) {
    const std::string_view start(reinterpret_cast<const char*>(file_start.data()), file_start.size());
    const std::size_t common = std::min(start.size(), magic.size());
    if (start.substr(0, common) != magic.substr(0, common)) throw FormatError("it does not start with #!AER-DAT4.0");
    if (start.size() < magic.size() + FlatTable::prefix_bytes) return std::nullopt;
    std::uint32_t table_bytes = 0;
    std::memcpy(&table_bytes, file_start.data() + magic.size(), sizeof(table_bytes));
    if (table_bytes > largest_header_bytes) {
        throw DamagedRecording("its header claims " + std::to_string(table_bytes) + " bytes", magic.size());
    }
    const std::size_t prefixed_bytes = FlatTable::prefix_bytes + table_bytes;
    if (start.size() < magic.size() + prefixed_bytes) return std::nullopt;
    try {
        return parse_table(file_start.subspan(magic.size(), prefixed_bytes));
    } catch (const BadFlatbuffer& error) {
        throw DamagedRecording("its header is damaged: " + std::string(error.what()), magic.size());
    }
}

}  // namespace aestream
