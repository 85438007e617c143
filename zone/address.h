#pragma once

// IP addresses and blocks of them, as the zone publishes them and as the configuration names them.

#include <array>
#include <compare>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "zone/result.h"

namespace meshdns {

/// An IPv4 or IPv6 address in network byte order. No zone index, no port.
class IpAddress {
 public:
  IpAddress() = default;  // none yet: of no family, equal to nothing that was parsed

  static Result<IpAddress> parse(std::string_view text);
  static IpAddress v4(std::span<const uint8_t, 4> bytes);
  static IpAddress v6(std::span<const uint8_t, 16> bytes);

  bool is_v4() const { return size_ == 4; }
  bool is_unspecified() const;
  std::span<const uint8_t> bytes() const { return {bytes_.data(), size_}; }
  std::string text() const;

  auto operator<=>(const IpAddress&) const = default;

 private:
  uint8_t size_ = 0;  // 4 or 16; before the bytes, so that IPv4 sorts before IPv6
  std::array<uint8_t, 16> bytes_{};
};

/// A CIDR block: "10.0.0.0/8", "::1/128". Host bits must be zero. A bare address is a block of that one address.
class IpBlock {
 public:
  static Result<IpBlock> parse(std::string_view text);

  bool contains(const IpAddress& address) const;
  const IpAddress& base() const { return base_; }
  unsigned prefix() const { return prefix_; }
  bool is_single() const { return prefix_ == base_.bytes().size() * 8; }

  bool operator==(const IpBlock&) const = default;

 private:
  IpBlock(IpAddress base, unsigned prefix) : base_(base), prefix_(prefix) {}

  IpAddress base_;
  unsigned prefix_;
};

}  // namespace meshdns
