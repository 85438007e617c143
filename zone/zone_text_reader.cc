#include "zone/zone_text_reader.h"

#include <algorithm>
#include <string>

namespace meshdns {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Tab and the ends of lines are told apart before.
bool is_control(char c) { return (c >= 0 && c < ' ') || c == 0x7f; }

bool ends_token(char c) { return std::string_view(" \t\r\n;()").find(c) != std::string_view::npos; }

Error unexpected(char c) {
  return Error{"the control character " + std::to_string(static_cast<unsigned char>(c)) +
               ", expected text; \\DDD writes any octet"};
}

}  // namespace

ZoneTextReader::ZoneTextReader(std::string_view text) : text_(text) {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  if (text_.starts_with(kByteOrderMark)) at_ = kByteOrderMark.size();
}

void ZoneTextReader::skip_comment() { at_ = std::min(text_.find('\n', at_), text_.size()); }

Result<bool> ZoneTextReader::next(ZoneEntry& entry) {
  const auto begin_line = [&] { entry.has_owner = at_ < text_.size() && text_[at_] != ' ' && text_[at_] != '\t'; };
  entry.tokens.clear();
  size_t depth = 0;
  size_t opened = 0;  // the line of the last '('
  size_t size = 0;
  begin_line();
  while (at_ < text_.size()) {
    const char c = text_[at_];
    if (c == '\n') {
      ++at_;
      ++line_;
      if (depth > 0) continue;
      if (!entry.tokens.empty()) return true;
      begin_line();
    } else if (c == ' ' || c == '\t' || (c == '\r' && text_.substr(at_ + 1).starts_with('\n'))) {
      ++at_;
    } else if (c == ';') {
      skip_comment();
    } else if (c == '(') {
      ++at_;
      ++depth;
      opened = line_;
    } else if (c == ')') {
      if (depth == 0) return Error{"')' without '(' before it"};
      ++at_;
      --depth;
    } else {
      if (auto error = read_token(entry)) return *std::move(error);
      size += entry.tokens.back().text.size() + 1;
      if (size > kMaxEntry) return Error{"a record of more than " + std::to_string(kMaxEntry) + " characters"};
    }
  }
  if (depth == 0) return !entry.tokens.empty();
  line_ = opened;
  return Error{"'(' without ')' behind it"};
}

/// Moves to the escape's last character.
std::optional<Error> ZoneTextReader::skip_escape() {
  const std::string_view rest = text_.substr(at_ + 1, 3);
  if (rest.empty() || is_control(rest[0])) return Error{"a backslash, expected a character or three digits behind it"};
  if (!is_digit(rest[0])) {
    ++at_;
    return std::nullopt;
  }
  const bool complete = rest.size() == 3 && is_digit(rest[1]) && is_digit(rest[2]);
  if (!complete || rest > "255")
    return Error{"'\\" + std::string(1, rest[0]) + "…', expected three digits up to 255 behind a backslash"};
  at_ += 3;
  return std::nullopt;
}

std::optional<Error> ZoneTextReader::read_token(ZoneEntry& entry) {
  if (entry.tokens.empty()) entry.line = line_;
  const bool quoted = text_[at_] == '"';
  if (quoted) ++at_;
  const size_t begin = at_;
  bool in_quotes = quoted;
  for (; at_ < text_.size(); ++at_) {
    const char c = text_[at_];
    if (c == '\\') {
      if (auto error = skip_escape()) return error;
    } else if (c == '"') {
      in_quotes = !in_quotes;
      if (quoted) break;
    } else if (in_quotes ? c == '\n' || c == '\r' : ends_token(c)) {
      break;
    } else if (is_control(c) && c != '\t') {
      return unexpected(c);
    }
  }
  if (in_quotes) return Error{"a quote without another one behind it on its line"};
  if (at_ == begin && !quoted) return unexpected(text_[at_]);  // a carriage return within a line
  entry.tokens.push_back({text_.substr(begin, at_ - begin), quoted});
  if (quoted) ++at_;
  return std::nullopt;
}

}  // namespace meshdns
