// The localities that endpoints, nodes and localityLbSetting name: they have to be the same.

#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include "k8s/istio/service_entry.h"
#include "k8s/mesh/lint_hosts.h"
#include "k8s/mesh/lint_rules.h"
#include "k8s/mesh/lint_text.h"
#include "k8s/mesh/locality.h"
#include "k8s/mesh/locality_mode.h"

namespace meshdns {
namespace {

using LocalityLb = DestinationRule::LocalityLb;

constexpr int64_t kAll = 100;
constexpr const char* kSetting = "/loadBalancer/localityLbSetting";
constexpr const char* kRefused = ": Istio refuses it";

// ---- what Istio refuses. https://github.com/istio/istio/blob/master/pkg/config/validation/agent/validation.go

/// Why a locality of `distribute` is none; empty: it is one.
std::string wrong_locality(const std::string& locality) {
  const size_t star = locality.find('*');
  if (star != std::string::npos && star + 1 != locality.size()) return "a * that is not at its end";
  const bool has_empty = locality.empty() || locality.starts_with('/') || locality.ends_with('/') ||
                         locality.find("//") != std::string::npos;
  return has_empty ? "an empty part" : "";
}

/// Whether Istio takes the second for a part of the first, or the other way round.
bool overlap(const std::string& first, const std::string& second) {
  return matches_locality(second, first) || is_in_locality(first, second);
}

void judge_shares(const DestinationRule& rule, const LocalityLb::Distribute& distribute, const Report& report) {
  int64_t sum = 0;
  for (const auto& [locality, share] : distribute.to) {
    sum += share;
    const std::string wrong = wrong_locality(locality);
    if (!wrong.empty())
      report(rule, distribute.pointer + "/to", "found " + shown(locality) + ", which has " + wrong + kRefused);
    if (share < 1 || share > kAll) {
      report(rule, distribute.pointer + "/to",
             "found the share " + std::to_string(share) + " for " + shown(locality) + ", expected 1 to 100" + kRefused);
    }
    for (const auto& [other, unused] : distribute.to) {
      if (other == locality) break;
      if (!overlap(other, locality) && !overlap(locality, other)) continue;
      report(rule, distribute.pointer + "/to",
             "found " + shown(locality) + " beside " + shown(other) + ", expected one of them" + kRefused);
    }
  }
  if (sum != kAll) {
    report(rule, distribute.pointer + "/to", "the shares sum to " + std::to_string(sum) + ", expected 100" + kRefused);
  }
}

void judge_clients(const DestinationRule& rule, const LocalityLb& setting, const Report& report) {
  for (auto each = setting.distribute.begin(); each != setting.distribute.end(); ++each) {
    const std::string wrong = wrong_locality(each->from);
    if (!wrong.empty()) {
      report(rule, each->pointer + "/from", "found " + shown(each->from) + ", which has " + wrong + kRefused);
    }
    const auto before = std::find_if(setting.distribute.begin(), each,
                                     [&](const auto& other) { return overlap(other.from, each->from); });
    if (before == each) continue;
    report(rule, each->pointer + "/from",
           "found " + shown(each->from) + " after " + shown(before->from) + ", expected each client's locality once" +
               kRefused);
  }
}

void judge_regions(const DestinationRule& rule, const LocalityLb& setting, const Report& report) {
  for (const LocalityLb::Failover& failover : setting.failover) {
    if (failover.from == failover.to)
      report(rule, failover.pointer, "found from and to " + shown(failover.to) + ", expected two regions" + kRefused);
    for (const auto& [key, region] : {std::pair("/from", failover.from), std::pair("/to", failover.to)}) {
      if (region.find_first_of("/*") == std::string::npos) continue;
      report(rule, failover.pointer + key,
             "found " + shown(region) + ", expected a region, without zone and *" + kRefused);
    }
  }
}

void judge_priority(const DestinationRule& rule, const std::string& pointer, const LocalityLb& setting,
                    const Report& report) {
  static constexpr std::array<std::string_view, 3> kTopology = {
      "topology.kubernetes.io/region", "topology.kubernetes.io/zone", "topology.istio.io/subzone"};
  if (setting.failover.empty()) return;
  const auto label = std::ranges::find_first_of(setting.failover_priority, kTopology);
  if (label == setting.failover_priority.end()) return;
  report(rule, pointer + "/failoverPriority",
         "found " + shown(*label) + " beside failover, expected one of them" + kRefused);
}

// ---- nodes

std::set<std::string> localities_of_nodes(const LintMesh& mesh) {
  std::set<std::string> found;
  for (const LintNode& node : mesh.nodes()) found.insert(node.locality);
  found.erase("");
  return found;
}

/// Those of all clusters' nodes; nothing: there may be clusters, or nodes, that nobody was told of.
std::set<std::string> all_localities(const LintSubject& subject) {
  std::set<std::string> all;
  for (const LintMesh& mesh : subject.all) {
    auto found = localities_of_nodes(mesh);
    if (found.empty() || (mesh.live() && subject.all.size() < 2)) return {};
    all.merge(found);
  }
  return all;
}

/// What endpoints of the cluster's own Services have for an address.
std::set<std::string> addresses_of_services(const LintMesh& mesh) {
  std::set<std::string> all;
  for (const Service& service : mesh.services()) {
    all.insert(service.host());
    all.insert(service.addresses.begin(), service.addresses.end());
  }
  return all;
}

}  // namespace

void find_wrong_locality_settings(const LintSubject& subject, const Report& report) {
  for (const DestinationRule& rule : subject.mesh.rules()) {
    for (const DestinationRule::Settings* settings : all_settings(rule)) {
      if (!settings->locality_lb) continue;
      const LocalityLb& setting = *settings->locality_lb;
      const std::string pointer = settings->pointer + kSetting;
      if (!setting.distribute.empty() && !setting.failover.empty()) {
        report(rule, pointer,
               std::string("found distribute beside failover, expected one of them") + kRefused +
                   "; with a share for each locality, distribute fails over, too");
        continue;
      }
      for (const LocalityLb::Distribute& distribute : setting.distribute) judge_shares(rule, distribute, report);
      judge_clients(rule, setting, report);
      judge_regions(rule, setting, report);
      judge_priority(rule, pointer, setting, report);
    }
  }
}

void find_localities_without_nodes(const LintSubject& subject, const Report& report) {
  const auto own = localities_of_nodes(subject.mesh);
  const auto all = all_localities(subject);
  const auto own_addresses = addresses_of_services(subject.mesh);
  for (const LintEntry& entry : subject.mesh.entries()) {
    for (const MeshEntry::Endpoint& endpoint : entry.endpoints) {
      const bool is_own = own_addresses.contains(endpoint.address);
      if (endpoint.locality.empty() || (!is_own && !entry.is_gateway(endpoint))) continue;
      const auto& known = is_own ? own : all;
      const auto has = [&](const std::string& node) { return is_in_locality(node, endpoint.locality); };
      if (known.empty() || std::ranges::any_of(known, has)) continue;
      report(entry, endpoint.pointer + "/locality",
             "found " + shown(endpoint.locality) + " for " + shown(endpoint.address) + ", where no node" +
                 (is_own ? " of its cluster" : "") + " is: sidecars compare it with their nodes' labels" +
                 instead_of(endpoint.locality, known));
    }
  }
}

void find_localities_left_out(const LintSubject& subject, const Report& report) {
  each_located_host(subject.mesh, [&](const LocatedHost& host) {
    if (locality_mode(host.settings) != LocalityMode::kDistribute) return;
    for (const LocalityLb::Distribute& distribute : host.settings->locality_lb->distribute) {
      for (const auto& counted : host.localities) {
        const std::string& locality = counted.first;
        const auto has = [&](const auto& to) { return matches_locality(locality, to.first); };
        if (std::ranges::any_of(distribute.to, has)) continue;
        report(*host.rule, distribute.pointer + "/to",
               "leaves out " + shown(locality) + ", where endpoints of " + shown(host.host) +
                   " are: they get no request, even where all others are dead; expected a share of at least 1 for each "
                   "of " +
                   host.localities_text());
      }
    }
  });
}

void find_localities_without_endpoints(const LintSubject& subject, const Report& report) {
  each_located_host(subject.mesh, [&](const LocatedHost& host) {
    if (host.settings == nullptr || !host.settings->locality_lb || host.localities.empty()) return;
    std::set<std::string> localities;
    std::set<std::string> regions;
    for (const auto& [locality, endpoints] : host.localities) {
      localities.insert(locality);
      regions.emplace(region_of(locality));
    }
    const auto judge = [&](const std::string& pointer, const std::string& pattern, const std::set<std::string>& there) {
      const auto is_there = [&](const std::string& each) { return matches_locality(each, pattern); };
      if (std::ranges::any_of(there, is_there)) return;
      report(*host.rule, pointer,
             "found " + shown(pattern) + ", where no endpoint of " + shown(host.host) + " is" +
                 instead_of(pattern, there));
    };
    for (const LocalityLb::Distribute& distribute : host.settings->locality_lb->distribute) {
      for (const auto& [locality, share] : distribute.to)
        judge(distribute.pointer + "/to", locality, locality.find('/') == std::string::npos ? regions : localities);
    }
    for (const LocalityLb::Failover& failover : host.settings->locality_lb->failover) {
      judge(failover.pointer + "/to", failover.to, regions);
    }
  });
}

}  // namespace meshdns
