#pragma once

// The lexical half of master files (RFC 1035 §5.1): cuts the text into entries and these into tokens; comments,
// parentheses, quotes and escapes end here. What a token means is for others to say.
//
// A value over text that must outlive it and its tokens. Any thread.

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "zone/result.h"

namespace meshdns {

struct ZoneToken {
  std::string_view
      text;             // as in the file: escapes are kept, and are valid; without the quotes where it stands in quotes
  bool quoted = false;  // as a whole; key="value" is not
};

struct ZoneEntry {
  size_t line = 0;         // of its first token, from 1
  bool has_owner = false;  // it begins at the beginning of its line
  std::vector<ZoneToken> tokens;
};

class ZoneTextReader {
 public:
  /// Of an entry, without comments: the longest record in RFC 3597's form has half of it.
  static constexpr size_t kMaxEntry = 256 << 10;

  explicit ZoneTextReader(std::string_view text);

  /// The next entry, with at least one token. False: there is none.
  Result<bool> next(ZoneEntry& entry);

  /// Where the reader stands, or where the error is.
  size_t line() const { return line_; }

 private:
  std::optional<Error> read_token(ZoneEntry& entry);
  std::optional<Error> skip_escape();
  void skip_comment();

  std::string_view text_;
  size_t at_ = 0;
  size_t line_ = 1;
};

}  // namespace meshdns
