#include "k8s/mesh/vip_pool.h"

#include <sodium.h>

#include <algorithm>
#include <array>

#include "k8s/istio/service_entry.h"

namespace meshdns {
namespace {

// Widest: more than anybody has hosts. Longest: two addresses are left.
constexpr unsigned kWidestV4 = 8;
constexpr unsigned kLongestV4 = 30;
constexpr unsigned kWidestV6 = 64;
constexpr unsigned kLongestV6 = 126;

constexpr std::array kIstiods = {"240.240.0.0/16", "2001:2::/48"};

struct Special {
  const char* block;
  const char* what;
};
constexpr std::array kSpecial = {Special{"0.0.0.0/8", "this host's"},
                                 Special{"127.0.0.0/8", "loopback"},
                                 Special{"169.254.0.0/16", "link-local"},
                                 Special{"224.0.0.0/4", "multicast"},
                                 Special{"255.255.255.255/32", "broadcast"},
                                 Special{"::/127", "loopback"},
                                 Special{"::ffff:0:0/96", "IPv4-mapped"},
                                 Special{"fe80::/10", "link-local"},
                                 Special{"ff00::/8", "multicast"}};

constexpr uint64_t kOctet = 0xff;

/// The same in every version: a host without a lease would get another address otherwise.
uint64_t hash_of(std::string_view host) {
  static constexpr std::string_view kKey = "meshdns-vip-pool";
  static_assert(kKey.size() == crypto_shorthash_KEYBYTES);
  std::array<unsigned char, crypto_shorthash_BYTES> hash{};
  crypto_shorthash(hash.data(), reinterpret_cast<const unsigned char*>(host.data()), host.size(),
                   reinterpret_cast<const unsigned char*>(kKey.data()));
  uint64_t number = 0;
  for (const unsigned char octet : hash) number = number << 8 | octet;
  return number;
}

/// Its last 8 octets, or as many as there are.
uint64_t low_bits(const IpAddress& address) {
  uint64_t number = 0;
  for (const uint8_t octet : address.bytes()) number = number << 8 | octet;
  return number;
}

}  // namespace

std::string text(const IpBlock& block) { return block.base().text() + "/" + std::to_string(block.prefix()); }

bool overlap(const IpBlock& one, const IpBlock& other) {
  return one.contains(other.base()) || other.contains(one.base());
}

std::optional<IpBlock> istiods_own(const IpBlock& block) {
  for (const char* text : kIstiods) {
    const auto own = IpBlock::parse(text);
    if (overlap(*own, block)) return *own;
  }
  return std::nullopt;
}

std::optional<ReservedBlock> reserved(const IpBlock& block) {
  if (const auto own = istiods_own(block)) {
    return ReservedBlock{*own, "istiod gives these addresses to entries that have none"};
  }
  for (const Special& special : kSpecial) {
    const auto its = IpBlock::parse(special.block);
    if (overlap(*its, block)) {
      return ReservedBlock{*its,
                           std::string("these are ") + special.what + " addresses, which sidecars do not capture"};
    }
  }
  return std::nullopt;
}

VipPool::VipPool(IpBlock block) : block_(block) {
  const unsigned bits = static_cast<unsigned>(block.base().bytes().size() * 8) - block.prefix();
  last_ = ~uint64_t{0} >> (64 - bits);
}

Result<VipPool> VipPool::parse(std::string_view text) {
  const auto block = IpBlock::parse(text);
  if (!block) return Error{"found \"" + shown(text) + "\", expected a block of addresses such as 240.0.0.0/16"};
  const bool v4 = block->base().is_v4();
  const unsigned widest = v4 ? kWidestV4 : kWidestV6;
  const unsigned longest = v4 ? kLongestV4 : kLongestV6;
  if (block->prefix() < widest || block->prefix() > longest) {
    return Error{"found " + shown(text) + ", expected a prefix from /" + std::to_string(widest) + " to /" +
                 std::to_string(longest)};
  }
  if (const auto taken = reserved(*block)) {
    return Error{"found " + shown(text) + ", which overlaps " + meshdns::text(taken->block) + ": " + taken->why};
  }
  return VipPool(*block);
}

uint64_t VipPool::size() const { return last_ < kOctet ? last_ - 1 : ((last_ >> 8) + 1) * (kOctet - 1); }

IpAddress VipPool::at(uint64_t offset) const {
  std::array<uint8_t, 16> octets{};
  const auto base = block_.base().bytes();
  std::ranges::copy(base, octets.begin());
  for (size_t i = base.size(); i-- > 0 && offset > 0; offset >>= 8) octets.at(i) |= static_cast<uint8_t>(offset);
  return is_v4() ? IpAddress::v4(std::span(octets).first<4>()) : IpAddress::v6(octets);
}

uint64_t VipPool::offset_of(const IpAddress& address) const { return low_bits(address) & last_; }

bool VipPool::gives(uint64_t offset) const {
  const uint64_t octet = (low_bits(block_.base()) | offset) & kOctet;
  return offset != 0 && offset != last_ && octet != 0 && octet != kOctet;
}

std::optional<IpAddress> VipPool::first_free(std::string_view host, const Blocked& blocked) const {
  const uint64_t start = hash_of(host) & last_;
  for (uint64_t passed = 0;;) {  // offsets from the start on that are in vain
    const uint64_t offset = (start + passed) & last_;
    uint64_t up_to = offset;
    if (gives(offset)) {
      const IpAddress address = at(offset);
      const auto until = blocked(address);
      if (!until) return address;
      up_to = block_.contains(*until) ? offset_of(*until) : last_;
    }
    const uint64_t step = up_to - offset;
    if (step >= last_ - passed) return std::nullopt;
    passed += step + 1;
  }
}

}  // namespace meshdns
