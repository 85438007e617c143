#pragma once

// The words of a Corefile, as CoreDNS's lexer reads them: white space separates, a quote opens a word only at its start and a word ends
// with its quote, `#` outside quotes hides the rest of a line and does not end the word before it. Plain values.
//
// Source: github.com/coredns/caddy, caddyfile/lexer.go.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "zone/result.h"

namespace meshdns {

inline constexpr size_t kMostCorefileOctets = size_t{1} << 20;  // a ConfigMap holds as much
inline constexpr size_t kMostCorefileTokens = size_t{1} << 18;  // snippets expanded; what is more is no configuration

struct CorefileToken {
  size_t begin = 0;  // octets of the Corefile: quotes are within, and a comment without white space before it
  size_t end = 0;
  int line = 0;      // where it begins, from 1
  std::string text;  // without quotes and escapes, what is not UTF-8 replaced, environment variables not

  /// Where it ends; a quoted word may hold line breaks.
  int last_line() const;

  /// Whether CoreDNS replaces a part of it, {$NAME} or {%NAME%}, by what only its own environment knows.
  bool has_environment() const;
};

/// Where what is no byte order mark begins.
size_t corefile_start(std::string_view text);

/// Every text has words; the error is that there are too many.
Result<std::vector<CorefileToken>> corefile_tokens(std::string_view text);

/// "Corefile:12: found 'x', expected y".
Error corefile_error(int line, std::string_view found, std::string_view expected);

}  // namespace meshdns
