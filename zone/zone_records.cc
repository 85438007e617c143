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

size_t answer_size(const ZoneRecords::Rrset& rrset) {
  constexpr size_t kFixed = 12;  // a pointer to the owner, type, class, TTL, length
  size_t size = 0;
  for (const auto& rdata : rrset.rdata) size += kFixed + rdata.size();
  return size;
}

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

/// RFC 2181 §5, RFC 4343 §3: names do not differ by case.
bool is_same(uint16_t type, const std::vector<uint8_t>& a, const std::vector<uint8_t>& b) {
  if (a == b) return true;
  const auto begin = name_offset(type);
  if (!begin || a.size() != b.size()) return false;
  size_t end = *begin;
  while (end < a.size() && a[end] != 0) end += 1U + a[end];
  end = std::min(end, a.size());
  // A label's length is less than 'A'.
  const auto lower = [](uint8_t octet) { return octet >= 'A' && octet <= 'Z' ? octet | 0x20 : int{octet}; };
  for (size_t i = 0; i < a.size(); ++i) {
    const bool in_name = i >= *begin && i < end;
    if (in_name ? lower(a[i]) != lower(b[i]) : a[i] != b[i]) return false;
  }
  return true;
}

}  // namespace

std::optional<Error> ZoneRecords::add(const Name& name, uint16_t type, uint32_t ttl, std::vector<uint8_t> rdata) {
  Owner& owner = owners[name];
  if (const Rrset* other = find_conflict(owner, type)) {
    return Error{type_text(type) + " of " + name.text() + " beside its " + type_text(other->type) +
                 ", expected a CNAME to be alone"};
  }
  auto rrset = std::ranges::find(owner, type, &Rrset::type);
  if (rrset == owner.end()) rrset = owner.insert(owner.end(), {type, ttl, {}});
  rrset->ttl = std::min(rrset->ttl, ttl);
  const bool known = std::ranges::any_of(rrset->rdata, [&](const auto& other) { return is_same(type, other, rdata); });
  if (!rrset->rdata.empty() && is_singleton(type) && (!known || type == rr_type::kSoa)) {
    return Error{"a second " + type_text(type) + " of " + name.text() + ", expected one"};
  }
  if (known) return std::nullopt;
  rrset->rdata.push_back(std::move(rdata));
  if (answer_size(*rrset) > kMaxRrset) {
    return Error{"the " + type_text(type) + " records of " + name.text() + " have more than " +
                 std::to_string(kMaxRrset) + " octets, expected what fits into a message"};
  }
  return std::nullopt;
}

}  // namespace meshdns
