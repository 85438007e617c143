// Virtual addresses: one a host, and no other's.

#include <algorithm>
#include <map>
#include <set>

#include "k8s/istio/service_entry.h"
#include "k8s/mesh/address_block.h"
#include "k8s/mesh/destination.h"
#include "k8s/mesh/export_to.h"
#include "k8s/mesh/lint_rules.h"
#include "k8s/mesh/lint_text.h"
#include "k8s/mesh/vip_pool.h"
#include "zone/joined.h"

namespace meshdns {
namespace {

/// Calls `visit` with each address of the spec that is one, and its JSON Pointer.
template <class Visit>
void each_address(const LintEntry& entry, const Visit& visit) {
  for (size_t i = 0; i < entry.addresses.size(); ++i) {
    const auto block = IpBlock::parse(entry.addresses[i]);
    if (block && block->is_single()) visit(block->base(), "/spec/addresses/" + std::to_string(i));
  }
}

std::set<IpAddress> addresses_of(const LintEntry& entry) {
  std::set<IpAddress> addresses;
  each_address(entry, [&](const IpAddress& address, const std::string&) { addresses.insert(address); });
  return addresses;
}

bool share_a_host(const LintEntry& one, const LintEntry& other) {
  return std::ranges::any_of(one.hosts, [&](const std::string& host) {
    return std::ranges::find(other.hosts, canonical_host(host), canonical_host) != other.hosts.end();
  });
}

/// The objects that had an address first, by address.
class Holders {
 public:
  void add(const LintMesh& mesh) {
    for (const LintEntry& entry : mesh.entries()) {
      each_address(entry, [&](const IpAddress& address, const std::string&) { entries_.try_emplace(address, &entry); });
    }
  }

  const LintEntry* first(const IpAddress& address) const {
    const auto found = entries_.find(address);
    return found == entries_.end() ? nullptr : found->second;
  }

 private:
  std::map<IpAddress, const LintEntry*> entries_;
};

std::map<IpAddress, const Service*> services_by_address(const LintMesh& mesh) {
  std::map<IpAddress, const Service*> services;
  for (const Service& service : mesh.services()) {
    for (const std::string& text : service.addresses) {
      if (const auto address = IpAddress::parse(text)) services.try_emplace(*address, &service);
    }
  }
  return services;
}

std::string text_of(const std::set<IpAddress>& addresses) { return joined(addresses, &IpAddress::text); }

/// The first entry of the mesh that declares one of the entry's hosts at other addresses, for clients that see both. Null: none.
const LintEntry* with_other_addresses(const LintMesh& mesh, const LintEntry& entry) {
  const auto own = addresses_of(entry);
  if (own.empty()) return nullptr;
  for (const std::string& host : entry.hosts) {
    for (const LintEntry* other : mesh.declared(canonical_host(host)).entries) {
      if (other == &entry || !share_a_host(entry, *other)) continue;
      const auto addresses = addresses_of(*other);
      if (!addresses.empty() && addresses != own && audience_of(entry).meets(audience_of(*other))) return other;
    }
  }
  return nullptr;
}

}  // namespace

void find_address_collisions(const LintSubject& subject, const Report& report) {
  Holders holders;
  for (const LintMesh& mesh : subject.all) holders.add(mesh);
  const auto services = services_by_address(subject.mesh);
  for (const LintEntry& entry : subject.mesh.entries()) {
    each_address(entry, [&](const IpAddress& address, const std::string& pointer) {
      const LintEntry& first = *holders.first(address);
      if (&first != &entry && !share_a_host(first, entry)) {
        report(entry, pointer,
               address.text() + " is " + shown(first.hosts.empty() ? "" : first.hosts.front()) + "'s already, by " +
                   with_place(first) + ": sidecars take one for the other; expected an address of its own");
      }
      if (const auto service = services.find(address); service != services.end()) {
        report(entry, pointer,
               address.text() + " is the ClusterIP of " + with_place(*service->second) +
                   ": expected an address of its own");
      }
    });
  }
}

void find_reserved_addresses(const LintSubject& subject, const Report& report) {
  for (const LintEntry& entry : subject.mesh.entries()) {
    for (size_t i = 0; i < entry.addresses.size(); ++i) {
      const auto block = parse_address_block(entry.addresses[i]);
      const auto own = block ? istiods_own(*block) : std::nullopt;
      if (!own) continue;
      report(entry, "/spec/addresses/" + std::to_string(i),
             "found " + shown(entry.addresses[i]) + ", of the addresses that istiod gives to entries without one (" +
                 text(*own) + "): another host can get it; expected one outside, such as of " +
                 std::string(kDefaultPool));
    }
  }
}

void find_split_hosts(const LintSubject& subject, const Report& report) {
  for (const LintEntry& entry : subject.mesh.entries()) {
    const LintEntry* other = with_other_addresses(subject.mesh, entry);
    if (other == nullptr || other > &entry) continue;  // said once, of the later one
    report(entry, "/spec/addresses",
           "found " + text_of(addresses_of(entry)) + " for a host that has " + text_of(addresses_of(*other)) + " by " +
               with_place(*other) +
               ": clients get one or the other and their connections are reset (istio#55776); expected the same in "
               "both, or one entry");
  }
}

void find_other_addresses_elsewhere(const LintSubject& subject, const Report& report) {
  const auto index = static_cast<size_t>(&subject.mesh - subject.all.data());
  for (const LintEntry& entry : subject.mesh.entries()) {
    for (const LintMesh& mesh : subject.all.first(index)) {
      const LintEntry* other = with_other_addresses(mesh, entry);
      if (other == nullptr) continue;
      report(entry, "/spec/addresses",
             "found " + text_of(addresses_of(entry)) + " for a host that has " + text_of(addresses_of(*other)) +
                 " in another cluster, by " + with_place(*other) +
                 ": where one DNS serves both, sidecars of one do not know its answer; expected the same in both");
      break;
    }
  }
}

}  // namespace meshdns
