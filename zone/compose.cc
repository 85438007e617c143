// What stands at an owner, all contributions together: the file's records, the winning claimant's addresses, and the SRV and PTR
// records that follow from claims. A part of the catalog.

#include <algorithm>
#include <cstring>

#include "zone/catalog_state.h"
#include "zone/octets.h"
#include "zone/reverse.h"
#include "zone/rr_type.h"
#include "zone/unix_time.h"

namespace meshdns {
namespace {

// Of one address. All hosts behind one gateway share its address; who asks for its name has no use for a thousand (RFC 2181 §10.2).
constexpr size_t kMostHosts = 64;
// Claims looked at for them: tens of thousands that lost their hosts must not be looked at for every change. Names that are missed
// beyond it are names of that address alone.
constexpr size_t kMostClaims = 1024;
// Of one host: see CatalogOptions.
constexpr size_t kMostMerged = 64;
constexpr size_t kMostTogether = 256;

bool is_wildcard(std::span<const uint8_t> owner) { return owner.size() > 2 && owner[0] == 1 && owner[1] == '*'; }

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

/// Of Istio's protocols all but UDP run over TCP.
std::string_view transport(std::string_view protocol) {
  return std::ranges::equal(protocol, std::string_view("udp"), {}, lower) ? "udp" : "tcp";
}

/// Whether the name's first label is "_text", in whatever case the text is.
bool spells(std::span<const uint8_t> name, std::string_view text) {
  const std::string_view label(reinterpret_cast<const char*>(name.data()) + 1, name[0]);
  return label.size() == text.size() + 1 && std::ranges::equal(label.substr(1), text, {}, {}, lower);
}

/// RFC 2782: _Service._Proto.Name. Nothing where it gets too long for a name.
std::optional<Name> service_name(const Port& port, std::span<const uint8_t> host) {
  if (port.name.size() >= Name::kMaxLabel) return std::nullopt;
  std::vector<uint8_t> wire;
  for (const std::string_view label : {std::string_view(port.name), transport(port.protocol)}) {
    wire.push_back(static_cast<uint8_t>(label.size() + 1));
    wire.push_back('_');
    std::ranges::transform(label, std::back_inserter(wire), lower);
  }
  wire.insert(wire.end(), host.begin(), host.end());
  auto name = Name::from_wire(wire);
  return name ? std::optional(*std::move(name)) : std::nullopt;
}

/// All of theirs, each once.
std::vector<IpAddress> addresses_of(const std::vector<const Claim*>& claims) {
  std::vector<IpAddress> addresses;
  for (const Claim* claim : claims) {
    for (const IpAddress& address : claim->addresses()) {
      if (claims.size() == 1 || std::ranges::count(addresses, address) == 0) addresses.push_back(address);
    }
  }
  return addresses;
}

}  // namespace

// Which owners a change concerns --------------------------------------------------------------------------------------

/// The owners of SRV and PTR records that exist, or not, because of the claim.
void Catalog::State::touch_derived(const Claim& claim) {
  if (!derives() || is_wildcard(claim.owner()) || !derived_of.insert(&claim).second) return;
  const auto touch_name = [this](Name owner) { touch(derived.emplace_back(std::move(owner)).wire()); };
  if (options.services) {
    for (const Port& port : claim.holding().ports()) {
      if (auto owner = service_name(port, claim.owner())) touch_name(*std::move(owner));
    }
  }
  for (const IpAddress& address : claim.addresses()) {
    if (is_reversed(claim, address)) touch_name(reverse_name(address));
  }
}

/// Whoever is about to lose the owner, or has just won it.
void Catalog::State::touch_contributors(std::span<const uint8_t> owner) {
  if (!derives()) return;
  name.parse(owner, directory.key());
  for (const Claim* claim : contributors(claims.winner(owner, name.hash(0)))) touch_derived(*claim);
}

/// Those of an owner's claimants who answer: the winner, or the first ones together. None without a winner.
std::vector<const Claim*> Catalog::State::contributors(const Claim* winner) const {
  std::vector<const Claim*> first;
  const bool merges = options.conflicts == CatalogOptions::Conflicts::kMerge;
  size_t addresses = 0;
  size_t ports = 0;
  for (const Claim* claim = winner; claim != nullptr && first.size() < (merges ? kMostMerged : 1);
       claim = claim->next) {
    if (merges) {
      addresses += size_t{claim->v4} + claim->v6;
      ports += claim->holding().port_count();
      if (claim != winner && std::max(addresses, ports) > kMostTogether) break;
    }
    first.push_back(claim);
  }
  return first;
}

bool Catalog::State::is_reversed(const Claim& claim, const IpAddress& address) const {
  const AddressOrigin origin = claim.origin();
  return (origin == AddressOrigin::kSpec || origin == AddressOrigin::kStatus) && !is_wildcard(claim.owner()) &&
         std::ranges::any_of(options.reverse, [&](const IpBlock& block) { return block.contains(address); });
}

void Catalog::State::index_addresses(const Holding& holding, bool added) {
  if (options.reverse.empty()) return;
  for (const Claim& claim : holding.claims()) {
    for (const IpAddress& address : claim.addresses()) {
      if (!is_reversed(claim, address)) continue;
      if (added) {
        by_address.emplace(address, &claim);
      } else {
        by_address.erase({address, &claim});
      }
    }
  }
}

/// Many claims lead to one PTR owner, or are one host's: it is decided once.
void Catalog::State::forget_repeated_touches() {
  if (derived.empty() && claims.shared() == 0) return;
  std::sort(touched.begin(), touched.end(), [](const Touched& a, const Touched& b) {
    return std::lexicographical_compare(a.owner.begin(), a.owner.end(), b.owner.begin(), b.owner.end());
  });
  const auto is_same = [](const Touched& a, const Touched& b) { return std::ranges::equal(a.owner, b.owner); };
  touched.erase(std::unique(touched.begin(), touched.end(), is_same), touched.end());
}

// What stands there ---------------------------------------------------------------------------------------------------

/// Begins `builder` for `owner`, which is below the zone's apex, and adds all that stands there. Whether anything does.
bool Catalog::State::compose(const Zone& zone, std::span<const uint8_t> owner) {
  name.parse(owner, directory.key());
  builder.begin(name.wire(), name.hash(0));
  if (zone.file_records() != nullptr) {
    const Name host = *Name::from_wire(owner);
    zone.add_fixed(builder, host);
    if (zone.file_decides(host)) return !builder.empty();
  }
  const uint32_t ttl = zone.options().ttl;
  const std::vector<IpAddress> addresses = addresses_of(contributors(claims.winner(owner, name.hash(0))));
  if (!addresses.empty()) add_addresses(builder, addresses, ttl);
  if (options.services) add_service(ttl);
  if (!options.reverse.empty() && !builder.has(rr_type::kPtr)) {
    const std::vector<Name> hosts = hosts_of(owner);
    if (!hosts.empty()) builder.rrset(rr_type::kPtr, ttl);
    for (const Name& host : hosts) builder.record(host.wire());
  }
  return !builder.empty();
}

/// Where `name` is _port._proto.host: an SRV record for each such port of those who answer for the host. Priority and weight are 0, as
/// there is no choice to be made (RFC 2782).
void Catalog::State::add_service(uint32_t ttl) {
  const auto is_underscored = [this](size_t suffix) {
    return name.wire(suffix).size() > 1 && name.wire(suffix)[1] == '_';
  };
  if (name.labels() < 3 || !is_underscored(0) || !is_underscored(1) || builder.has(rr_type::kSrv)) return;
  const std::span<const uint8_t> host = name.wire(2);
  const std::vector<const Claim*> claimants = contributors(claims.winner(host, name.hash(2)));
  if (claimants.empty() || is_wildcard(host)) return;
  QueryName host_name;
  host_name.parse(host, directory.key());
  const Zone* zone = directory.find(host_name);
  if (zone == nullptr || zone->file_decides(*Name::from_wire(host))) return;

  std::set<uint16_t> numbers;
  for (const Claim* claim : claimants) {
    claim->holding().for_each_port([&](std::string_view port, uint16_t number, std::string_view protocol) {
      if (spells(name.wire(0), port) && spells(name.wire(1), transport(protocol))) numbers.insert(number);
    });
  }
  if (!numbers.empty()) builder.rrset(rr_type::kSrv, ttl);
  for (const uint16_t number : numbers) {
    std::vector<uint8_t> rdata(4);  // priority, weight
    append16(rdata, number);
    rdata.insert(rdata.end(), host.begin(), host.end());
    builder.record(rdata);
  }
}

/// The hosts that are published with the address whose name this is: the first kMostHosts by precedence, sorted.
std::vector<Name> Catalog::State::hosts_of(std::span<const uint8_t> reverse_owner) {
  std::vector<Name> hosts;
  const auto address = reverse_address(reverse_owner);
  if (!address) return hosts;
  QueryName host;
  size_t seen = 0;
  for (auto at = by_address.lower_bound({*address, nullptr});
       at != by_address.end() && at->first == *address && hosts.size() < kMostHosts && seen < kMostClaims;
       ++at, ++seen) {
    const Claim& claim = *at->second;
    host.parse(claim.owner(), directory.key());
    if (std::ranges::count(contributors(claims.winner(claim.owner(), host.hash(0))), &claim) == 0) continue;
    Name published = *Name::from_wire(claim.owner());
    const Zone* zone = directory.find(host);
    const bool is_known = std::ranges::count(hosts, published) > 0;
    if (!is_known && zone != nullptr && !zone->file_decides(published)) hosts.push_back(std::move(published));
  }
  std::sort(hosts.begin(), hosts.end());
  return hosts;
}

// When the file of a zone changes -------------------------------------------------------------------------------------

void Catalog::State::rebuild(Zone& zone) {
  std::unique_ptr<OwnerTree> tree = zone.make_tree();
  const auto put = [&](std::span<const uint8_t> owner) {
    if (compose(zone, owner)) tree->put(name, builder.finish());
  };
  claims.for_each([&](const Holding& holding) {
    review_file_skips(holding);
    for (const Claim& claim : holding.claims()) {
      name.parse(claim.owner(), directory.key());
      if (directory.find(name) == &zone) put(claim.owner());
      touch_derived(claim);
    }
  });
  forget_repeated_touches();
  std::erase_if(touched, [&](const Touched& each) {
    const bool is_ours = each.zone == &zone && each.owner.size() > zone.apex().wire().size();
    if (is_ours) put(each.owner);
    return is_ours;
  });
  zone.install(std::move(tree));
  zone.step_serial(unix_now());
}

void Catalog::State::review_file_skips(const Holding& holding) {
  std::vector<Skipped> skips;
  if (const auto known = skipped.find(&holding); known != skipped.end()) skips = known->second;
  const size_t before = std::erase_if(skips, [](const Skipped& skip) { return skip.reason == SkipReason::kZoneFile; });
  size_t after = 0;
  for (const Claim& claim : holding.claims()) {
    const Name host = *Name::from_wire(claim.owner());
    name.assign(host, directory.key());
    if (!directory.find(name)->file_decides(host)) continue;
    skips.push_back(skipped_for_file(host));
    ++after;
  }
  if (before + after > 0) set_skipped(holding, std::move(skips));
}

}  // namespace meshdns
