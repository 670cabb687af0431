#include "decompress.hpp"

#include <lz4frame.h>
#include <zstd.h>

#include <algorithm>
#include <string>
#include <vector>

namespace aestream {

namespace {

/// Output memory that doubles as needed and is kept for the next packet.
class Output {
public:
    void start(std::size_t compressed_bytes) {
        used_ = 0;
        constexpr std::size_t usual_ratio = 4;
        if (bytes_.empty()) bytes_.resize(std::max<std::size_t>(usual_ratio * compressed_bytes, 1U << 16U));
    }
    /// Memory for more; never empty.
    [[nodiscard]] std::span<std::byte> room() {
        if (used_ == bytes_.size()) {
            if (used_ >= Decompressor::max_bytes) throw BadCompression("it expands to more than 1 GiB");
            bytes_.resize(std::min(2 * bytes_.size(), Decompressor::max_bytes));
        }
        return std::span(bytes_).subspan(used_);
    }
    void take(std::size_t count) { used_ += count; }
    [[nodiscard]] std::span<const std::byte> result() const { return std::span(bytes_).first(used_); }

private:
    std::vector<std::byte> bytes_;
    std::size_t used_ = 0;
};

class Uncompressed final : public Decompressor {
public:
    std::span<const std::byte> decompress(std::span<const std::byte> bytes) override { return bytes; }
};

class Lz4 final : public Decompressor {
public:
    Lz4() {
        LZ4F_dctx* context = nullptr;
        if (LZ4F_isError(LZ4F_createDecompressionContext(&context, LZ4F_VERSION)) != 0U) throw std::bad_alloc();
        context_.reset(context);
    }

    std::span<const std::byte> decompress(std::span<const std::byte> compressed) override {
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
    struct Free {
        void operator()(LZ4F_dctx* context) const { LZ4F_freeDecompressionContext(context); }
    };
    std::unique_ptr<LZ4F_dctx, Free> context_;
    Output output_;
};

class Zstd final : public Decompressor {
public:
    Zstd() : context_(ZSTD_createDCtx()) {
        if (!context_) throw std::bad_alloc();
    }

    std::span<const std::byte> decompress(std::span<const std::byte> compressed) override {
        ZSTD_DCtx_reset(context_.get(), ZSTD_reset_session_only);
        output_.start(compressed.size());
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
std::unique_ptr<Decompressor> make_lz4() { return std::make_unique<Lz4>(); }
std::unique_ptr<Decompressor> make_zstd() { return std::make_unique<Zstd>(); }

}  // namespace aestream
