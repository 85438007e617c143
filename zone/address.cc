#include "zone/address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace meshdns {

Result<IpAddress> IpAddress::parse(std::string_view text) {
  char buffer[INET6_ADDRSTRLEN];
  const auto error = [text] { return Error{"'" + std::string(text) + "' is not an IP address"}; };
  if (text.size() >= sizeof buffer || text.find('\0') != std::string_view::npos) return error();
  *std::copy(text.begin(), text.end(), buffer) = '\0';
  IpAddress address;
  if (inet_pton(AF_INET, buffer, address.bytes_.data()) == 1) {
    address.size_ = 4;
  } else if (inet_pton(AF_INET6, buffer, address.bytes_.data()) == 1) {
    address.size_ = 16;
  } else {
    return error();
  }
  return address;
}

IpAddress IpAddress::v4(std::span<const uint8_t, 4> bytes) {
  IpAddress address;
  address.size_ = 4;
  std::copy(bytes.begin(), bytes.end(), address.bytes_.begin());
  return address;
}

IpAddress IpAddress::v6(std::span<const uint8_t, 16> bytes) {
  IpAddress address;
  address.size_ = 16;
  std::copy(bytes.begin(), bytes.end(), address.bytes_.begin());
  return address;
}

bool IpAddress::is_unspecified() const {
  return std::all_of(bytes_.begin(), bytes_.end(), [](uint8_t byte) { return byte == 0; });
}

std::string IpAddress::text() const {
  char buffer[INET6_ADDRSTRLEN];
  inet_ntop(is_v4() ? AF_INET : AF_INET6, bytes_.data(), buffer, sizeof buffer);
  return buffer;
}

namespace {

/// Whether the first `bits` bits of both are the same.
bool same_prefix(std::span<const uint8_t> a, std::span<const uint8_t> b, unsigned bits) {
  const unsigned whole = bits / 8;
  if (!std::equal(a.begin(), a.begin() + whole, b.begin())) return false;
  if (bits % 8 == 0) return true;
  const unsigned mask = 0xffU << (8 - bits % 8);
  return ((a[whole] ^ b[whole]) & mask & 0xffU) == 0;
}

}  // namespace

Result<IpBlock> IpBlock::parse(std::string_view text) {
  const size_t slash = text.find('/');
  const auto base = IpAddress::parse(text.substr(0, slash));
  if (!base) return Error{"'" + std::string(text) + "' is not an IP address or a CIDR block such as 10.0.0.0/8"};
  const auto width = static_cast<unsigned>(base->bytes().size() * 8);
  if (slash == std::string_view::npos) return IpBlock(*base, width);

  const std::string_view digits = text.substr(slash + 1);
  unsigned prefix = 0;
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), prefix);
  if (digits.empty() || failure != std::errc() || end != digits.data() + digits.size() || prefix > width) {
    return Error{"'" + std::string(text) + "': the prefix length is a number from 0 to " + std::to_string(width)};
  }
  const std::array<uint8_t, 16> zero{};
  std::array<uint8_t, 16> host_bits{};
  std::copy(base->bytes().begin(), base->bytes().end(), host_bits.begin());
  for (unsigned bit = 0; bit < prefix; ++bit) host_bits[bit / 8] &= static_cast<uint8_t>(~(0x80U >> (bit % 8)));
  if (host_bits != zero) return Error{"'" + std::string(text) + "' has bits set behind its prefix length"};
  return IpBlock(*base, prefix);
}

bool IpBlock::contains(const IpAddress& address) const {
  return address.is_v4() == base_.is_v4() && same_prefix(base_.bytes(), address.bytes(), prefix_);
}

}  // namespace meshdns
