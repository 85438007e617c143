#include "k8s/istio/publisher.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "k8s/istio/entry_addresses.h"

namespace meshdns {
namespace {

bool is_alphanumeric(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

/// Istio's label, but for its length: letters, digits and '-', which is neither first nor last.
bool is_label(std::string_view label) {
  return !label.empty() && is_alphanumeric(label.front()) && is_alphanumeric(label.back()) &&
         std::all_of(label.begin(), label.end(), [](char c) { return is_alphanumeric(c) || c == '-'; });
}

bool is_number(std::string_view label) {
  return std::all_of(label.begin(), label.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// Why `host` cannot be served: kInvalidHost by Istio's rules, kNotDnsName by those of DNS alone. Nothing: it can.
std::optional<SkipReason> refusal(std::string_view host) {
  if (host.ends_with('.')) host.remove_suffix(1);
  if (host == "*") return SkipReason::kInvalidHost;
  bool is_dns_name = true;
  for (size_t at = 0; at <= host.size();) {
    const size_t end = std::min(host.find('.', at), host.size());
    std::string_view label = host.substr(at, end - at);
    const bool is_wildcard = at == 0 && label == "*";
    is_dns_name &= label.size() <= Name::kMaxLabel;
    if (at == 0 && label.starts_with('*') && !is_wildcard) {  // "*foo", "*-foo"
      is_dns_name = false;
      label.remove_prefix(label.starts_with("*-") ? 2 : 1);
    }
    if (!is_wildcard && !is_label(label)) return SkipReason::kInvalidHost;
    if (end == host.size() && is_number(label)) return SkipReason::kInvalidHost;
    at = end + 1;
  }
  is_dns_name &= host.size() <= Name::kMaxLength - 2;  // in wire form: the first length octet, and the root
  return is_dns_name ? std::nullopt : std::optional(SkipReason::kNotDnsName);
}

std::string expected_host(SkipReason reason) {
  return reason == SkipReason::kInvalidHost
             ? "expected labels of letters, digits and '-', the last one not a number; a wildcard only as the first of "
               "several"
             : "a DNS name has labels of at most 63 characters, 253 in all, and no wildcard in a part of a label";
}

/// The hosts that can be served, each once.
std::vector<HostAddresses> read_hosts(const ServiceEntry& entry, std::vector<Skipped>& skipped) {
  std::vector<HostAddresses> hosts;
  hosts.reserve(entry.hosts.size());
  for (const std::string& host : entry.hosts) {
    if (const auto reason = refusal(host)) {
      skipped.push_back({*reason, shown(host), expected_host(*reason)});
      continue;
    }
    auto owner = Name::parse(host);
    const bool known =
        std::any_of(hosts.begin(), hosts.end(), [&](const auto& other) { return other.owner == *owner; });
    if (!known) hosts.push_back({*std::move(owner), {}});
  }
  return hosts;
}

/// What the object makes of the server: an address record for each host and address, and, with publish.services, a service record for
/// each host and port.
size_t records(const Publication& publication) {
  size_t records = publication.hosts.size() * publication.ports.size();
  for (const HostAddresses& host : publication.hosts) records += host.addresses.size();
  return records;
}

void refuse_too_large(Publication& publication) {
  const size_t found = records(publication);
  if (found <= kMaxRecords) return;
  for (const HostAddresses& host : publication.hosts) {
    publication.skipped.push_back({SkipReason::kTooLarge, shown(host.owner.text()),
                                   "the object has " + std::to_string(found) +
                                       " hosts × (addresses + ports), expected at most " + std::to_string(kMaxRecords) +
                                       ": split it"});
  }
  publication.hosts.clear();
  publication.ports.clear();
}

bool is_public(const ServiceEntry& entry) {
  const auto& to = entry.export_to;
  return to.empty() || std::find(to.begin(), to.end(), "*") != to.end();
}

}  // namespace

Publication publish(ServiceEntry entry, const PublishRules& rules) {
  Publication publication;
  publication.object = entry.object();
  publication.created = entry.created;
  publication.skipped = std::move(entry.skipped);
  if (rules.visibility == PublishRules::Visibility::kPublic && !is_public(entry)) {
    for (const std::string& host : entry.hosts) {
      publication.skipped.push_back({SkipReason::kNotExported, shown(host), "expected no exportTo, or one with \"*\""});
    }
    return publication;
  }
  publication.hosts = read_hosts(entry, publication.skipped);
  EntryAddresses addresses(entry, rules, publication.skipped);
  for (HostAddresses& host : publication.hosts) addresses.assign(host);
  std::erase_if(publication.hosts, [](const HostAddresses& host) { return host.addresses.empty(); });
  if (!publication.hosts.empty()) publication.ports = std::move(entry.ports);
  refuse_too_large(publication);
  return publication;
}

}  // namespace meshdns
