#include "cmd/ctl/route_obstacles.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>

#include "cmd/ctl/stop.h"
#include "k8s/api/api_objects.h"
#include "k8s/api/json_fields.h"
#include "k8s/api/url.h"
#include "k8s/mesh/destination.h"
#include "k8s/mesh/http_route.h"
#include "k8s/mesh/mesh_entry.h"
#include "zone/joined.h"

namespace meshdns {
namespace {

using Json = nlohmann::json;

const ObjectKind kHttpRoutes{"HTTPRoute", "gateway.networking.k8s.io", "httproutes", {"v1", "v1beta1"}};

constexpr const char* kDataPlane = "istio.io/dataplane-mode";
constexpr const char* kAmbient = "ambient";
constexpr const char* kInstead =
    ": an HTTPRoute (gateway.networking.k8s.io) with the host's Service as parentRef and weighted backendRefs, and a "
    "waypoint for that "
    "Service's namespace (istioctl waypoint apply --enroll-namespace -n NAMESPACE)";
constexpr size_t kMostNamed = 8;

std::string label(const LiveObject& object, const std::string& key) {
  const auto found = object.meta.labels.find(key);
  return found == object.meta.labels.end() ? "" : found->second;
}

/// Whether a ServiceEntry of that name has the host.
bool is_entry_of(MeshCluster& cluster, const HttpRoute::Parent& parent, const std::string& host) {
  const auto object = cluster.get(kServiceEntries, parent.name_space, parent.name);
  const auto entry = object ? parse_mesh_entry(object->json) : Error{};
  return entry &&
         std::ranges::any_of(entry->hosts, [&](const std::string& each) { return canonical_host(each) == host; });
}

bool is_parent(MeshCluster& cluster, const HttpRoute::Parent& parent, const std::string& host) {
  if (parent.group.empty() && parent.kind == "Service") return full_host(parent.name, parent.name_space) == host;
  if (parent.group != "networking.istio.io") return false;
  if (parent.kind == "Hostname") return canonical_host(parent.name) == host;
  return parent.kind == "ServiceEntry" && is_entry_of(cluster, parent, host);
}

/// The items of a list; none where it cannot be had.
Json items_of(MeshCluster& cluster, const std::string& path) {
  const auto answer = cluster.cluster().get(path);
  if (!answer || !answer->done()) return Json::array();
  const Json list = Json::parse(answer->body, nullptr, /*allow_exceptions=*/false);
  const Json& items = member(list, "items");
  return items.is_array() ? items : Json::array();
}

std::string with_label(const std::string& path, const std::string& selector) {
  return path + "?labelSelector=" + url_escape(selector);
}

}  // namespace

void require_no_http_route(MeshCluster& cluster, const std::string& host) {
  for (const LiveObject& object : cluster.list(kHttpRoutes)) {
    const auto route = parse_http_route(object.json);
    if (!route) continue;
    const auto is_its = [&](const HttpRoute::Parent& parent) { return is_parent(cluster, parent, host); };
    if (std::ranges::none_of(route->parents, is_its)) continue;
    stop(kRefused, cluster.prefix() + printable(route->object()) + " routes " + host +
                       ", and where there is one, no VirtualService should be: change the weights of its backendRefs: "
                       "kubectl -n " +
                       printable(route->name_space) + " edit httproute " + printable(route->name));
  }
}

std::vector<std::string> require_sidecars(MeshCluster& cluster, const std::string& name_space) {
  std::vector<std::string> ambient;
  bool has_sidecars = false;
  for (const LiveObject& object : cluster.list(kNamespaces)) {
    if (label(object, kDataPlane) == kAmbient) {
      ambient.push_back(object.meta.name);
    } else if (label(object, "istio-injection") == "enabled" || !label(object, "istio.io/rev").empty()) {
      has_sidecars = true;
    }
  }
  for (const Json& pod :
       items_of(cluster, with_label("/api/v1/pods", std::string(kDataPlane) + "=" + kAmbient) + "&limit=500")) {
    const std::string of_pod = text_member(member(pod, "metadata"), "namespace");
    if (std::ranges::count(ambient, of_pod) == 0) ambient.push_back(of_pod);
  }
  if (ambient.empty()) return {};
  const size_t more = ambient.size() - std::min(ambient.size(), kMostNamed);
  const bool is_here = std::ranges::count(ambient, name_space) > 0;
  ambient.resize(ambient.size() - more);
  const std::string where =
      is_here ? name_space : joined(ambient, printable) + (more > 0 ? " and " + std::to_string(more) + " more" : "");
  const std::string said = cluster.prefix() + "clients in " + where + " are in ambient mode (the label " + kDataPlane +
                           ": " + kAmbient + "), and do not follow a VirtualService; what they follow" + kInstead;
  if (is_here || !has_sidecars) stop(kRefused, said);
  return {said};
}

std::optional<IstioVersion> istio_version(MeshCluster& cluster) {
  std::optional<IstioVersion> oldest;
  for (const Json& istiod : items_of(cluster, with_label("/apis/apps/v1/deployments", "app=istiod"))) {
    const Json& containers = member(member(member(member(istiod, "spec"), "template"), "spec"), "containers");
    for (const Json& container : containers.is_array() ? containers : Json::array()) {
      const auto version = istio_version_of(text_member(container, "image"));
      if (version && (!oldest || *version < *oldest)) oldest = version;
    }
  }
  return oldest;
}

}  // namespace meshdns
