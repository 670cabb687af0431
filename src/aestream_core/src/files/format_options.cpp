#include "aestream_core/format_options.hpp"

#include <algorithm>

#include "aestream_core/errors.hpp"

namespace aestream {

std::string option_or(const FormatOptions& given, std::string_view name, std::string_view fallback) {
    const auto found = given.find(name);
    return found == given.end() ? std::string(fallback) : found->second;
}

void check_options(const FormatOptions& given, std::span<const FormatOption> known, std::string_view format,
                   std::string_view doing) {
    for (const auto& [name, value] : given) {
        if (std::ranges::find(known, name, &FormatOption::name) != known.end()) continue;
        std::string names;
        for (const FormatOption& option : known) names += (names.empty() ? "" : ", ") + std::string(option.name);
        throw InvalidArgument("unknown option '" + name + "'; what " + std::string(doing) + " " + std::string(format) +
                              " knows: " + (names.empty() ? "no options" : names));
    }
}

void refuse_option(const FormatOption& option, std::string_view value) {
    throw InvalidArgument("option " + std::string(option.name) + " is '" + std::string(value) + "'; it may be " +
                          std::string(option.allowed));
}

}  // namespace aestream
