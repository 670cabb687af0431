#include "harness.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>

namespace aestream::fuzz {

std::vector<std::string> flags(int argc, char** argv, std::string_view name) {
    const std::string start = "--" + std::string(name) + "=";
    std::vector<std::string> values;
    for (const std::string_view argument : std::span(argv, static_cast<std::size_t>(argc))) {
        if (argument.starts_with(start)) values.emplace_back(argument.substr(start.size()));
    }
    return values;
}

std::string chosen_name(int argc, char** argv, std::string_view kind, const std::vector<std::string>& known) {
    const auto arguments = std::span(argv, static_cast<std::size_t>(argc));
    const bool list = std::ranges::find(arguments, std::string_view("--list")) != arguments.end();
    const auto names = flags(argc, argv, kind);
    if (!list && names.size() == 1 && std::ranges::find(known, names.front()) != known.end()) return names.front();
    if (!list) std::fprintf(stderr, "give --%s=NAME once; known names:\n", std::string(kind).c_str());
    for (const std::string& name : known) std::fprintf(list ? stdout : stderr, "%s\n", name.c_str());
    std::exit(list ? 0 : 2);
}

void fail(const std::string& claim) {
    std::fprintf(stderr, "fuzz: this does not hold: %s\n", claim.c_str());
    std::abort();
}

Chooser::Chooser(std::span<const std::byte> input) : state_(0xcbf29ce484222325U) {
    for (const std::byte byte : input) state_ = (state_ ^ std::to_integer<std::uint64_t>(byte)) * 0x100000001b3U;
}

// splitmix64: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014.
std::uint64_t Chooser::below(std::uint64_t count) {
    state_ += 0x9e3779b97f4a7c15U;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
    return (z ^ (z >> 31U)) % count;
}

std::size_t Chooser::piece_bytes() {
    constexpr std::array<std::uint64_t, 4> most{1, 4, 24, 512};
    return 1 + below(most[below(most.size())]);
}

}  // namespace aestream::fuzz
