#include "k8s/istio/publisher.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

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

std::optional<IpAddress> read_address(const std::string& text, std::vector<Skipped>& skipped) {
  const auto block = IpBlock::parse(text);
  if (!block || (block->is_single() && block->base().is_unspecified())) {
    skipped.push_back({SkipReason::kInvalidAddress, shown(text), "expected an IP address that can be reached"});
    return std::nullopt;
  }
  if (!block->is_single()) {
    skipped.push_back({SkipReason::kAddressBlock, shown(text), "expected an address, or a block of one address"});
    return std::nullopt;
  }
  return block->base();
}

void add(const IpAddress& address, std::vector<IpAddress>& addresses) {
  if (std::find(addresses.begin(), addresses.end(), address) == addresses.end()) addresses.push_back(address);
}

void add_spec_addresses(const ServiceEntry& entry, Publication& publication) {
  std::vector<IpAddress> addresses;
  for (const std::string& text : entry.addresses) {
    if (const auto address = read_address(text, publication.skipped)) add(*address, addresses);
  }
  for (HostAddresses& host : publication.hosts) host.addresses = addresses;
}

void add_status_addresses(const ServiceEntry& entry, Publication& publication) {
  for (const auto& [value, host_text] : entry.status_addresses) {
    const auto address = read_address(value, publication.skipped);
    const auto only = Name::parse(host_text);
    if (!address) continue;
    for (HostAddresses& host : publication.hosts) {
      if (host_text.empty() || (only && *only == host.owner)) add(*address, host.addresses);
    }
  }
}

/// Takes out the hosts that have no address to answer. Where every address was invalid, that has been said already.
void drop_hosts_without_address(Publication& publication) {
  const auto has = [&](SkipReason reason) {
    return std::any_of(publication.skipped.begin(), publication.skipped.end(),
                       [&](const Skipped& skipped) { return skipped.reason == reason; });
  };
  const bool said = has(SkipReason::kInvalidAddress) && !has(SkipReason::kAddressBlock);
  std::erase_if(publication.hosts, [&](const HostAddresses& host) {
    if (!host.addresses.empty()) return false;
    if (!said) {
      publication.skipped.push_back({SkipReason::kNoAddress, shown(host.owner.text()),
                                     "expected an address in spec.addresses, or one that istiod allocated"});
    }
    return true;
  });
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
  if (entry.addresses.empty()) {
    add_status_addresses(entry, publication);
  } else {
    add_spec_addresses(entry, publication);
  }
  drop_hosts_without_address(publication);
  if (!publication.hosts.empty()) publication.ports = std::move(entry.ports);
  return publication;
}

}  // namespace meshdns
