// What the fuzzing programs share: their flags, claims that must hold, and choices drawn from the input.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace aestream::fuzz {

/// Values of `--name=value` on the command line, in order. libFuzzer leaves such arguments alone.
[[nodiscard]] std::vector<std::string> flags(int argc, char** argv, std::string_view name);

/// The name that `--kind=NAME` gives, one of those known. With `--list`, prints these and ends the program; without a
/// known name, says so and ends it.
[[nodiscard]] std::string chosen_name(int argc, char** argv, std::string_view kind,
                                      const std::vector<std::string>& known);

/// End the program as crashed, with a line that says which claim does not hold.
[[noreturn]] void fail(const std::string& claim);

/// A claim about the code under test.
inline void require(bool holds, const char* claim) {
    if (!holds) [[unlikely]]
        fail(claim);
}

/// Choices that depend on the input only, so that a stored input always takes the same way.
class Chooser {
public:
    explicit Chooser(std::span<const std::byte> input);
    /// Evenly among 0 to count - 1.
    [[nodiscard]] std::uint64_t below(std::uint64_t count);
    [[nodiscard]] bool one_in(std::uint64_t count) { return below(count) == 0; }
    /// Bytes for the next piece of a stream: mostly small, often 1, never 0.
    [[nodiscard]] std::size_t piece_bytes();

private:
    std::uint64_t state_;
};

}  // namespace aestream::fuzz
