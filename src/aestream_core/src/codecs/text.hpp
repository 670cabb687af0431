// Text out of files of unknown origin.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace aestream {

/// The text with every byte that is not part of a UTF-8 character replaced by '?'.
[[nodiscard]] std::string valid_utf8(std::string_view text);

}  // namespace aestream
