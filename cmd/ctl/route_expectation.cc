#include "cmd/ctl/route_expectation.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>

#include "cmd/ctl/mesh_cluster.h"
#include "cmd/ctl/route_views.h"
#include "cmd/ctl/stop.h"
#include "cmd/text_value.h"
#include "k8s/mesh/destination.h"
#include "k8s/mesh/route_intent.h"
#include "zone/nearest.h"

namespace meshdns {
namespace {

constexpr size_t kMostShares = 256;
constexpr uint32_t kMostWeight = 2147483647;  // Istio's int32

/// VALUE=WEIGHT
RouteShare parse_said(const std::string& text) {
  const size_t equals = text.rfind('=');
  if (equals == std::string::npos || equals == 0) {
    stop(kUsage,
         "--expect: found " + quote(text) + ", expected VALUE=WEIGHT: what --by finds in the answers, such as v1=50");
  }
  const auto weight = parse_number(text.substr(equals + 1), 0, kMostWeight);
  return {text.substr(0, equals), value_or_stop(weight, kUsage, "--expect: the weight in " + quote(text) + ": ")};
}

RouteShare parse_share(const std::string& text, bool said) {
  if (said) return parse_said(text);
  const auto share = value_or_stop(parse_weighted_destination(text), kUsage, "--expect: ");
  return {share.destination.text(), share.weight};
}

std::string listed(const std::set<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

[[noreturn]] void stop_without_cluster(const std::string& wanted, const EndpointCounts& counts) {
  std::vector<std::string> known;
  for (const auto& [cluster, endpoints] : counts) {
    if (const auto destination = outbound_destination(cluster)) known.push_back(destination->text());
  }
  const std::vector<std::string_view> candidates(known.begin(), known.end());
  const std::string_view close = nearest(wanted, candidates);
  stop(kRefused, "--expect: the sidecar has no cluster for " + wanted +
                     (close.empty() ? "" : "; the nearest that it has is " + std::string(close)));
}

std::string cluster_for(const Destination& wanted, const EndpointCounts& counts, uint16_t url_port) {
  std::set<std::string> hosts;
  std::map<uint16_t, std::string> by_port;
  for (const auto& [cluster, endpoints] : counts) {
    const auto destination = outbound_destination(cluster);
    if (!destination || !is_for(*destination, wanted)) continue;
    hosts.insert(destination->host);
    by_port.emplace(*destination->port, cluster);
  }
  if (hosts.empty()) stop_without_cluster(wanted.text(), counts);
  if (hosts.size() > 1)
    stop(kRefused, "--expect: " + wanted.text() + " may be any of " + listed(hosts) + "; expected one");
  if (by_port.size() == 1) return by_port.begin()->second;
  if (const auto same = by_port.find(url_port); same != by_port.end()) return same->second;
  std::set<std::string> ports;
  for (const auto& [port, cluster] : by_port) ports.insert(std::to_string(port));
  stop(kRefused, "--expect: " + wanted.text() + " has the ports " + listed(ports) + ": say which, as HOST:PORT");
}

}  // namespace

RouteExpectation expected_by_flags(const std::vector<std::string>& texts, bool said) {
  RouteExpectation expectation{{}, "--expect"};
  if (texts.size() > kMostShares) {
    stop(kUsage, "--expect: found " + std::to_string(texts.size()) + " of them, expected at most " +
                     std::to_string(kMostShares));
  }
  for (const std::string& text : texts) {
    RouteShare share = parse_share(text, said);
    if (std::ranges::count(expectation.shares, share.destination, &RouteShare::destination) > 0) {
      stop(kUsage, "--expect: found " + quote(share.destination) + " twice");
    }
    expectation.shares.push_back(std::move(share));
  }
  if (std::ranges::none_of(expectation.shares, [](const RouteShare& share) { return share.weight > 0; })) {
    stop(kUsage, "--expect: found weights of 0 alone, expected one above 0");
  }
  return expectation;
}

RouteExpectation expected_by_sidecar(const EnvoyRoute& route, std::vector<std::string>& clusters) {
  RouteExpectation expectation{{}, "the sidecar's " + route.name, route.hashed};
  for (const EnvoyRoute::Cluster& cluster : route.clusters) {
    const auto destination = outbound_destination(cluster.name);
    const std::string name = destination ? destination->text() : cluster.name;
    const auto same = std::ranges::find(expectation.shares, name, &RouteShare::destination);
    if (same != expectation.shares.end()) {
      same->weight += cluster.weight;
      continue;
    }
    expectation.shares.push_back({name, cluster.weight});
    clusters.push_back(cluster.name);
  }
  return expectation;
}

RouteExpectation expected_by_api(const ClusterFlags& flags, const std::string& name_space, const WebUrl& url) {
  MeshCluster cluster(flags.context, value_or_stop(Cluster::open(flags), kFailed));
  RouteViews views;
  for (const LiveObject& object : cluster.list(kVirtualServices)) views.add(object.json, object.meta.name_space, "", 0);
  std::vector<DestinationRule> rules;
  for (const LiveObject& object : cluster.list(kDestinationRules)) {
    auto rule = parse_destination_rule(object.json, object.meta.name_space);
    if (rule) rules.push_back(*std::move(rule));
  }
  const std::string& own = cluster.cluster().name_space();
  const std::string clients = !name_space.empty() ? name_space : own.empty() ? "default" : own;
  RouteIntent intent = value_or_stop(route_intent(views.services, rules, url, clients), kRefused, cluster.prefix());
  return {std::move(intent.shares), std::move(intent.source), std::move(intent.hashed)};
}

void require_count(const RouteExpectation& expectation, uint64_t count) {
  const uint64_t least = least_count(weights_of(expectation.shares));
  if (count >= least) return;
  stop(kUsage, "--count: " + std::to_string(count) +
                   " requests are too few to tell these weights from others: each destination "
                   "is to be expected 5 times at least, which takes --count " +
                   std::to_string(least));
}

std::vector<std::string> clusters_of(const RouteExpectation& expectation, const EndpointCounts& counts,
                                     const WebUrl& url) {
  std::vector<std::string> clusters;
  for (const RouteShare& share : expectation.shares) {
    const auto destination = value_or_stop(parse_destination(share.destination), kUsage, "--expect: ");
    std::string cluster = cluster_for(destination, counts, url.port);
    const auto same = std::ranges::find(clusters, cluster);
    if (same != clusters.end()) {
      stop(kRefused, "--expect: " + expectation.shares[static_cast<size_t>(same - clusters.begin())].destination +
                         " and " + share.destination + " are both " + cluster);
    }
    clusters.push_back(std::move(cluster));
  }
  return clusters;
}

}  // namespace meshdns
