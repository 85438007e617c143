#pragma once

// Octets as tables of tests spell them.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace meshdns::test {

/// "0A ff" → 10, 255. Blanks are passed over.
inline std::vector<uint8_t> from_hex(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if (c != ' ') digits += c;
  }
  std::vector<uint8_t> octets;
  for (size_t i = 0; i + 1 < digits.size(); i += 2) {
    octets.push_back(static_cast<uint8_t>(std::stoul(digits.substr(i, 2), nullptr, 16)));
  }
  return octets;
}

inline std::string to_hex(std::span<const uint8_t> octets) {
  std::string text;
  for (const uint8_t octet : octets) text += {"0123456789abcdef"[octet >> 4], "0123456789abcdef"[octet & 15]};
  return text;
}

}  // namespace meshdns::test
