#include "k8s/mesh/vip_ledger.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "k8s/istio/service_entry.h"
#include "zone/joined.h"
#include "zone/unix_time.h"

namespace meshdns {
namespace {

constexpr std::string_view kReleased = ", released ";

bool same_family(const IpAddress& one, const IpAddress& other) { return one.is_v4() == other.is_v4(); }

bool is_over(int64_t released, int64_t now) { return now - released >= kReleasedFor; }

size_t octets_of(const std::string& host, const VipLease& lease) { return host.size() + lease.text().size(); }

/// One run of the allocator: the ledger, and the same by address.
class Allocator {
 public:
  Allocator(VipLedger& ledger, const VipRules& rules) : ledger_(ledger), rules_(rules) {
    for (const auto& [host, lease] : ledger) {
      for (const IpAddress& address : lease.addresses) hosts_.emplace(address, host);
    }
  }

  /// What the host has, and may have.
  void keep(const std::string& host) {
    VipLease& lease = ledger_[host];
    if (lease.released) {
      std::erase_if(lease.addresses, [&](const IpAddress& address) {
        return rules_.holders.other_than(host, address) != nullptr && forget(address);
      });
    }
    lease.released.reset();
  }

  std::optional<Error> give(const std::string& host, const VipPool& pool) {
    VipLease& lease = ledger_[host];
    if (std::ranges::any_of(lease.addresses, [&](const auto& each) { return each.is_v4() == pool.is_v4(); })) {
      return std::nullopt;
    }
    const auto blocked = [&](const IpAddress& address) {
      return hosts_.contains(address) ? std::optional(address) : rules_.holders.taken_up_to(host, address);
    };
    auto address = pool.first_free(host, blocked);
    if (!address) address = reclaimed(host, pool);
    if (!address) return exhausted(pool);
    hosts_.emplace(*address, host);
    lease.addresses.push_back(*address);
    std::ranges::sort(lease.addresses);
    return std::nullopt;
  }

  std::optional<Error> give(const std::string& host, const IpAddress& address) {
    if (const VipHolder* holder = rules_.holders.other_than(host, address)) {
      return Error{address.text() + " is the address of " + shown(holder->host) + " (" + holder->where + ")"};
    }
    if (const auto found = hosts_.find(address); found != hosts_.end() && found->second != host) {
      const std::string other = found->second;
      const auto& released = ledger_.at(other).released;
      if (!released) return Error{address.text() + " is leased to " + other};
      if (!is_over(*released, rules_.now)) {
        return Error{address.text() + " was released by " + other + " and stays free until " +
                     rfc3339(*released + kReleasedFor)};
      }
      take_from(other, address);
    }
    VipLease& lease = ledger_[host];
    std::erase_if(lease.addresses, [&](const IpAddress& each) { return same_family(each, address); });
    lease.addresses.push_back(address);
    std::ranges::sort(lease.addresses);
    lease.released.reset();
    hosts_.insert_or_assign(address, host);
    return std::nullopt;
  }

 private:
  bool forget(const IpAddress& address) { return hosts_.erase(address) > 0; }

  void take_from(const std::string& host, const IpAddress& address) {
    const auto lease = ledger_.find(host);
    std::erase(lease->second.addresses, address);
    if (lease->second.addresses.empty()) ledger_.erase(lease);
    forget(address);
  }

  /// The address that was released first of all, where that is long enough ago.
  std::optional<IpAddress> reclaimed(const std::string& host, const VipPool& pool) {
    std::optional<std::tuple<int64_t, std::string, IpAddress>> first;
    for (const auto& [other, lease] : ledger_) {
      if (!lease.released || !is_over(*lease.released, rules_.now)) continue;
      for (const IpAddress& address : lease.addresses) {
        if (!pool.block().contains(address) || rules_.holders.taken_up_to(host, address)) continue;
        std::tuple candidate{*lease.released, other, address};
        if (!first || candidate < *first) first = std::move(candidate);
      }
    }
    if (!first) return std::nullopt;
    take_from(std::get<1>(*first), std::get<2>(*first));
    return std::get<2>(*first);
  }

