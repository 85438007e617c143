#include "k8s/mesh/vip_choice.h"

#include <algorithm>

#include "k8s/istio/service_entry.h"
#include "zone/joined.h"

namespace meshdns {
namespace {

std::optional<Error> one_of_a_family(const PresentVips& entry) {
  const auto v4 = static_cast<size_t>(std::ranges::count_if(entry.addresses, &IpAddress::is_v4));
  if (v4 <= 1 && entry.addresses.size() - v4 <= 1) return std::nullopt;
  return Error{entry.where + " has " + joined(entry.addresses, &IpAddress::text) +
               ", expected one address of a family at most; --address " + entry.addresses.front().text() +
               " leaves that one alone"};
}

/// Where the ledger knows nothing of the host, but an entry has addresses: those become its lease.
std::optional<Error> adopt(VipLedger& ledger, const std::string& host, const std::vector<PresentVips>& present,
                           const VipRules& rules) {
  const auto lease = ledger.find(host);
  if (lease != ledger.end() && !lease->second.released) return std::nullopt;
  for (const PresentVips& entry : present) {
    if (entry.addresses.empty()) continue;
    if (auto error = one_of_a_family(entry)) return error;
    return lease_these(ledger, host, entry.addresses, rules);
  }
  return std::nullopt;
}

/// The address, and what the host has of the other family: by its lease, which stays by itself, or else by an entry.
std::vector<IpAddress> with_other_family(const IpAddress& wanted, const VipLedger& ledger, const std::string& host,
                                         const std::vector<PresentVips>& present) {
  std::vector<IpAddress> all{wanted};
  const auto is_other = [&](const IpAddress& address) { return address.is_v4() != wanted.is_v4(); };
  const auto lease = ledger.find(host);
  if (lease != ledger.end() && std::ranges::any_of(lease->second.addresses, is_other)) return all;
  for (const PresentVips& entry : present) {
    const auto found = std::ranges::find_if(entry.addresses, is_other);
    if (found == entry.addresses.end()) continue;
    all.push_back(*found);
    break;
  }
  return all;
}

/// An entry whose clients know the host by another address.
std::optional<Error> moves(const std::vector<IpAddress>& leased, const std::string& host,
                           const std::vector<PresentVips>& present) {
  for (const PresentVips& entry : present) {
    for (const IpAddress& address : entry.addresses) {
      if (std::ranges::count(leased, address) > 0) continue;
      return Error{entry.where + " has " + address.text() + ", and " + host + " has elsewhere " +
                   joined(leased, &IpAddress::text) + "; --address " + leased.front().text() +
                   " changes it: clients that still have the old answer then reach nobody"};
    }
  }
  return std::nullopt;
}

}  // namespace

Result<std::vector<IpAddress>> choose_vips(VipLedger& ledger, const std::string& host, std::optional<IpAddress> wanted,
                                           const std::vector<PresentVips>& present, const VipRules& rules) {
  auto error = wanted ? lease_these(ledger, host, with_other_family(*wanted, ledger, host, present), rules)
                      : adopt(ledger, host, present, rules);
  if (!error && !wanted) error = lease(ledger, {host}, rules);
  if (error) return *error;
  const std::vector<IpAddress>& leased = ledger.at(host).addresses;
  for (const IpAddress& address : leased) {
    if (const VipHolder* other = rules.holders.other_than(host, address)) {
      return Error{address.text() + ", which is leased to " + host + ", is the address of " + shown(other->host) +
                   ", too (" + other->where + "): give that one another"};
    }
  }
  if (!wanted) error = moves(leased, host, present);
  if (error) return *error;
  return leased;
}

}  // namespace meshdns
