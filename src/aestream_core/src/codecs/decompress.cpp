#include "decompress.hpp"

#include <lz4frame.h>
#include <zstd.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace aestream {

namespace {

/// Output memory that doubles as needed and is kept for the next packet.
class Output {
public:
    explicit Output(std::size_t largest_bytes) : largest_bytes_(largest_bytes) {}

    /// Begin a packet. LZ4 and Zstandard write straight into this memory only where a whole block has room.
    void start(std::size_t compressed_bytes) {
        used_ = 0;
        constexpr std::size_t usual_ratio = 4;
        constexpr std::size_t least_bytes = std::size_t{1} << 18U;
        const std::size_t wanted = std::min(std::max(usual_ratio * compressed_bytes, least_bytes), largest_bytes_);
        if (bytes_.size() < wanted) bytes_.resize(wanted);
    }
    /// Memory for more; never empty.
    [[nodiscard]] std::span<std::byte> room() {
        if (used_ == bytes_.size()) {
            if (used_ >= largest_bytes_) throw BadCompression("it expands to more than 1 GiB");
            bytes_.resize(std::min(2 * bytes_.size(), largest_bytes_));
        }
        return std::span(bytes_).subspan(used_);
    }
    void take(std::size_t count) { used_ += count; }
    [[nodiscard]] std::span<const std::byte> result() const { return std::span(bytes_).first(used_); }

private:
    std::size_t largest_bytes_;
    std::vector<std::byte> bytes_;
    std::size_t used_ = 0;
};

class Uncompressed final : public Decompressor {
public:
    std::span<const std::byte> decompress(std::span<const std::byte> bytes) override { return bytes; }
};

class Lz4 final : public Decompressor {
public:
    explicit Lz4(std::size_t largest_bytes) : output_(largest_bytes) {
        LZ4F_dctx* context = nullptr;
        if (LZ4F_isError(LZ4F_createDecompressionContext(&context, LZ4F_VERSION)) != 0U) throw std::bad_alloc();
        context_.reset(context);
    }

    std::span<const std::byte> decompress(std::span<const std::byte> compressed) override {
        if (auto whole = decompress_at_once(compressed)) return *whole;
        LZ4F_resetDecompressionContext(context_.get());
        output_.start(compressed.size());
        std::size_t wanted_bytes = 1;
        while (wanted_bytes != 0 || !compressed.empty()) {
            const auto room = output_.room();
            std::size_t written = room.size();
            std::size_t consumed = compressed.size();
            wanted_bytes =
                LZ4F_decompress(context_.get(), room.data(), &written, compressed.data(), &consumed, nullptr);
            if (LZ4F_isError(wanted_bytes) != 0U) {
                throw BadCompression("its LZ4 frame is damaged (" + std::string(LZ4F_getErrorName(wanted_bytes)) + ")");
            }
            output_.take(written);
            compressed = compressed.subspan(consumed);
            if (wanted_bytes != 0 && written == 0 && consumed == 0) throw BadCompression("its LZ4 frame is cut");
        }
        return output_.result();
    }

private:
    /// Where all fits into the memory at hand, no block needs to be copied for those that refer back to it.
    std::optional<std::span<const std::byte>> decompress_at_once(std::span<const std::byte> compressed) {
        LZ4F_resetDecompressionContext(context_.get());
        output_.start(compressed.size());
        LZ4F_decompressOptions_t options{};
        options.stableDst = 1;
        const auto room = output_.room();
        std::size_t written = room.size();
        std::size_t consumed = compressed.size();
        const std::size_t wanted_bytes =
            LZ4F_decompress(context_.get(), room.data(), &written, compressed.data(), &consumed, &options);
        if (wanted_bytes != 0 || consumed != compressed.size()) return std::nullopt;
        output_.take(written);
        return output_.result();
    }

    struct Free {
        void operator()(LZ4F_dctx* context) const { LZ4F_freeDecompressionContext(context); }
    };
    std::unique_ptr<LZ4F_dctx, Free> context_;
    Output output_;
};

class Zstd final : public Decompressor {
public:
    explicit Zstd(std::size_t largest_bytes) : context_(ZSTD_createDCtx()), output_(largest_bytes) {
        if (!context_) throw std::bad_alloc();
    }

    std::span<const std::byte> decompress(std::span<const std::byte> compressed) override {
        output_.start(compressed.size());
        const auto all_room = output_.room();
        const std::size_t size_bytes =
            ZSTD_decompressDCtx(context_.get(), all_room.data(), all_room.size(), compressed.data(), compressed.size());
        if (ZSTD_isError(size_bytes) == 0U) {
            output_.take(size_bytes);
            return output_.result();
        }
        ZSTD_DCtx_reset(context_.get(), ZSTD_reset_session_only);
        ZSTD_inBuffer in{compressed.data(), compressed.size(), 0};
        std::size_t wanted_bytes = 1;
        while (wanted_bytes != 0 || in.pos < in.size) {
            const auto room = output_.room();
            const std::size_t consumed_before = in.pos;
            ZSTD_outBuffer out{room.data(), room.size(), 0};
            wanted_bytes = ZSTD_decompressStream(context_.get(), &out, &in);
            if (ZSTD_isError(wanted_bytes) != 0U) {
                throw BadCompression("its Zstandard frame is damaged (" + std::string(ZSTD_getErrorName(wanted_bytes)) +
                                     ")");
            }
            output_.take(out.pos);
            if (wanted_bytes != 0 && out.pos == 0 && in.pos == consumed_before) {
                throw BadCompression("its Zstandard frame is cut");
            }
        }
        return output_.result();
    }

private:
    struct Free {
        void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
    };
    std::unique_ptr<ZSTD_DCtx, Free> context_;
    Output output_;
};

}  // namespace

std::unique_ptr<Decompressor> make_uncompressed() { return std::make_unique<Uncompressed>(); }
std::unique_ptr<Decompressor> make_lz4(std::size_t largest_bytes) { return std::make_unique<Lz4>(largest_bytes); }
std::unique_ptr<Decompressor> make_zstd(std::size_t largest_bytes) { return std::make_unique<Zstd>(largest_bytes); }

}  // namespace aestream
