#include "compress.hpp"

#include <lz4frame.h>
#include <zstd.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <new>
#include <string>
#include <vector>

#include "aestream_core/errors.hpp"
#include "lz4_records.hpp"

namespace aestream {

namespace {

class Uncompressing final : public Compressor {
public:
    [[nodiscard]] std::size_t bound(std::size_t bytes) const override { return bytes; }
    std::size_t compress(std::span<const std::byte> bytes, std::byte* out) override {
        std::ranges::copy(bytes, out);
        return bytes.size();
    }
};

// Blocks that take a packet whole.
constexpr LZ4F_blockSizeID_t block_size = LZ4F_max256KB;
constexpr std::size_t block_bytes = std::size_t{1} << 18U;

LZ4F_preferences_t lz4_preferences(int level) {
    LZ4F_preferences_t preferences{};
    preferences.frameInfo.blockSizeID = block_size;
    preferences.frameInfo.blockMode = LZ4F_blockIndependent;
    preferences.compressionLevel = level;
    return preferences;
}

/// The bytes that begin every frame.
std::vector<std::byte> lz4_frame_start() {
    LZ4F_cctx* context = nullptr;
    if (LZ4F_isError(LZ4F_createCompressionContext(&context, LZ4F_VERSION)) != 0U) throw std::bad_alloc();
    std::vector<std::byte> start(LZ4F_HEADER_SIZE_MAX);
    const LZ4F_preferences_t preferences = lz4_preferences(0);
    const std::size_t size = LZ4F_compressBegin(context, start.data(), start.size(), &preferences);
    LZ4F_freeCompressionContext(context);
    if (LZ4F_isError(size) != 0U) throw Error(std::string("LZ4 cannot begin a frame: ") + LZ4F_getErrorName(size));
    start.resize(size);
    return start;
}

class RecordLz4 final : public Compressor {
public:
    RecordLz4() : frame_start_(lz4_frame_start()) {}

    [[nodiscard]] std::size_t bound(std::size_t bytes) const override {
        const std::size_t blocks = bytes / block_bytes + 1;
        return frame_start_.size() + blocks * (sizeof(std::uint32_t) + lz4_records_bound(block_bytes)) -
               lz4_records_bound(block_bytes) + lz4_records_bound(bytes % block_bytes) + sizeof(std::uint32_t);
    }

    std::size_t compress(std::span<const std::byte> bytes, std::byte* out) override {
        std::byte* cursor = std::ranges::copy(frame_start_, out).out;
        while (!bytes.empty()) {
            const auto block = bytes.first(std::min(bytes.size(), block_bytes));
            cursor = put_block(block, cursor);
            bytes = bytes.subspan(block.size());
        }
        cursor = put_size(0, cursor);
        return static_cast<std::size_t>(cursor - out);
    }

private:
    static std::byte* put_size(std::uint32_t size, std::byte* out) {
        std::memcpy(out, &size, sizeof(size));
        return out + sizeof(size);
    }

    static std::byte* put_block(std::span<const std::byte> block, std::byte* out) {
        constexpr std::uint32_t uncompressed_bit = std::uint32_t{1} << 31U;
        std::byte* const content = out + sizeof(std::uint32_t);
        const std::size_t size = lz4_compress_records(block, content);
        if (size < block.size()) {
            put_size(static_cast<std::uint32_t>(size), out);
            return content + size;
        }
        put_size(static_cast<std::uint32_t>(block.size()) | uncompressed_bit, out);
        return std::ranges::copy(block, content).out;
    }

    std::vector<std::byte> frame_start_;
};

class HighLz4 final : public Compressor {
public:
    explicit HighLz4(int level) : preferences_(lz4_preferences(level)) {}
    [[nodiscard]] std::size_t bound(std::size_t bytes) const override {
        return LZ4F_compressFrameBound(bytes, &preferences_);
    }
    std::size_t compress(std::span<const std::byte> bytes, std::byte* out) override {
        const std::size_t size =
            LZ4F_compressFrame(out, bound(bytes.size()), bytes.data(), bytes.size(), &preferences_);
        if (LZ4F_isError(size) != 0U) throw Error(std::string("LZ4 compression failed: ") + LZ4F_getErrorName(size));
        return size;
    }

private:
    LZ4F_preferences_t preferences_;
};

class ZstdWriter final : public Compressor {
public:
    explicit ZstdWriter(int level) : context_(ZSTD_createCCtx()), level_(level) {
        if (!context_) throw std::bad_alloc();
    }
    [[nodiscard]] std::size_t bound(std::size_t bytes) const override { return ZSTD_compressBound(bytes); }
    std::size_t compress(std::span<const std::byte> bytes, std::byte* out) override {
        const std::size_t size =
            ZSTD_compressCCtx(context_.get(), out, bound(bytes.size()), bytes.data(), bytes.size(), level_);
        if (ZSTD_isError(size) != 0U) {
            throw Error(std::string("Zstandard compression failed: ") + ZSTD_getErrorName(size));
        }
        return size;
    }

private:
    struct Free {
        void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
    };
    std::unique_ptr<ZSTD_CCtx, Free> context_;
    int level_;
};

}  // namespace

std::unique_ptr<Compressor> make_uncompressing() { return std::make_unique<Uncompressing>(); }
std::unique_ptr<Compressor> make_record_lz4() { return std::make_unique<RecordLz4>(); }
std::unique_ptr<Compressor> make_high_lz4(int level) { return std::make_unique<HighLz4>(level); }
std::unique_ptr<Compressor> make_zstd_writer(int level) { return std::make_unique<ZstdWriter>(level); }

}  // namespace aestream