  Error exhausted(const VipPool& pool) const {
    size_t leased = 0;
    size_t released = 0;
    std::optional<int64_t> next;
    for (const auto& [host, lease] : ledger_) {
      for (const IpAddress& address : lease.addresses) {
        if (!pool.block().contains(address)) continue;
        ++(lease.released ? released : leased);
        if (lease.released) next = std::min(next.value_or(*lease.released), *lease.released);
      }
    }
    std::string text = "the pool " + pool.text() + " is exhausted: it has " + std::to_string(pool.size()) +
                       " addresses, of which " + std::to_string(leased) + " are leased, " +
                       std::to_string(rules_.holders.within(pool.block())) + " are in ServiceEntries, and " +
                       std::to_string(released) + " were released less than " + std::to_string(kReleasedFor / 3600) +
                       " h ago";
    if (next) text += "; the first of these can be had from " + rfc3339(*next + kReleasedFor) + " on";
    return Error{text + "; --pool names a larger one"};
  }

  VipLedger& ledger_;
  const VipRules& rules_;
  std::map<IpAddress, std::string> hosts_;  // of the leases, released or not
};

}  // namespace

// ---- the ledger's texts

std::string VipLease::text() const {
  return joined(addresses, &IpAddress::text, " ") + (released ? std::string(kReleased) + rfc3339(*released) : "");
}

Result<VipLease> VipLease::parse(std::string_view text) {
  const Error error{"found \"" + shown(text) + "\", expected addresses, or addresses, released TIME"};
  VipLease lease;
  const size_t end = text.find(kReleased);
  if (end != std::string_view::npos) {
    lease.released = rfc3339_seconds(text.substr(end + kReleased.size()));
    if (!lease.released) return error;
  }
  std::string_view rest = text.substr(0, end);
  while (!rest.empty()) {
    const size_t space = std::min(rest.find(' '), rest.size());
    const auto address = IpAddress::parse(rest.substr(0, space));
    if (!address) return error;
    const auto is_like_it = [&](const IpAddress& other) { return same_family(other, *address); };
    if (std::ranges::any_of(lease.addresses, is_like_it)) return error;
    lease.addresses.push_back(*address);
    rest.remove_prefix(std::min(space + 1, rest.size()));
  }
  if (lease.addresses.empty()) return error;
  return lease;
}

Result<VipLedger> parse_ledger(const std::map<std::string, std::string>& data) {
  VipLedger ledger;
  for (const auto& [host, text] : data) {
    auto lease = VipLease::parse(text);
    if (!lease) return Error{"key " + shown(host) + ": " + lease.error()};
    ledger.emplace(host, *std::move(lease));
  }
  return ledger;
}

size_t ledger_octets(const VipLedger& ledger) {
  size_t octets = 0;
  for (const auto& [host, lease] : ledger) octets += octets_of(host, lease);
  return octets;
}

bool make_room(VipLedger& ledger, int64_t now) {
  size_t octets = ledger_octets(ledger);
  if (octets <= kMostLedgerOctets) return true;
  std::vector<std::pair<int64_t, std::string>> over;
  for (const auto& [host, lease] : ledger) {
    if (lease.released && is_over(*lease.released, now)) over.emplace_back(*lease.released, host);
  }
  std::ranges::sort(over);
  for (const auto& [released, host] : over) {
    octets -= octets_of(host, ledger.at(host));
    ledger.erase(host);
    if (octets <= kMostLedgerOctets) return true;
  }
  return false;
}

// ---- leases

std::optional<Error> lease(VipLedger& ledger, std::vector<std::string> hosts, const VipRules& rules) {
  std::ranges::sort(hosts);
  Allocator allocator(ledger, rules);
  for (const std::string& host : hosts) allocator.keep(host);
  for (const std::string& host : hosts) {
    for (const VipPool& pool : rules.pools) {
      if (auto error = allocator.give(host, pool)) return error;
    }
  }
  return std::nullopt;
}

std::optional<Error> lease_these(VipLedger& ledger, const std::string& host, const std::vector<IpAddress>& addresses,
                                 const VipRules& rules) {
  Allocator allocator(ledger, rules);
  for (const IpAddress& address : addresses) {
    if (auto error = allocator.give(host, address)) return error;
  }
  return std::nullopt;
}

void release(VipLedger& ledger, const std::string& host, int64_t now) {
  const auto lease = ledger.find(host);
  if (lease != ledger.end() && !lease->second.released) lease->second.released = now;
}

}  // namespace meshdns
