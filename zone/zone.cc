#include "zone/zone.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

#include "zone/octets.h"
#include "zone/rr_type.h"

namespace meshdns {
namespace {

// For secondaries, which a mesh zone rarely has: refresh and retry as often as they may (RFC 1912 §2.2), expire after
// two weeks.
constexpr uint32_t kRefresh = 1200;
constexpr uint32_t kRetry = 180;
constexpr uint32_t kExpire = 1209600;

std::string key_of(std::span<const uint8_t> wire) { return {wire.begin(), wire.end()}; }

}  // namespace

Zone::Zone(ZoneOptions options, uint16_t index, uint32_t serial, const HashKey& key, Epochs& epochs)
    : options_(std::move(options)),
      index_(index),
      apex_labels_(options_.apex.labels()),
      key_(key),
      serial_(serial),
      owners_(epochs) {
  OwnerPtr apex = make_apex();
  count(*apex, 1);
  apex_.store(apex.get(), std::memory_order_release);
  owners_.insert(std::move(apex));
  publish_nameservers();
}

Zone::~Zone() = default;

void Zone::publish_nameservers() {
  OwnerBuilder builder;
  QueryName name;
  for (const NameServer& server : options_.nameservers) {
    if (server.addresses.empty() || server.name == options_.apex || !server.name.is_within(options_.apex)) continue;
    name.assign(server.name, key_);
    builder.begin(name.wire(), name.hash(0));
    add_addresses(builder, server.addresses, options_.ttl);
    put(name, builder.finish());
  }
}

OwnerPtr Zone::make_apex() const {
  QueryName apex;
  apex.assign(options_.apex, key_);
  OwnerBuilder builder;
  builder.begin(apex.wire(), apex.hash(0));

  std::vector<uint8_t> soa;
  for (const Name& name : {options_.nameservers.front().name, options_.contact}) {
    soa.insert(soa.end(), name.wire().begin(), name.wire().end());
  }
  for (const uint32_t field : {serial(), kRefresh, kRetry, kExpire, options_.negative_ttl}) append32(soa, field);
  builder.rrset(rr_type::kSoa, options_.ttl);
  builder.record(soa);

  builder.rrset(rr_type::kNs, options_.ttl);
  for (const NameServer& server : options_.nameservers) builder.record(server.name.wire());

  for (const NameServer& server : options_.nameservers) {
    if (server.name == options_.apex) add_addresses(builder, server.addresses, options_.ttl);
  }
  return builder.finish();
}

// Reading ------------------------------------------------------------------------------------------------------------

Zone::Lookup Zone::lookup(const QueryName& name) const {
  if (const OwnerNode* node = find(name)) return {Match::kExact, node, 0};
  for (;;) {
    const uint64_t before = owners_.changes();
    const Lookup found = walk(name);
    if (owners_.changes() == before) return found;
  }
}

Zone::Lookup Zone::walk(const QueryName& name) const {
  // Down from the apex: a flood of deep random names costs one find more than the zone is deep, not one a label.
  size_t encloser = apex_suffix(name);
  while (encloser > 0) {
    const OwnerNode* node = owners_.find(name.hash(encloser - 1), name.wire(encloser - 1));
    if (node == nullptr) break;
    if (--encloser == 0) return {Match::kExact, node, 0};
  }
  const OwnerNode* wildcard = encloser == 0 ? nullptr : find_wildcard(name, encloser);
  return {wildcard == nullptr ? Match::kNone : Match::kWildcard, wildcard, encloser};
}

const OwnerNode* Zone::find_wildcard(const QueryName& name, size_t encloser) const {
  const std::span<const uint8_t> above = name.wire(encloser);
  // The name has a label before the encloser, of two octets at least: the wildcard's name is no longer than it.
  std::array<uint8_t, Name::kMaxLength + 8> wire{1, '*'};
  std::copy(above.begin(), above.end(), wire.begin() + 2);
  return owners_.find(child_hash(key_, name.hash(encloser), wire.data()), {wire.data(), above.size() + 2});
}

// Writing ------------------------------------------------------------------------------------------------------------
//
// A change of several stores keeps to an order in which every state between them gives each query the answer of before
// or of after: ancestors appear from the leaf upwards, as walk() stops at the first that is missing, and disappear from
// the top.

void Zone::put(const QueryName& name, OwnerPtr node) {
  count(*node, 1);
  if (const OwnerNode* old = find(name)) {
    count(*old, -1);
    owners_.replace(std::move(node));
    return;
  }
  owners_.insert(std::move(node));
  link_ancestors(name);
}

void Zone::link_ancestors(const QueryName& name) {
  for (size_t suffix = 1; suffix <= apex_suffix(name); ++suffix) {
    ++children_[key_of(name.wire(suffix))];
    if (owners_.find(name.hash(suffix), name.wire(suffix)) != nullptr) return;
    owners_.insert(make_empty_nonterminal(name, suffix));
  }
}

void Zone::remove(const QueryName& name) {
  const OwnerNode* old = find(name);
  if (old == nullptr || old->is_empty_nonterminal()) return;
  count(*old, -1);
  if (children_.contains(key_of(name.wire()))) {
    owners_.replace(make_empty_nonterminal(name, 0));
  } else {
    unlink_ancestors(name);
  }
}

void Zone::unlink_ancestors(const QueryName& name) {
  size_t top = 0;  // the last suffix that goes: an empty non-terminal with no child left
  for (size_t suffix = 1; suffix <= apex_suffix(name); ++suffix) {
    const auto children = children_.find(key_of(name.wire(suffix)));
    if (--children->second > 0) break;
    children_.erase(children);
    if (!owners_.find(name.hash(suffix), name.wire(suffix))->is_empty_nonterminal()) break;
    top = suffix;
  }
  for (size_t suffix = top + 1; suffix-- > 0;) owners_.erase(name.hash(suffix), name.wire(suffix));
}

OwnerPtr Zone::make_empty_nonterminal(const QueryName& name, size_t suffix) const {
  OwnerBuilder builder;
  builder.begin(name.wire(suffix), name.hash(suffix));
  return builder.finish();
}

void Zone::count(const OwnerNode& node, int64_t sign) {
  if (node.is_empty_nonterminal()) return;
  int64_t records = 0;
  for (const Rrset& rrset : node.rrsets()) records += rrset.count;
  names_.fetch_add(static_cast<uint64_t>(sign), std::memory_order_relaxed);
  records_.fetch_add(static_cast<uint64_t>(sign * records), std::memory_order_relaxed);
}

bool Zone::is_reserved(const Name& name) const {
  return name == options_.apex || std::any_of(options_.nameservers.begin(), options_.nameservers.end(),
                                              [&](const NameServer& server) { return server.name == name; });
}

void Zone::step_serial(int64_t now) {
  const uint32_t next = serial() + 1;
  serial_.store(std::max(next, static_cast<uint32_t>(now)), std::memory_order_relaxed);
  OwnerPtr apex = make_apex();
  apex_.store(apex.get(), std::memory_order_release);
  owners_.replace(std::move(apex));
}

}  // namespace meshdns
