#include "k8s/mesh/address_block.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>
#include <string>

namespace meshdns {
namespace {

IpAddress without_bits_behind(const IpAddress& address, size_t prefix) {
  std::array<uint8_t, 16> octets{};
  const auto bytes = address.bytes();
  std::ranges::copy(bytes, octets.begin());
  for (size_t bit = prefix; bit < bytes.size() * 8; ++bit) {
    octets.at(bit / 8) &= static_cast<uint8_t>(~(0x80U >> (bit % 8)));
  }
  return address.is_v4() ? IpAddress::v4(std::span(octets).first<4>()) : IpAddress::v6(octets);
}

}  // namespace

Result<IpBlock> parse_address_block(std::string_view text) {
  auto block = IpBlock::parse(text);
  const size_t slash = text.find('/');
  const auto address = IpAddress::parse(text.substr(0, slash));
  if (block || slash == std::string_view::npos || !address) return block;
  const std::string_view length = text.substr(slash);
  size_t prefix = 0;  // whatever else stands there, IpBlock refuses
  std::from_chars(length.data() + 1, length.data() + length.size(), prefix);
  auto masked = IpBlock::parse(without_bits_behind(*address, prefix).text() + std::string(length));
  return masked ? masked : block;
}

}  // namespace meshdns
