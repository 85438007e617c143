#include "zone/name.h"

#include <algorithm>

namespace meshdns {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Reads one character of a label at `at`, resolving \X and \DDD, and moves `at` behind it. Negative: a bad escape.
int read_character(std::string_view text, size_t& at) {
  if (text[at] != '\\') return static_cast<unsigned char>(text[at++]);
  if (at + 1 == text.size()) return -1;
  if (!is_digit(text[at + 1])) {
    at += 2;
    return static_cast<unsigned char>(text[at - 1]);
  }
  if (at + 3 >= text.size() || !is_digit(text[at + 2]) || !is_digit(text[at + 3])) return -1;
  const int value = (text[at + 1] - '0') * 100 + (text[at + 2] - '0') * 10 + (text[at + 3] - '0');
  at += 4;
  return value <= 255 ? value : -1;
}

}  // namespace

Result<Name> Name::parse(std::string_view text) {
  const auto error = [&](const char* why) { return Error{"'" + std::string(text) + "' is not a domain name: " + why}; };
  if (text.empty()) return error("it is empty");
  if (text == ".") return Name();

  std::string wire(1, '\0');  // the length octet of the label being read
  size_t label = 0;
  for (size_t at = 0; at < text.size();) {
    if (text[at] == '.') {
      if (wire.size() == label + 1) return error("it has an empty label");
      label = wire.size();
      wire.push_back('\0');
      ++at;
      continue;
    }
    const int character = read_character(text, at);
    if (character < 0) return error("a backslash must be followed by a character or by three digits up to 255");
    if (static_cast<size_t>(++wire[label]) > kMaxLabel) return error("a label is longer than 63 octets");
    wire.push_back(lower(static_cast<char>(character)));
    if (wire.size() > kMaxLength) return error("it is longer than 253 characters");
  }
  if (wire.size() != label + 1) wire.push_back('\0');
  if (wire.size() > kMaxLength) return error("it is longer than 253 characters");
  return Name(std::move(wire));
}

Result<Name> Name::from_wire(std::span<const uint8_t> wire) {
  if (wire.size() > kMaxLength) return Error{"a name of more than 255 octets"};
  for (size_t at = 0; at < wire.size(); at += wire[at] + size_t{1}) {
    if (wire[at] > kMaxLabel) return Error{"a label of more than 63 octets, or a compression pointer"};
    if (wire[at] != 0) continue;
    if (at + 1 != wire.size()) return Error{"octets behind the name's root label"};
    std::string lowered(wire.begin(), wire.end());
    // Length octets are at most 63 and so below 'A': folding the whole is folding the labels.
    std::transform(lowered.begin(), lowered.end(), lowered.begin(), lower);
    return Name(std::move(lowered));
  }
  return Error{"a name without its root label"};
}

std::string Name::text() const {
  if (is_root()) return ".";
  std::string text;
  for (size_t at = 0; wire_[at] != '\0'; at += static_cast<size_t>(wire_[at]) + 1) {
    if (at != 0) text.push_back('.');
    for (const char c : std::string_view(wire_).substr(at + 1, static_cast<size_t>(wire_[at]))) {
      const auto octet = static_cast<unsigned char>(c);
      if (std::string_view(".\\\"();@$").find(c) != std::string_view::npos) {
        text.append({'\\', c});
      } else if (octet <= ' ' || octet >= 0x7f) {
        text.append({'\\', static_cast<char>('0' + octet / 100), static_cast<char>('0' + octet / 10 % 10),
                     static_cast<char>('0' + octet % 10)});
      } else {
        text.push_back(c);
      }
    }
  }
  return text;
}

size_t Name::labels() const {
  size_t count = 0;
  for (size_t at = 0; wire_[at] != '\0'; at += static_cast<size_t>(wire_[at]) + 1) ++count;
  return count;
}

Name Name::parent() const { return is_root() ? *this : Name(wire_.substr(static_cast<size_t>(wire_[0]) + 1)); }

bool Name::is_within(const Name& ancestor) const {
  if (ancestor.wire_.size() > wire_.size()) return false;
  const size_t cut = wire_.size() - ancestor.wire_.size();
  size_t at = 0;
  while (at < cut) at += static_cast<size_t>(wire_[at]) + 1;
  return at == cut && wire_.compare(cut, std::string::npos, ancestor.wire_) == 0;
}

}  // namespace meshdns
