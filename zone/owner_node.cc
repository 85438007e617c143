#include "zone/owner_node.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <new>

#include "zone/octets.h"
#include "zone/rr_type.h"

namespace meshdns {
namespace {

constexpr uint16_t kClassIn = 1;

}  // namespace

void destroy(const OwnerNode* node) { std::free(const_cast<OwnerNode*>(node)); }

void OwnerBuilder::begin(std::span<const uint8_t> name, uint64_t hash) {
  name_ = name;
  hash_ = hash;
  marks_ = 0;
  rrsets_.clear();
  records_.clear();
}

void OwnerBuilder::rrset(uint16_t type, uint32_t ttl) {
  rrsets_.push_back({.type = type, .count = 0, .size = 0, .stride = 0});
  ttl_ = ttl;
}

bool OwnerBuilder::record(std::span<const uint8_t> rdata) {
  constexpr size_t kMost = std::numeric_limits<uint16_t>::max();
  Rrset& rrset = rrsets_.back();
  const size_t size = OwnerNode::kRecordHeader + rdata.size();
  if (rrset.size + size > kMost) return false;
  if (rrset.count == 0) rrset.stride = static_cast<uint16_t>(size);
  if (rrset.stride != size) rrset.stride = 0;
  rrset.size = static_cast<uint16_t>(rrset.size + size);
  ++rrset.count;
  append16(records_, 0xc00c);
  append16(records_, rrset.type);
  append16(records_, kClassIn);
  append32(records_, ttl_);
  append16(records_, rdata.size());
  records_.insert(records_.end(), rdata.begin(), rdata.end());
  return true;
}

bool OwnerBuilder::has(uint16_t type) const {
  return std::any_of(rrsets_.begin(), rrsets_.end(), [type](const Rrset& rrset) { return rrset.type == type; });
}

bool OwnerBuilder::same_as(const OwnerNode& node) const {
  const size_t fixed = sizeof(OwnerNode) + rrsets_.size() * sizeof(Rrset) + name_.size();
  return node.size() == fixed + records_.size() && node.marks_ == marks_ && node.rrsets().size() == rrsets_.size() &&
         std::equal(name_.begin(), name_.end(), node.name().begin(), node.name().end()) &&
         std::memcmp(node.rrsets().data(), rrsets_.data(), rrsets_.size() * sizeof(Rrset)) == 0 &&
         std::equal(records_.begin(), records_.end(), reinterpret_cast<const uint8_t*>(&node) + fixed);
}

OwnerPtr OwnerBuilder::finish() const {
  const size_t size = sizeof(OwnerNode) + rrsets_.size() * sizeof(Rrset) + name_.size() + records_.size();
  void* memory = std::malloc(size);
  if (memory == nullptr) throw std::bad_alloc();
  auto* node = new (memory) OwnerNode;
  node->hash_ = hash_;
  node->size_ = static_cast<uint32_t>(size);
  node->rrset_count_ = static_cast<uint16_t>(rrsets_.size());
  node->name_size_ = static_cast<uint8_t>(name_.size());
  node->marks_ = marks_;
  auto* at = static_cast<uint8_t*>(memory) + sizeof(OwnerNode);
  at = reinterpret_cast<uint8_t*>(std::copy(rrsets_.begin(), rrsets_.end(), reinterpret_cast<Rrset*>(at)));
  at = std::copy(name_.begin(), name_.end(), at);
  std::copy(records_.begin(), records_.end(), at);
  return OwnerPtr(node);
}

void add_addresses(OwnerBuilder& builder, std::span<const IpAddress> addresses, uint32_t ttl) {
  for (const bool v4 : {true, false}) {
    const auto in_family = [v4](const IpAddress& address) { return address.is_v4() == v4; };
    if (std::none_of(addresses.begin(), addresses.end(), in_family)) continue;
    builder.rrset(v4 ? rr_type::kA : rr_type::kAaaa, ttl);
    for (const IpAddress& address : addresses) {
      if (in_family(address)) builder.record(address.bytes());
    }
  }
}

}  // namespace meshdns
