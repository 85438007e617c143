#include "k8s/stub/corefile_tokens.h"

#include <algorithm>
#include <cstdint>

#include "k8s/api/api_objects.h"

namespace meshdns {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
constexpr std::string_view kReplacement = "\xef\xbf\xbd";

struct Character {
  char32_t code;
  size_t octets;
  bool valid;
};

/// As Go decodes UTF-8: an octet that begins no character is one of its own, U+FFFD.
Character decode(std::string_view text) {
  const auto octet = [&](size_t at) { return static_cast<uint8_t>(text[at]); };
  const uint8_t first = octet(0);
  if (first < 0x80) return {first, 1, true};
  const size_t octets = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < octets) return {0xfffd, 1, false};
  char32_t code = first & (0xff >> (octets + 1));
  for (size_t at = 1; at < octets; ++at) {
    if ((octet(at) & 0xc0) != 0x80) return {0xfffd, 1, false};
    code = code << 6 | (octet(at) & 0x3f);
  }
  const bool too_long = (octets == 3 && code < 0x800) || (octets == 4 && code < 0x10000);
  if (too_long || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return {0xfffd, 1, false};
  return {code, octets, true};
}

/// Unicode's White_Space.
bool is_space(char32_t code) {
  return (code >= '\t' && code <= '\r') || code == ' ' || code == 0x85 || code == 0xa0 || code == 0x1680 ||
         (code >= 0x2000 && code <= 0x200a) || code == 0x2028 || code == 0x2029 || code == 0x202f || code == 0x205f ||
         code == 0x3000;
}

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text), at_(corefile_start(text)) {}

  bool next(CorefileToken& token) {
    token = {};
    bool comment = false;
    bool glued = false;  // to a word: the white space that ends the word ends the comment, too
    while (at_ < text_.size()) {
      const size_t begin = at_;
      const Character character = take();
      if (is_space(character.code)) {
        if (character.code == '\r') continue;
        if (character.code == '\n') {
          ++line_;
          comment = false;
        }
        if (token.text.empty()) continue;
        if (glued) token.end = begin;
        return true;
      }
      if (character.code == '#') {
        comment = true;
        glued = !token.text.empty();
      }
      if (comment) continue;
      if (token.text.empty()) {
        token.begin = begin;
        token.line = line_;
        if (character.code == '"') return quoted(token);
      }
      append(token, character, begin);
    }
    if (glued) token.end = at_;
    return !token.text.empty();
  }

 private:
  Character take() {
    const Character character = decode(text_.substr(at_));
    at_ += character.octets;
    return character;
  }

  void append(CorefileToken& token, const Character& character, size_t begin) {
    token.text += character.valid ? text_.substr(begin, character.octets) : kReplacement;
    token.end = at_;
  }

  /// A quote that is never closed holds the rest of the text; with nothing in it, it is no word.
  bool quoted(CorefileToken& token) {
    bool escaped = false;
    while (at_ < text_.size()) {
      const size_t begin = at_;
      const Character character = take();
      token.end = at_;
      if (!escaped && character.code == '\\') {
        escaped = true;
        continue;
      }
      if (!escaped && character.code == '"') return true;
      if (character.code == '\n') ++line_;
      if (escaped && character.code != '"') token.text += '\\';
      append(token, character, begin);
      escaped = false;
    }
    return !token.text.empty();
  }

  std::string_view text_;
  size_t at_;
  int line_ = 1;
};

bool has_reference(std::string_view text, std::string_view start, std::string_view end) {
  const size_t begin = text.find(start);
  if (begin == std::string_view::npos) return false;
  const size_t close = text.find(end, begin);
  return close != std::string_view::npos && close > begin + start.size();
}

}  // namespace

int CorefileToken::last_line() const { return line + static_cast<int>(std::ranges::count(text, '\n')); }

bool CorefileToken::has_environment() const {
  return has_reference(text, "{%", "%}") || has_reference(text, "{$", "}");
}

size_t corefile_start(std::string_view text) { return text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0; }

Result<std::vector<CorefileToken>> corefile_tokens(std::string_view text) {
  Lexer lexer(text);
  std::vector<CorefileToken> tokens;
  CorefileToken token;
  while (lexer.next(token)) {
    if (tokens.size() == kMostCorefileTokens)
      return corefile_error(token.line, "more words", "at most " + std::to_string(kMostCorefileTokens));
    tokens.push_back(token);
  }
  return tokens;
}

Error corefile_error(int line, std::string_view found, std::string_view expected) {
  return Error{"Corefile:" + std::to_string(line) + ": found " + printable(found) + ", expected " +
               std::string(expected)};
}

}  // namespace meshdns
