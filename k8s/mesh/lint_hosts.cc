#include "k8s/mesh/lint_hosts.h"

#include <algorithm>
#include <iterator>

#include "k8s/istio/service_entry.h"
#include "k8s/mesh/lint_text.h"
#include "k8s/mesh/locality_mode.h"
#include "zone/joined.h"
#include "zone/nearest.h"

namespace meshdns {
namespace {

constexpr size_t kMostListed = 8;

std::string list_of_names(const std::set<std::string>& names) {
  const std::vector<std::string> first(
      names.begin(), std::next(names.begin(), static_cast<std::ptrdiff_t>(std::min(names.size(), kMostListed))));
  return joined(first, shown) +
         (names.size() > kMostListed ? " and " + std::to_string(names.size() - kMostListed) + " more" : "");
}

}  // namespace

std::string LocatedHost::localities_text() const {
  std::set<std::string> names;
  for (const auto& [locality, endpoints] : localities) names.insert(locality);
  return list_of_names(names);
}

void each_located_host(const LintMesh& mesh, const LintEntry& entry,
                       const std::function<void(const LocatedHost&)>& visit) {
  if (!entry.workload_selector.empty()) return;
  const auto localities = localities_of(entry);
  for (const std::string& host : entry.hosts) {
    const DestinationRule* rule = followed_rule(mesh, entry, host);
    std::vector<LocatedHost> found;
    const auto add = [&](const DestinationRule::Settings* settings, const MeshEntry::Port* port) {
      const auto same = std::ranges::find(found, settings, &LocatedHost::settings);
      LocatedHost& at =
          same == found.end() ? found.emplace_back(LocatedHost{entry, host, rule, settings, {}, localities}) : *same;
      if (port != nullptr) at.ports.push_back(port);
    };
    for (const MeshEntry::Port& port : entry.ports) {
      add(rule == nullptr ? nullptr : &rule->policy.of_port(port.number), &port);
    }
    if (entry.ports.empty()) add(rule == nullptr ? nullptr : &rule->policy, nullptr);
    std::ranges::for_each(found, visit);
  }
}

void each_located_host(const LintMesh& mesh, const std::function<void(const LocatedHost&)>& visit) {
  for (const LintEntry& entry : mesh.entries()) each_located_host(mesh, entry, visit);
}

std::vector<const DestinationRule::Settings*> all_settings(const DestinationRule& rule) {
  std::vector<const DestinationRule::Settings*> all;
  const auto add = [&](const DestinationRule::TrafficPolicy& policy) {
    all.push_back(&policy);
    for (const auto& port : policy.ports) all.push_back(&port);
  };
  add(rule.policy);
  for (const auto& subset : rule.subsets) {
    if (subset.policy) add(*subset.policy);
  }
  return all;
}

std::string instead_of(const std::string& locality, const std::set<std::string>& there) {
  const std::vector<std::string_view> views(there.begin(), there.end());
  const std::string_view near = nearest(locality, views, std::max<size_t>(2, locality.size() / 3));
  return (near.empty() ? "" : "; the nearest is " + shown(near)) + "; there are " + list_of_names(there);
}

}  // namespace meshdns
