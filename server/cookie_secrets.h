#pragma once

// The file of cookie secrets: one of 16 octets a line, in hexadecimal; empty lines and lines that begin with # are passed over. The
// first signs, all are accepted.
//
// Its content appears in no message.

#include <string>
#include <string_view>
#include <vector>

#include "server/cookies.h"
#include "zone/result.h"

namespace meshdns {

/// `file` is what the error calls it: `FILE:LINE: what was found, what was expected`.
Result<std::vector<CookieSecret>> parse_cookie_secrets(const std::string& file, std::string_view text);

}  // namespace meshdns
