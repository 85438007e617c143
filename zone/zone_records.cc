#include "zone/zone_records.h"

#include <algorithm>
#include <string>
#include <utility>

#include "zone/record_text.h"
#include "zone/rr_type.h"

namespace meshdns {
namespace {

constexpr uint16_t kKey = 25;
constexpr uint16_t kRrsig = 46;
constexpr uint16_t kNsec = 47;

/// RFC 4034 §2.5: what may stand beside a CNAME.
bool is_beside_cname(uint16_t type) { return type == kRrsig || type == kNsec || type == kKey; }

/// RFC 1034 §3.6.2 and RFC 2181 §10.1: another type that is there and that cannot be there together with `type`.
const ZoneRecords::Rrset* find_conflict(const ZoneRecords::Owner& owner, uint16_t type) {
  if (is_beside_cname(type)) return nullptr;
  for (const ZoneRecords::Rrset& rrset : owner) {
    if (rrset.type == type || is_beside_cname(rrset.type)) continue;
    if (type == rr_type::kCname || rrset.type == rr_type::kCname) return &rrset;
  }
  return nullptr;
}

/// RFC 1035 §5.2, RFC 2181 §10.1, RFC 6672 §2.4: types of which an owner has one record.
bool is_singleton(uint16_t type) { return type == rr_type::kSoa || type == rr_type::kCname || type == rr_type::kDname; }

/// Where the name stands in the RDATA of common types that have one; none in others.
std::optional<size_t> name_offset(uint16_t type) {
  switch (type) {
    case rr_type::kNs:
    case rr_type::kCname:
    case rr_type::kPtr:
    case rr_type::kDname:
      return 0;
    case rr_type::kMx:
    case rr_type::kSvcb:
    case rr_type::kHttps:
      return 2;
    case rr_type::kSrv:
      return 6;
    default:
      return std::nullopt;
  }
}

/// RFC 2181 §5, RFC 4343 §3: what is the same where the records are, as names do not differ by case.
std::vector<uint8_t> folded(uint16_t type, std::vector<uint8_t> rdata) {
  const auto begin = name_offset(type);
  if (!begin) return rdata;
  size_t end = *begin;
  while (end < rdata.size() && rdata[end] != 0) end += 1U + rdata[end];
  end = std::min(end, rdata.size());
  for (size_t i = *begin; i < end; ++i) {
    if (rdata[i] >= 'A' && rdata[i] <= 'Z') rdata[i] |= 0x20;  // a label's length is less than 'A'
  }
  return rdata;
}

}  // namespace

bool ZoneRecords::has(const Name& name, uint16_t type) const {
  const auto owner = owners.find(name);
  return owner != owners.end() && std::ranges::find(owner->second, type, &Rrset::type) != owner->second.end();
}

std::optional<Error> ZoneRecords::add(const Name& name, uint16_t type, uint32_t ttl, std::vector<uint8_t> rdata) {
  Owner& owner = owners[name];
  if (const Rrset* other = find_conflict(owner, type)) {
    return Error{type_text(type) + " of " + name.text() + " beside its " + type_text(other->type) +
                 ", expected a CNAME to be alone"};
  }
  auto rrset = std::ranges::find(owner, type, &Rrset::type);
  if (rrset == owner.end()) rrset = owner.insert(owner.end(), {type, 0, ttl, {}, {}});
  rrset->ttl = std::min(rrset->ttl, ttl);

  if (rrset->rdata.size() == 1) rrset->order = {0};
  const auto key = folded(type, rdata);
  const auto key_at = [&](uint16_t index) { return folded(type, rrset->rdata[index]); };
  const auto place = std::ranges::lower_bound(rrset->order, key, {}, key_at);
  const bool known = place != rrset->order.end() && key_at(*place) == key;
  if (!rrset->rdata.empty() && is_singleton(type) && (!known || type == rr_type::kSoa)) {
    return Error{"a second " + type_text(type) + " of " + name.text() + ", expected one"};
  }
  if (known) {
    if (rrset->rdata.size() == 1) rrset->order.clear();
    return std::nullopt;
  }

  constexpr size_t kFixed = 12;  // a pointer to the owner, type, class, TTL, length
  const size_t octets = rrset->octets + kFixed + rdata.size();
  if (octets > kMaxRrset) {
    return Error{"the " + type_text(type) + " records of " + name.text() + " have more than " +
                 std::to_string(kMaxRrset) + " octets, expected what fits into a message"};
  }
  rrset->octets = static_cast<uint16_t>(octets);
  if (!rrset->rdata.empty()) rrset->order.insert(place, static_cast<uint16_t>(rrset->rdata.size()));
  rrset->rdata.push_back(std::move(rdata));
  return std::nullopt;
}

}  // namespace meshdns
