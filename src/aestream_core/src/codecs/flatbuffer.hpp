// Reads flatbuffers of unknown origin: every offset is checked before it is followed.
// The encoding: flatbuffers.dev, "FlatBuffer Internals".
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>

namespace aestream {

/// An offset or a size in a flatbuffer points outside it.
struct BadFlatbuffer : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// One table of a flatbuffer, by reference to the bytes.
class FlatTable {
public:
    static constexpr std::size_t prefix_bytes = 4;
    static constexpr std::size_t identifier_bytes = 4;

    /// The root table of a size-prefixed buffer whose file identifier is the given one.
    static FlatTable root(std::span<const std::byte> prefixed, std::string_view identifier) {
        const std::size_t size = read<std::uint32_t>(prefixed, 0);
        if (size > prefixed.size() - prefix_bytes) throw BadFlatbuffer("its size reaches past its end");
        const auto bytes = prefixed.subspan(prefix_bytes, size);
        const std::size_t at = read<std::uint32_t>(bytes, 0);
        if (text(bytes, sizeof(std::uint32_t), identifier_bytes) != identifier) {
            throw BadFlatbuffer("it is not of type " + std::string(identifier));
        }
        return {bytes, at};
    }

    template <typename T>
        requires std::is_arithmetic_v<T>
    [[nodiscard]] T scalar(std::size_t field, T fallback) const {
        const std::size_t at = locate(field);
        return at == 0 ? fallback : read<T>(bytes_, at);
    }

    /// The items of a vector of fixed-size items; empty where the field is absent.
    [[nodiscard]] std::span<const std::byte> items(std::size_t field, std::size_t item_bytes) const {
        const std::size_t at = locate(field);
        if (at == 0) return {};
        const std::size_t vector_at = at + read<std::uint32_t>(bytes_, at);
        const std::size_t count = read<std::uint32_t>(bytes_, vector_at);
        const std::size_t first = vector_at + sizeof(std::uint32_t);
        if (count > (bytes_.size() - first) / item_bytes) throw BadFlatbuffer("a list in it reaches past its end");
        return bytes_.subspan(first, count * item_bytes);
    }

    [[nodiscard]] std::string_view string(std::size_t field) const {
        const auto characters = items(field, 1);
        return {reinterpret_cast<const char*>(characters.data()), characters.size()};
    }

    /// A struct inside the table, as its bytes; empty where the field is absent.
    [[nodiscard]] std::span<const std::byte> structure(std::size_t field, std::size_t size_bytes) const {
        const std::size_t at = locate(field);
        if (at == 0) return {};
        if (at > bytes_.size() || bytes_.size() - at < size_bytes) {
            throw BadFlatbuffer("an offset in it points past its end");
        }
        return bytes_.subspan(at, size_bytes);
    }

    /// How many tables a list of tables has.
    [[nodiscard]] std::size_t table_count(std::size_t field) const {
        return items(field, sizeof(std::uint32_t)).size() / sizeof(std::uint32_t);
    }

    /// One table of a list; index must be below table_count().
    [[nodiscard]] FlatTable table(std::size_t field, std::size_t index) const {
        const auto offsets = items(field, sizeof(std::uint32_t));
        const auto at = static_cast<std::size_t>(offsets.data() - bytes_.data()) + index * sizeof(std::uint32_t);
        return {bytes_, at + read<std::uint32_t>(bytes_, at)};
    }

private:
    FlatTable(std::span<const std::byte> bytes, std::size_t at) : bytes_(bytes), at_(at) {
        const auto back = static_cast<std::int64_t>(read<std::int32_t>(bytes_, at_));
        const auto vtable_at = static_cast<std::int64_t>(at_) - back;
        if (vtable_at < 0) throw BadFlatbuffer("a table in it points before its start");
        vtable_at_ = static_cast<std::size_t>(vtable_at);
        vtable_bytes_ = read<std::uint16_t>(bytes_, vtable_at_);
    }

    /// Where a field's value lies; 0 where the table does not have it.
    [[nodiscard]] std::size_t locate(std::size_t field) const {
        const std::size_t entry = 2 * sizeof(std::uint16_t) + field * sizeof(std::uint16_t);
        if (entry + sizeof(std::uint16_t) > vtable_bytes_) return 0;
        const std::size_t offset = read<std::uint16_t>(bytes_, vtable_at_ + entry);
        return offset == 0 ? 0 : at_ + offset;
    }

    template <typename T>
    static T read(std::span<const std::byte> bytes, std::size_t at) {
        if (at > bytes.size() || bytes.size() - at < sizeof(T))
            throw BadFlatbuffer("an offset in it points past its end");
        T value{};
        std::memcpy(&value, bytes.data() + at, sizeof(T));
        return value;
    }

    static std::string_view text(std::span<const std::byte> bytes, std::size_t at, std::size_t size) {
        if (bytes.size() < at + size) throw BadFlatbuffer("it is too short");
        return {reinterpret_cast<const char*>(bytes.data()) + at, size};
    }

    std::span<const std::byte> bytes_;
    std::size_t at_;
    std::size_t vtable_at_ = 0;
    std::size_t vtable_bytes_ = 0;
};

}  // namespace aestream
