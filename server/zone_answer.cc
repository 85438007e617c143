#include "server/zone_answer.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <span>

#include "zone/directory.h"
#include "zone/rr_type.h"

namespace meshdns {
namespace {

using Match = OwnerTree::Match;
using Section = Response::Section;

constexpr size_t kMostTargets = 64;  // of one RRset, whose addresses are looked for; they are a courtesy

/// Where the name stands within the RDATA of types whose targets' addresses belong in additional (RFC 1035 §3.3, RFC 2782, RFC 9460
/// §4); none for others.
constexpr size_t kNoTarget = ~size_t{0};
size_t target_offset(uint16_t type) {
  switch (type) {
    case rr_type::kNs:
      return 0;
    case rr_type::kMx:
    case rr_type::kSvcb:
    case rr_type::kHttps:
      return 2;
    case rr_type::kSrv:
      return 6;
    default:
      return kNoTarget;
  }
}

/// Whether two names in the message, uncompressed, are the same (RFC 4343).
bool same_name(std::span<const uint8_t> a, std::span<const uint8_t> b) {
  const auto lower = [](uint8_t octet) { return octet >= 'A' && octet <= 'Z' ? octet | 0x20 : octet; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

class Answerer {
 public:
  Answerer(const Directory& directory, uint16_t type, Response& response)
      : directory_(directory), type_(type), response_(response) {}

  /// `zone`: the deepest that the name is in.
  ZoneAnswer answer(const QueryName& name, const Zone* zone) {
    answer_.zone = type_ == rr_type::kDs ? zone_of(name) : zone;
    if (answer_.zone == nullptr) {
      answer_.rcode = Rcode::kRefused;
      answer_.extended_error = ExtendedError::kNotAuthoritative;
    } else if (look_up(*answer_.zone, name)) {
      follow_aliases(name);
    }
    return answer_;
  }

 private:
  // A name in the message.
  struct Place {
    size_t at;
    size_t size;
  };

  const Zone* zone_of(const QueryName& name) const;
  bool look_up(const Zone& zone, const QueryName& name);
  void follow_aliases(const QueryName& name);
  bool add_alias(OwnerNode::Found cname);
  bool redirect(const OwnerNode& owner, size_t suffix, const QueryName& name);
  bool is_answered(const OwnerNode& dname_owner) const;
  void refer(const OwnerTree& tree, const OwnerNode& cut, size_t suffix, const QueryName& name);
  void add_target_addresses(const OwnerTree& tree, uint16_t type, size_t from);
  template <class Visit>
  void each_target(uint16_t type, size_t from, size_t to, Visit visit) const;
  bool add_addresses(const OwnerNode& node, size_t owner_at);
  void deny(const Zone& zone, const OwnerTree& tree, const QueryName& name);
  bool not_ready();
  bool add(Section section, OwnerNode::Found found, size_t owner_at);

  std::span<const uint8_t> bytes(Place place) const { return {response_.data() + place.at, place.size}; }

  const Directory& directory_;
  const uint16_t type_;
  Response& response_;
  ZoneAnswer answer_;
  size_t name_at_ = kHeaderSize;                       // where the name that is being looked up stands
  Place target_{};                                     // of the alias that was added last
  std::array<const OwnerNode*, kMostAliases> dnames_;  // whose DNAME is in the answer
  size_t dname_count_ = 0;
};

const Zone* Answerer::zone_of(const QueryName& name) const {
  const Zone* zone = directory_.find(name);
  // RFC 4035 §3.1.4.1: the parent has the DS.
  if (type_ != rr_type::kDs || zone == nullptr || zone->apex_labels() != name.labels() || name.labels() == 0)
    return zone;
  const Zone* parent = directory_.find(name, 1);
  return parent == nullptr ? zone : parent;
}

bool Answerer::add(Section section, OwnerNode::Found found, size_t owner_at) {
  if (response_.add(section, found, owner_at)) return true;
  response_.set_truncated();
  return false;
}

/// What `zone` says about `name`, which stands at name_at_. Whether an alias has to be followed.
bool Answerer::look_up(const Zone& zone, const QueryName& name) {
  const bool complete = zone.complete();  // read before the lookup: what it misses was not there when all was known
  const OwnerTree* tree = zone.tree();
  if (tree == nullptr) return not_ready();
  const OwnerTree::Lookup found = tree->lookup(name);
  if (found.match == Match::kDname) return redirect(*found.node, found.encloser, name);
  const bool at_parent_side = type_ == rr_type::kDs && found.encloser == 0;
  if (found.match == Match::kDelegation && !at_parent_side) {
    refer(*tree, *found.node, found.encloser, name);
    return false;
  }

  OwnerNode::Found rrset;
  bool is_alias = false;
  if (found.node != nullptr) {
    const auto rrsets = found.node->rrsets();
    const bool any = type_ == rr_type::kAny && !rrsets.empty();
    rrset = found.node->find(any ? rrsets.front().type : type_);  // RFC 8482 §4.1: one RRset
    is_alias = rrset.rrset == nullptr && found.node->is(OwnerNode::kCname);
    if (is_alias) rrset = found.node->find(rr_type::kCname);
  }
  // A name that we do not know yet may exist, and may shadow the wildcard.
  if (!complete && (found.match != Match::kExact || rrset.rrset == nullptr)) return not_ready();
  if (name_at_ == kHeaderSize) answer_.authoritative = true;
  if (rrset.rrset == nullptr) {
    if (found.node == nullptr) answer_.rcode = Rcode::kNxDomain;
    deny(zone, *tree, name);
    return false;
  }
  if (is_alias) return add_alias(rrset);
  if (type_ == rr_type::kDname && found.match == Match::kExact && is_answered(*found.node)) return false;
  const size_t records_at = response_.size();
  if (add(Section::kAnswer, rrset, name_at_)) add_target_addresses(*tree, rrset.rrset->type, records_at);
  return false;
}

/// RFC 2308 §3: the SOA, its TTL the lesser of its own and MINIMUM; its owner points to the apex within the name.
void Answerer::deny(const Zone& zone, const OwnerTree& tree, const QueryName& name) {
  const OwnerNode::Found soa = tree.apex().find(rr_type::kSoa);
  const size_t at = response_.size();
  if (!add(Section::kAuthority, soa, name_at_ + name.offset(name.labels() - zone.apex_labels()))) return;
  uint8_t* const ttl = response_.record(at) + OwnerNode::kTtlOffset;
  const uint32_t minimum = get32(response_.data() + response_.size() - 4);
  put32(ttl, std::min(get32(ttl), minimum));
}

bool Answerer::not_ready() {
  response_.clear();
  answer_ = {.rcode = Rcode::kServFail, .extended_error = ExtendedError::kNotReady, .zone = answer_.zone};
  return false;
}

// Aliases ------------------------------------------------------------------------------------------------------------

/// Not part of answer(), so that a name without an alias does not pay for the scratch memory.
[[gnu::noinline]] void Answerer::follow_aliases(const QueryName& name) {
  std::array<Place, kMostAliases> owners;
  size_t count = 0;
  QueryName target;
  Place owner{kHeaderSize, name.size()};
  for (;;) {
    owners[count++] = owner;
    const auto is_target = [this](Place place) { return same_name(bytes(place), bytes(target_)); };
    if (count == kMostAliases || std::any_of(owners.begin(), owners.begin() + count, is_target)) return;
    target.parse(bytes(target_), directory_.key());
    const Zone* zone = zone_of(target);
    if (zone == nullptr) return;
    owner = target_;
    name_at_ = owner.at;
    if (!look_up(*zone, target)) return;
  }
}

bool Answerer::add_alias(OwnerNode::Found cname) {
  target_ = {response_.size() + OwnerNode::kRecordHeader, cname.rrset->size - OwnerNode::kRecordHeader};
  return add(Section::kAnswer, cname, name_at_);
}

/// RFC 6672 §3.1: the DNAME, and the CNAME that it makes of the name. Suffix `suffix` of the name is the DNAME's owner.
bool Answerer::redirect(const OwnerNode& owner, size_t suffix, const QueryName& name) {
  if (name_at_ == kHeaderSize) answer_.authoritative = true;
  const OwnerNode::Found dname = owner.find(rr_type::kDname);
  if (!is_answered(owner)) {
    if (!add(Section::kAnswer, dname, name_at_ + name.offset(suffix))) return false;
    dnames_[dname_count_++] = &owner;
  }
  const std::span<const uint8_t> below = {response_.data() + name_at_, name.offset(suffix)};
  const std::span<const uint8_t> above = {dname.records + OwnerNode::kRecordHeader,
                                          dname.rrset->size - OwnerNode::kRecordHeader};
  if (below.size() + above.size() > Name::kMaxLength) {
    answer_.rcode = Rcode::kYxDomain;
    return false;
  }
  const size_t record_at = response_.size();
  uint8_t* record = response_.add_record(Section::kAnswer, OwnerNode::kRecordHeader + below.size() + above.size());
  if (record == nullptr) {
    response_.set_truncated();
    return false;
  }
  std::memcpy(record, dname.records, OwnerNode::kRecordHeader);  // for class and TTL
  put16(record, static_cast<unsigned>(0xc000 | name_at_));
  put16(record + 2, rr_type::kCname);
  put16(record + 10, static_cast<unsigned>(below.size() + above.size()));
  target_ = {record_at + OwnerNode::kRecordHeader, below.size() + above.size()};
  std::memcpy(record + OwnerNode::kRecordHeader, below.data(), below.size());
  std::memcpy(record + OwnerNode::kRecordHeader + below.size(), above.data(), above.size());
  return type_ != rr_type::kCname && type_ != rr_type::kAny;
}

/// Whether the answer has the owner's DNAME already: an alias may lead to a name that it redirects, or to the owner itself.
bool Answerer::is_answered(const OwnerNode& dname_owner) const {
  const auto end = dnames_.begin() + dname_count_;
  return std::find(dnames_.begin(), end, &dname_owner) != end;
}

// Delegations and additional records ---------------------------------------------------------------------------------

/// RFC 1034 §4.3.2 step 3b. Suffix `suffix` of the name is the cut.
void Answerer::refer(const OwnerTree& tree, const OwnerNode& cut, size_t suffix, const QueryName& name) {
  const size_t from = response_.size();
  if (!add(Section::kAuthority, cut.find(rr_type::kNs), name_at_ + name.offset(suffix))) return;
  const size_t to = response_.size();
  const size_t cut_labels = name.labels() - suffix;
  const auto is_in_domain = [&](const QueryName& target) {
    return target.labels() >= cut_labels && std::ranges::equal(target.wire(target.labels() - cut_labels), cut.name());
  };
  // RFC 9471 §3: glue within the domain that is delegated has to be there, other glue need not.
  each_target(rr_type::kNs, from, to, [&](const QueryName& target, size_t at) {
    if (!is_in_domain(target)) return;
    const OwnerNode* glue = tree.find(target);
    if (glue != nullptr && !add_addresses(*glue, at)) response_.set_truncated();
  });
  each_target(rr_type::kNs, from, to, [&](const QueryName& target, size_t at) {
    const OwnerNode* glue = is_in_domain(target) ? nullptr : tree.find(target);
    if (glue != nullptr) add_addresses(*glue, at);
  });
}

/// RFC 1034 §4.3.2 step 6, for the records of one RRset from `from` on; what does not fit is left out.
void Answerer::add_target_addresses(const OwnerTree& tree, uint16_t type, size_t from) {
  if (target_offset(type) == kNoTarget) return;
  std::array<const OwnerNode*, kMostTargets> known;
  size_t count = 0;
  each_target(type, from, response_.size(), [&](const QueryName& target, size_t at) {
    if (target.labels() == 0 && (type == rr_type::kSvcb || type == rr_type::kHttps)) return;  // RFC 9460 §2.5: no host
    const OwnerNode* node = tree.find(target);
    if (node == nullptr || count == kMostTargets || !node->is_plain()) return;
    if (std::find(known.begin(), known.begin() + count, node) != known.begin() + count) return;
    known[count++] = node;
    add_addresses(*node, at);
  });
}

/// False where not all of them fit.
bool Answerer::add_addresses(const OwnerNode& node, size_t owner_at) {
  bool fit = true;
  for (const uint16_t type : {rr_type::kA, rr_type::kAaaa}) {
    const OwnerNode::Found addresses = node.find(type);
    if (addresses.rrset != nullptr) fit &= response_.add(Section::kAdditional, addresses, owner_at);
  }
  return fit;
}

/// Calls `visit(target, its place in the message)` for each target that the records from `from` to `to` name.
template <class Visit>
void Answerer::each_target(uint16_t type, size_t from, size_t to, Visit visit) const {
  QueryName target;
  for (size_t at = from; at < to;) {
    const uint8_t* const record = response_.data() + at;
    const size_t size = OwnerNode::record_size(record);
    const size_t offset = OwnerNode::kRecordHeader + target_offset(type);
    // RDATA of an unknown form (RFC 3597) may be too short for a name.
    if (offset < size && target.parse({record + offset, size - offset}, directory_.key()) != 0)
      visit(target, at + offset);
    at += size;
  }
}

/// The usual case, which needs none of the above: the owner is there, it has the type, and no further records go with it.
bool add_plain_answer(const Zone& zone, const QueryName& name, uint16_t type, Response& response) {
  const OwnerTree* tree = zone.tree();
  const OwnerNode* owner = tree == nullptr ? nullptr : tree->find(name);
  if (owner == nullptr || !owner->is_plain() || target_offset(type) != kNoTarget) return false;
  const OwnerNode::Found found = owner->find(type);
  return found.rrset != nullptr && response.add(Section::kAnswer, found, kHeaderSize);
}

[[gnu::noinline]] ZoneAnswer answer_by_the_book(const Directory& directory, const Zone* zone, const QueryName& name,
                                                uint16_t type, Response& response) {
  return Answerer(directory, type, response).answer(name, zone);
}

}  // namespace

ZoneAnswer answer_from_zones(const Directory& directory, const QueryName& name, uint16_t type, Response& response) {
  const Zone* zone = directory.find(name);
  // A zone's apex is another zone's cut, where a DS is asked for.
  if (zone != nullptr && type != rr_type::kDs && add_plain_answer(*zone, name, type, response)) {
    return {.authoritative = true, .zone = zone};
  }
  return answer_by_the_book(directory, zone, name, type, response);
}

}  // namespace meshdns
