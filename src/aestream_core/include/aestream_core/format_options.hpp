// Options that only some file formats have, as names and texts: what the command line, Python and the docs iterate.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>

namespace aestream {

/// One option of a format.
struct FormatOption {
    std::string_view name;         ///< "separator"
    std::string_view description;  ///< half a sentence, for people
    std::string_view allowed;      ///< what it may be: "none, lz4, lz4_high, zstd or zstd_high"
    std::string_view fallback;     ///< what it is where it is not given: "lz4", "guessed"
};

/// Options as given, by name.
using FormatOptions = std::map<std::string, std::string, std::less<>>;

/// The text given for an option, else `fallback`.
[[nodiscard]] std::string option_or(const FormatOptions& given, std::string_view name, std::string_view fallback);

/// Throws InvalidArgument where a name was given that the format does not have; `format` and `doing` ("reads",
/// "writes") are for the message.
void check_options(const FormatOptions& given, std::span<const FormatOption> known, std::string_view format,
                   std::string_view doing);

/// Throws InvalidArgument: the value of an option is none of those allowed.
[[noreturn]] void refuse_option(const FormatOption& option, std::string_view value);

}  // namespace aestream
