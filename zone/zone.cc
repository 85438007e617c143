#include "zone/zone.h"

#include <algorithm>

#include "zone/octets.h"
#include "zone/rr_type.h"

namespace meshdns {
namespace {

// For secondaries, which a mesh zone rarely has: refresh and retry as often as they may (RFC 1912 §2.2), expire after
// two weeks.
constexpr uint32_t kRefresh = 1200;
constexpr uint32_t kRetry = 180;
constexpr uint32_t kExpire = 1209600;

// Of what a retired tree takes, a slot and what the writer knows of children: a figure for a metric.
constexpr size_t kOctetsAName = 100;

bool has(const ZoneRecords::Owner& rrsets, uint16_t type) {
  return std::ranges::count(rrsets, type, &ZoneRecords::Rrset::type) > 0;
}

void release_tree(const void* memory) { delete static_cast<const OwnerTree*>(memory); }

/// The SOA's SERIAL: before the four numbers at its end.
uint32_t serial_of(const OwnerNode& apex) {
  const OwnerNode::Found soa = apex.find(rr_type::kSoa);
  uint32_t serial = 0;
  for (size_t at = soa.rrset->size - 20U; at < soa.rrset->size - 16U; ++at) serial = serial << 8 | soa.records[at];
  return serial;
}

void add_file_rrsets(OwnerBuilder& builder, const ZoneRecords::Owner& rrsets, bool is_apex) {
  if (has(rrsets, rr_type::kCname)) builder.mark(OwnerNode::kCname);
  if (has(rrsets, rr_type::kDname)) builder.mark(OwnerNode::kDname);
  if (!is_apex && has(rrsets, rr_type::kNs)) builder.mark(OwnerNode::kCut);
  for (const ZoneRecords::Rrset& rrset : rrsets) {
    builder.rrset(rrset.type, rrset.ttl);
    for (const auto& rdata : rrset.rdata) builder.record(rdata);
  }
}

bool has_addresses(const ZoneRecords::Owner& rrsets) { return has(rrsets, rr_type::kA) || has(rrsets, rr_type::kAaaa); }

}  // namespace

Zone::Zone(ZoneOptions options, uint16_t index, uint32_t serial, const HashKey& key, Epochs& epochs)
    : options_(std::move(options)),
      index_(index),
      apex_labels_(options_.apex.labels()),
      key_(key),
      epochs_(epochs),
      serial_(serial) {}

Zone::~Zone() { delete tree_.load(); }

// The file's records ---------------------------------------------------------------------------------------------------

void Zone::set_file_records(ZoneRecords records) {
  file_cuts_.clear();
  for (const auto& [owner, rrsets] : records.owners) {
    if (has(rrsets, rr_type::kDname) || (owner != apex() && has(rrsets, rr_type::kNs))) file_cuts_.insert(owner);
  }
  file_records_ = std::make_unique<const ZoneRecords>(std::move(records));
}

const ZoneRecords::Owner* Zone::file_owner(const Name& name) const {
  if (!file_records_) return nullptr;
  const auto owner = file_records_->owners.find(name);
  return owner == file_records_->owners.end() ? nullptr : &owner->second;
}

bool Zone::occludes(const Name& name) const {
  if (file_cuts_.empty() || name == apex()) return false;
  for (Name above = name.parent();; above = above.parent()) {
    if (file_cuts_.contains(above)) return true;
    if (above == apex()) return false;
  }
}

void Zone::add_fixed(OwnerBuilder& builder, const Name& name) const {
  const ZoneRecords::Owner* rrsets = file_owner(name);
  if (rrsets != nullptr) add_file_rrsets(builder, *rrsets, false);
  if (occludes(name)) builder.mark(OwnerNode::kOccluded);
  if (whole() || (rrsets != nullptr && (has_addresses(*rrsets) || has(*rrsets, rr_type::kCname)))) return;
  for (const NameServer& server : options_.nameservers) {
    if (server.name == name) add_addresses(builder, server.addresses, options_.ttl);
  }
}

bool Zone::file_decides(const Name& name) const {
  if (!file_records_) return false;
  if (whole() || file_cuts_.contains(name) || occludes(name)) return true;
  const ZoneRecords::Owner* rrsets = file_owner(name);
  return rrsets != nullptr && (has_addresses(*rrsets) || has(*rrsets, rr_type::kCname));
}

// The tree -------------------------------------------------------------------------------------------------------------

OwnerPtr Zone::make_apex() const {
  QueryName apex;
  apex.assign(options_.apex, key_);
  OwnerBuilder builder;
  builder.begin(apex.wire(), apex.hash(0));
  if (whole()) {
    add_file_rrsets(builder, *file_owner(options_.apex), true);
    return builder.finish();
  }

  std::vector<uint8_t> soa;
  for (const Name& name : {options_.nameservers.front().name, options_.contact}) {
    soa.insert(soa.end(), name.wire().begin(), name.wire().end());
  }
  for (const uint32_t field : {serial(), kRefresh, kRetry, kExpire, options_.negative_ttl}) append32(soa, field);
  builder.rrset(rr_type::kSoa, options_.ttl);
  builder.record(soa);

  builder.rrset(rr_type::kNs, options_.ttl);
  for (const NameServer& server : options_.nameservers) builder.record(server.name.wire());

  const ZoneRecords::Owner* rrsets = file_owner(options_.apex);
  if (rrsets != nullptr) add_file_rrsets(builder, *rrsets, true);
  for (const NameServer& server : options_.nameservers) {
    const bool is_apex = server.name == options_.apex && (rrsets == nullptr || !has_addresses(*rrsets));
    if (is_apex) add_addresses(builder, server.addresses, options_.ttl);
  }
  if (!apex_hosts_.empty() && !builder.has(rr_type::kPtr)) {
    builder.rrset(rr_type::kPtr, options_.ttl);
    for (const Name& host : apex_hosts_) builder.record(host.wire());
  }
  return builder.finish();
}

std::unique_ptr<OwnerTree> Zone::make_tree() const {
  auto tree = std::make_unique<OwnerTree>(make_apex(), key_, epochs_);
  std::set<Name> owners;
  const auto add = [&](const Name& name) {
    if (name != apex() && name.is_within(apex())) owners.insert(name);
  };
  if (file_records_) {
    for (const auto& [owner, rrsets] : file_records_->owners) add(owner);
  }
  if (!whole()) {
    for (const NameServer& server : options_.nameservers) {
      if (!server.addresses.empty()) add(server.name);
    }
    for (const Name& child : children_) add(child);
  }
  QueryName name;
  OwnerBuilder builder;
  for (const Name& owner : owners) {
    name.assign(owner, key_);
    builder.begin(name.wire(), name.hash(0));
    add_fixed(builder, owner);
    if (builder.empty()) builder.mark(OwnerNode::kEmpty);
    tree->put(name, builder.finish());
  }
  return tree;
}

void Zone::install(std::unique_ptr<OwnerTree> tree) {
  if (whole()) serial_.store(serial_of(tree->apex()), std::memory_order_relaxed);
  const OwnerTree* old = tree_.exchange(tree.release(), std::memory_order_acq_rel);
  if (old != nullptr) epochs_.retire(old, old->names() * kOctetsAName, release_tree);
  publish_figures();
  loaded_.store(true, std::memory_order_release);
}

const OwnerNode* Zone::find(const QueryName& name) const {
  const OwnerTree* tree = tree_.load(std::memory_order_relaxed);
  return tree == nullptr ? nullptr : tree->find(name);
}

void Zone::put(const QueryName& name, OwnerPtr node) {
  OwnerTree* tree = tree_.load(std::memory_order_relaxed);
  if (tree == nullptr) return;
  tree->put(name, std::move(node));
  publish_figures();
}

void Zone::remove(const QueryName& name) {
  OwnerTree* tree = tree_.load(std::memory_order_relaxed);
  if (tree == nullptr) return;
  tree->remove(name);
  publish_figures();
}

void Zone::publish_figures() {
  const OwnerTree& tree = *tree_.load(std::memory_order_relaxed);
  names_.store(tree.names(), std::memory_order_relaxed);
  records_.store(tree.records(), std::memory_order_relaxed);
}

bool Zone::is_reserved(const Name& name) const {
  return name == options_.apex || std::any_of(options_.nameservers.begin(), options_.nameservers.end(),
                                              [&](const NameServer& server) { return server.name == name; });
}

void Zone::step_serial(int64_t now) {
  OwnerTree* tree = tree_.load(std::memory_order_relaxed);
  if (whole() || tree == nullptr) return;
  const uint32_t next = serial() + 1;
  serial_.store(std::max(next, static_cast<uint32_t>(now)), std::memory_order_relaxed);
  tree->replace_apex(make_apex());
  publish_figures();
}

void Zone::continue_serial(uint32_t last) {
  const uint32_t now = serial();
  if (whole() || last < now) return;
  serial_.store(last, std::memory_order_relaxed);
  step_serial(now);
}

}  // namespace meshdns
