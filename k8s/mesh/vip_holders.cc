#include "k8s/mesh/vip_holders.h"

#include <algorithm>
#include <array>

#include "k8s/istio/service_entry.h"
#include "k8s/mesh/address_block.h"
#include "k8s/mesh/destination.h"

namespace meshdns {
namespace {

IpAddress last_of(const IpBlock& block) {
  std::array<uint8_t, 16> octets{};
  const auto base = block.base().bytes();
  std::ranges::copy(base, octets.begin());
  for (size_t bit = block.prefix(); bit < base.size() * 8; ++bit) {
    octets.at(bit / 8) |= static_cast<uint8_t>(0x80U >> (bit % 8));
  }
  return block.base().is_v4() ? IpAddress::v4(std::span(octets).first<4>()) : IpAddress::v6(octets);
}

}  // namespace

void VipHolders::add(const ServiceEntry& entry, const std::string& where) {
  for (const std::string& host : entry.hosts) {
    for (const std::string& text : entry.addresses) {
      if (const auto block = parse_address_block(text)) add(*block, {canonical_host(host), where});
    }
  }
  for (const ServiceEntry::StatusAddress& given : entry.status_addresses) {
    const std::string& host = given.host.empty() && !entry.hosts.empty() ? entry.hosts.front() : given.host;
    if (const auto block = IpBlock::parse(given.value)) add(*block, {canonical_host(host), where});
  }
}

void VipHolders::add(const IpBlock& block, const VipHolder& holder) {
  if (block.is_single()) {
    addresses_.emplace(block.base(), holder);
  } else {
    blocks_.emplace_back(block, holder);
  }
}

const VipHolder* VipHolders::other_than(std::string_view host, const IpAddress& address) const {
  const auto [begin, end] = addresses_.equal_range(address);
  for (auto holder = begin; holder != end; ++holder) {
    if (holder->second.host != host) return &holder->second;
  }
  for (const auto& [block, holder] : blocks_) {
    if (holder.host != host && block.contains(address)) return &holder;
  }
  return nullptr;
}

std::optional<IpAddress> VipHolders::taken_up_to(std::string_view host, const IpAddress& address) const {
  std::optional<IpAddress> last;
  for (const auto& [block, holder] : blocks_) {
    if (holder.host != host && block.contains(address)) last = std::max(last, std::optional(last_of(block)));
  }
  if (!last && other_than(host, address) != nullptr) last = address;
  return last;
}

bool VipHolders::has(std::string_view host) const {
  const auto is_it = [&](const auto& each) { return each.second.host == host; };
  return std::ranges::any_of(addresses_, is_it) || std::ranges::any_of(blocks_, is_it);
}

size_t VipHolders::within(const IpBlock& block) const {
  size_t count = 0;
  for (auto each = addresses_.begin(); each != addresses_.end(); each = addresses_.upper_bound(each->first)) {
    count += block.contains(each->first) ? 1 : 0;
  }
  const auto has = [&](const auto& each) {
    return block.contains(each.first.base()) || each.first.contains(block.base());
  };
  return count + static_cast<size_t>(std::ranges::count_if(blocks_, has));
}

}  // namespace meshdns
