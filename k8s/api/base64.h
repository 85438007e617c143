#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace meshdns {

/// RFC 4648 §4 with padding; line ends are passed over, as Go does. Nothing where `text` is anything else.
std::optional<std::string> base64_decode(std::string_view text);

std::string base64_encode(std::string_view bytes);

}  // namespace meshdns
