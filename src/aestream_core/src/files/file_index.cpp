#include "file_index.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <system_error>
#include <utility>

namespace aestream {

namespace {

namespace fs = std::filesystem;
constexpr std::string_view magic = "aestream index 1\n";

std::uint64_t hash_of(std::string_view text) {  // FNV-1a
    std::uint64_t hash = 0xcbf29ce484222325U;
    for (const unsigned char c : text) hash = (hash ^ c) * 0x100000001b3U;
    return hash;
}

fs::path cache_folder() {
    const char* const cache = std::getenv("XDG_CACHE_HOME");
    if (cache != nullptr && *cache == '/') return fs::path(cache) / "aestream" / "index";
    const char* const home = std::getenv("HOME");
    if (home != nullptr && *home == '/') return fs::path(home) / ".cache" / "aestream" / "index";
    return {};
}

std::string identity_of(const ByteFile& file, std::string_view format) {
    struct stat status{};
    if (file.memory() || file.is_pipe() || ::fstat(file.descriptor(), &status) != 0) return {};
    std::error_code ignored;
    const std::string path = fs::weakly_canonical(file.path(), ignored).string();
    return path + '\n' + std::to_string(status.st_size) + ' ' + std::to_string(status.st_mtim.tv_sec) + '.' +
           std::to_string(status.st_mtim.tv_nsec) + ' ' + std::string(format) + " " AESTREAM_CORE_VERSION "\n";
}

void put(std::string& to, std::uint64_t value) { to.append(reinterpret_cast<const char*>(&value), sizeof(value)); }

void put(std::string& to, std::string_view text) {
    put(to, text.size());
    to += text;
}

/// Takes values off the front of a stored index; stops giving any at the first that is not whole.
class Taker {
public:
    explicit Taker(std::string_view bytes) : bytes_(bytes) {}

    std::optional<std::uint64_t> number() {
        std::uint64_t value = 0;
        if (bytes_.size() < sizeof(value)) return std::nullopt;
        std::memcpy(&value, bytes_.data(), sizeof(value));
        bytes_.remove_prefix(sizeof(value));
        return value;
    }
    std::optional<std::string> text() {
        const auto size = number();
        if (!size || *size > bytes_.size()) return std::nullopt;
        std::string result(bytes_.substr(0, *size));
        bytes_.remove_prefix(*size);
        return result;
    }

private:
    std::string_view bytes_;
};

std::string serialise(std::string_view identity, const std::vector<FileIndex::Entry>& entries) {
    std::string body;
    put(body, identity);
    for (const FileIndex::Entry& entry : entries) {
        put(body, entry.at_byte);
        put(body, entry.latest_us);
        put(body, entry.state);
    }
    std::string whole(magic);
    put(whole, hash_of(body));
    return whole + body;
}

std::vector<FileIndex::Entry> parse(std::string_view stored, std::string_view identity) {
    if (!stored.starts_with(magic)) return {};
    Taker head(stored.substr(magic.size()));
    const auto hash = head.number();
    if (!hash) return {};
    const std::string_view body = stored.substr(magic.size() + sizeof(*hash));
    Taker taker(body);
    if (hash_of(body) != *hash || taker.text() != identity) return {};
    std::vector<FileIndex::Entry> entries;
    for (;;) {
        const auto at_byte = taker.number();
        const auto latest_us = taker.number();
        auto state = taker.text();
        if (!at_byte || !latest_us || !state) return entries;
        entries.push_back({*at_byte, *latest_us, *std::move(state)});
    }
}

std::string read_text(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// Written beside and renamed, so that another process never sees half of it.
void write_text(const fs::path& path, const std::string& text) {
    std::error_code ignored;
    fs::create_directories(path.parent_path(), ignored);
    const fs::path beside = path.string() + "." + std::to_string(hash_of(text)) + ".part";
    {
        std::ofstream file(beside, std::ios::binary);
        file << text;
        if (!file.flush()) {
            fs::remove(beside, ignored);
            return;
        }
    }
    fs::rename(beside, path, ignored);
}

}  // namespace

FileIndex::FileIndex(const ByteFile& file, std::string_view format) : identity_(identity_of(file, format)) {
    const fs::path folder = cache_folder();
    if (identity_.empty() || folder.empty()) return;
    const std::string path = identity_.substr(0, identity_.find('\n')) + ' ' + std::string(format);
    cache_path_ = (folder / std::to_string(hash_of(path))).string();
    entries_ = parse(read_text(cache_path_), identity_);
}

const FileIndex::Entry* FileIndex::last_before(std::uint64_t start_us) const {
    const auto after = std::ranges::find_if(entries_, [&](const Entry& entry) { return entry.latest_us >= start_us; });
    return after == entries_.begin() ? nullptr : &*std::prev(after);
}

void FileIndex::offer(std::uint64_t at_byte, std::uint64_t latest_us, const Decoder& decoder) {
    if (at_byte < (entries_.empty() ? 0 : entries_.back().at_byte) + spacing_bytes) return;
    auto state = decoder.save();
    if (!state) return;
    entries_.push_back({at_byte, latest_us, *std::move(state)});
    grown_ = true;
}

void FileIndex::store() {
    if (!std::exchange(grown_, false) || cache_path_.empty()) return;
    write_text(cache_path_, serialise(identity_, entries_));
}

}  // namespace aestream
