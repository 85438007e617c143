#include "cmd/ctl/failover_places.h"

#include <algorithm>

#include "cmd/ctl/cluster_nodes.h"
#include "cmd/ctl/stop.h"
#include "k8s/api/api_objects.h"
#include "k8s/api/json_fields.h"
#include "k8s/api/url.h"
#include "k8s/mesh/locality.h"
#include "k8s/mesh/service.h"
#include "k8s/mesh/serving_pods.h"
#include "zone/joined.h"

namespace meshdns {
namespace {

using Json = nlohmann::json;

constexpr const char* kRegion = "topology.kubernetes.io/region";
constexpr size_t kMostNamed = 8;

/// The items of a list in JSON; none of what is no list.
std::vector<Json> items_of(const Json& list) {
  const Json& items = member(list, "items");
  return items.is_array() ? items.get<std::vector<Json>>() : std::vector<Json>();
}

std::string named(const std::vector<std::string>& names) {
  std::vector<std::string> first(names.begin(),
                                 names.begin() + static_cast<std::ptrdiff_t>(std::min(names.size(), kMostNamed)));
  return joined(first, printable) +
         (names.size() > kMostNamed ? " and " + std::to_string(names.size() - kMostNamed) + " more" : "");
}

}  // namespace

const std::vector<ServingNode>& ClusterPlaces::nodes() {
  if (!nodes_) nodes_ = read_nodes(cluster_, "where nodes are is not known", notes_);
  return *nodes_;
}

std::string ClusterPlaces::locality_of_nodes(const std::set<std::string>& names) {
  return common_locality(nodes(), names);
}

std::set<std::string> ClusterPlaces::nodes_of_service(const std::string& name_space, const std::string& name) {
  ServingPods pods;
  for (const LiveObject& slice : slices_of(cluster_, name_space, name)) add_slice(slice.json, pods);
  return pods.nodes;
}

std::set<std::string> ClusterPlaces::nodes_of_pod(const std::string& address) {
  const std::string path = "/api/v1/pods?limit=10&fieldSelector=" + url_escape("status.podIP=" + address);
  const auto answer = value_or_stop(cluster_.cluster().get(path), kFailed, cluster_.prefix());
  if (!answer.done()) return {};
  std::set<std::string> names;
  for (const Json& pod : items_of(Json::parse(answer.body, nullptr, /*allow_exceptions=*/false))) {
    names.insert(text_member(member(pod, "spec"), "nodeName"));
  }
  return names;
}

std::string ClusterPlaces::locality_of(const std::string& address) {
  for (const LiveObject& object : cluster_.list(kServices)) {
    const auto service = parse_service(object.json);
    if (!service) continue;
    const bool is_it = service->host() == address || std::ranges::count(service->addresses, address) > 0;
    if (is_it) return locality_of_nodes(nodes_of_service(service->name_space, service->name));
  }
  for (const ServingNode& node : nodes()) {
    const auto has = [&](const std::vector<std::string>& addresses) {
      return std::ranges::count(addresses, address) > 0;
    };
    if (has(node.internal) || has(node.external)) return common_locality({node});
  }
  return locality_of_nodes(nodes_of_pod(address));
}

std::vector<std::string> ClusterPlaces::localities() {
  std::set<std::string> found;
  for (const ServingNode& node : nodes()) found.insert(common_locality({node}));
  found.erase("");
  return {found.begin(), found.end()};
}

std::vector<std::string> require_local_endpoint(const MeshCluster& cluster, ClusterPlaces& places,
                                                const MeshEntry& entry) {
  constexpr const char* kSpread = "requests from there are spread over all clusters, and do not go to their own first";
  std::set<std::string> regions;
  for (const auto& endpoint : entry.endpoints) regions.emplace(region_of(endpoint.locality));
  std::vector<std::string> bare;
  std::vector<std::string> elsewhere;
  for (const ServingNode& node : places.nodes()) {
    const auto region = node.labels.find(kRegion);
    if (region == node.labels.end() || region->second.empty()) {
      bare.push_back(node.name);
    } else if (!regions.contains(region->second)) {
      elsewhere.push_back(node.name);
    }
  }
  std::vector<std::string> notes;
  const std::string context = cluster.name().empty() ? "" : "--context " + cluster.name() + " ";
  if (!bare.empty()) {
    notes.push_back(cluster.prefix() + "nodes without the label " + kRegion + " (" + named(bare) +
                    "): sidecars there do not know where they are, so " + kSpread + "; kubectl " + context +
                    "label node " + printable(bare.front()) + " " + kRegion + "=REGION");
  }
  if (!elsewhere.empty()) {
    notes.push_back(cluster.prefix() + "nodes in regions where no endpoint is (" + named(elsewhere) +
                    "; nodes are in " + joined(places.localities(), printable) + ", endpoints in " +
                    joined(entry.endpoints, [](const auto& each) { return printable(each.locality); }) +
                    "): " + kSpread + "; --locality ADDRESS=LOCALITY corrects an endpoint's");
  }
  if (notes.empty() || bare.size() + elsewhere.size() < places.nodes().size()) return notes;
  stop(kRefused, joined(notes, {}, "\n") + "; or --distribute LOCALITY=SHARE says how they are spread");
}

}  // namespace meshdns
