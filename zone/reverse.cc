#include "zone/reverse.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <string_view>

namespace meshdns {
namespace {

// What a label stands for: an octet of IPv4, half an octet of IPv6.
struct Family {
  size_t units;
  unsigned bits;
  int base;
  std::string_view suffix;  // wire form
};

constexpr Family kV4{4, 8, 10, std::string_view("\7in-addr\4arpa", 14)};
constexpr Family kV6{32, 4, 16, std::string_view("\3ip6\4arpa", 10)};

unsigned unit_of(const Family& family, std::span<const uint8_t> bytes, size_t unit) {
  if (family.bits == 8) return bytes[unit];
  return unit % 2 == 0 ? bytes[unit / 2] >> 4U : bytes[unit / 2] & 0x0fU;
}

/// The name of the first `units` units of the address.
Name name_of(const Family& family, std::span<const uint8_t> bytes, size_t units) {
  std::string text;
  std::array<char, 4> label;
  while (units-- > 0) {
    const auto end =
        std::to_chars(label.data(), label.data() + label.size(), unit_of(family, bytes, units), family.base).ptr;
    text.append(label.data(), end) += '.';
  }
  return *Name::parse(text + (family.bits == 8 ? "in-addr.arpa" : "ip6.arpa"));
}

const Family& family_of(const IpAddress& address) { return address.is_v4() ? kV4 : kV6; }

IpAddress address_of(std::span<const uint8_t> bytes) {
  return bytes.size() == 4 ? IpAddress::v4(bytes.first<4>()) : IpAddress::v6(bytes.first<16>());
}

std::optional<IpAddress> parse(const Family& family, std::span<const uint8_t> name) {
  std::array<uint8_t, 16> bytes{};
  size_t at = 0;
  for (size_t unit = family.units; unit-- > 0;) {
    const std::string_view label(reinterpret_cast<const char*>(&name[at]) + 1, name[at]);
    unsigned value = 0;
    const auto [end, error] = std::from_chars(label.data(), label.data() + label.size(), value, family.base);
    const bool leads_with_zero = label.size() > 1 && label.front() == '0';
    if (label.empty() || error != std::errc() || end != label.data() + label.size() || value >> family.bits != 0 ||
        leads_with_zero) {
      return std::nullopt;
    }
    const size_t byte = unit * family.bits / 8;
    bytes[byte] = static_cast<uint8_t>(bytes[byte] | value << (family.bits == 4 && unit % 2 == 0 ? 4 : 0));
    at += label.size() + 1;
  }
  const auto rest = name.subspan(at);
  const std::string_view suffix(reinterpret_cast<const char*>(rest.data()), rest.size());
  if (suffix != family.suffix) return std::nullopt;
  return address_of(std::span(bytes).first(family.units * family.bits / 8));
}

}  // namespace

Name reverse_name(const IpAddress& address) {
  const Family& family = family_of(address);
  return name_of(family, address.bytes(), family.units);
}

std::optional<IpAddress> reverse_address(std::span<const uint8_t> name) {
  const auto has_labels = [name](size_t wanted) {
    size_t labels = 0;
    for (size_t at = 0; name[at] != 0; at += name[at] + 1U) ++labels;
    return labels == wanted + 2;
  };
  for (const Family& family : {kV4, kV6}) {
    if (has_labels(family.units)) return parse(family, name);
  }
  return std::nullopt;
}

std::vector<Name> reverse_apexes(const IpBlock& block) {
  const Family& family = family_of(block.base());
  const size_t units = (block.prefix() + family.bits - 1) / family.bits;
  const size_t zones = size_t{1} << (units * family.bits - block.prefix());
  std::vector<Name> apexes;
  std::vector<uint8_t> bytes(block.base().bytes().begin(), block.base().bytes().end());
  const unsigned step = family.bits == 4 && units % 2 == 1 ? 16 : 1;
  for (size_t i = 0; i < zones; ++i) {
    apexes.push_back(name_of(family, bytes, units));
    if (units > 0)
      bytes[(units - 1) * family.bits / 8] = static_cast<uint8_t>(bytes[(units - 1) * family.bits / 8] + step);
  }
  return apexes;
}

}  // namespace meshdns
