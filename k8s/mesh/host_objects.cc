#include "k8s/mesh/host_objects.h"

#include <algorithm>

#include "k8s/mesh/destination.h"

namespace meshdns {
namespace {

constexpr std::string_view kRootNamespace = "istio-system";

bool is_seen(const MeshEntry& entry, const MeshHost& host) {
  if (entry.export_to.empty() || entry.name_space == host.name_space) return true;
  return std::ranges::any_of(entry.export_to, [&](const auto& to) { return to == "*" || to == host.name_space; });
}

/// The only one that `is_it`.
template <class View, class IsIt>
Result<std::optional<size_t>> only(const std::vector<View>& views, const MeshHost& host, IsIt is_it) {
  std::optional<size_t> found;
  for (size_t i = 0; i < views.size(); ++i) {
    if (!is_it(views[i])) continue;
    if (found) {
      return Error{views[*found].object() + " and " + views[i].object() + " are both for " + host.text() +
                   ", expected one: sidecars follow the oldest alone"};
    }
    found = i;
  }
  return found;
}

bool is_for_all(const DestinationRule& rule, const MeshHost& host) {
  return rule.host == host.text() && rule.workload_selector.empty();
}

}  // namespace

Result<std::optional<size_t>> entry_of_host(const std::vector<MeshEntry>& entries, const MeshHost& host) {
  return only(entries, host, [&](const MeshEntry& entry) {
    const auto is_it = [&](const std::string& each) { return canonical_host(each) == host.text(); };
    return std::ranges::any_of(entry.hosts, is_it) && is_seen(entry, host);
  });
}

Result<std::optional<size_t>> rule_of_host(const std::vector<DestinationRule>& rules, const MeshHost& host,
                                           std::string_view entry_name_space) {
  const auto in = [&](std::string_view name_space) {
    return only(rules, host,
                [&](const DestinationRule& rule) { return is_for_all(rule, host) && rule.name_space == name_space; });
  };
  const auto found = in(entry_name_space);
  return !found || *found ? found : in(kRootNamespace);
}

std::vector<std::string> rules_of_clients(const std::vector<DestinationRule>& rules, const MeshHost& host,
                                          std::string_view entry_name_space) {
  std::vector<std::string> found;
  for (const DestinationRule& rule : rules) {
    const bool seen_by_all = rule.name_space == entry_name_space || rule.name_space == kRootNamespace;
    if (rule.host == host.text() && (!seen_by_all || !rule.workload_selector.empty())) found.push_back(rule.object());
  }
  return found;
}

std::optional<Error> shared_entry(const MeshEntry& entry) {
  if (entry.hosts.size() <= 1) return std::nullopt;
  return Error{entry.object() + " is for " + std::to_string(entry.hosts.size()) +
               " hosts, expected one alone: split it"};
}

std::vector<IpAddress> entry_vips(const MeshEntry& entry) {
  std::vector<IpAddress> vips;
  for (const std::string& text : entry.addresses) {
    const auto block = IpBlock::parse(text);
    if (block && block->is_single()) vips.push_back(block->base());
  }
  return vips;
}

std::string sends_to(const VirtualService& service, const MeshHost& host) {
  const auto is_it = [&](const VirtualService::To& to) { return to.destination.host == host.text(); };
  for (const VirtualService::HttpRoute& route : service.http) {
    for (const auto* to : {&route.to, &route.mirrors}) {
      const auto found = std::ranges::find_if(*to, is_it);
      if (found != to->end()) return field_path(found->pointer);
    }
  }
  for (const auto* routes : {&service.tls, &service.tcp}) {
    for (const VirtualService::StreamRoute& route : *routes) {
      const auto found = std::ranges::find_if(route.to, is_it);
      if (found != route.to.end()) return field_path(found->pointer);
    }
  }
  return {};
}

}  // namespace meshdns
