#include "cmd/ctl/mesh_cluster.h"

#include <algorithm>
#include <utility>

#include "cmd/ctl/mesh_flags.h"
#include "cmd/ctl/stop.h"
#include "k8s/api/api_objects.h"
#include "k8s/api/json_fields.h"
#include "k8s/api/url.h"

namespace meshdns {
namespace {

using Json = nlohmann::json;

constexpr int kNotFound = 404;

const std::vector<std::string> kIstioVersions = {"v1", "v1beta1", "v1alpha3"};

std::string group_path(const ObjectKind& kind, const std::string& version) {
  return (kind.group.empty() ? "/api/" : "/apis/" + kind.group + "/") + version;
}

std::string collection(const ObjectKind& kind, const std::string& version, const std::string& name_space) {
  const std::string within = name_space.empty() ? "" : "/namespaces/" + url_escape(name_space);
  return group_path(kind, version) + within + "/" + kind.plural;
}

/// The objects of a list have neither kind nor apiVersion; each gets what it would have alone.
LiveObject live_object(Json object, const ObjectKind& kind, const std::string& version) {
  object["kind"] = kind.kind;
  object["apiVersion"] = kind.group.empty() ? version : kind.group + "/" + version;
  LiveObject live{observed_object(object, kind.kind), object.dump(), ""};
  live.path = collection(kind, version, live.meta.name_space) + "/" + url_escape(live.meta.name);
  return live;
}

}  // namespace

const ObjectKind kServiceEntries{"ServiceEntry", "networking.istio.io", "serviceentries", kIstioVersions};
const ObjectKind kVirtualServices{"VirtualService", "networking.istio.io", "virtualservices", kIstioVersions};
const ObjectKind kDestinationRules{"DestinationRule", "networking.istio.io", "destinationrules", kIstioVersions};
const ObjectKind kGateways{"Gateway", "networking.istio.io", "gateways", kIstioVersions};
const ObjectKind kServices{"Service", "", "services", {"v1"}};
const ObjectKind kConfigMaps{"ConfigMap", "", "configmaps", {"v1"}};
const ObjectKind kNamespaces{"Namespace", "", "namespaces", {"v1"}};
const ObjectKind kNodes{
    "Node", "", "nodes", {"v1"}, /*page=*/100};  // some 30 KiB each, most of them the names of images
const ObjectKind kPods{"Pod", "", "pods", {"v1"}, /*page=*/100};  // some 20 KiB each
const ObjectKind kEndpointSlices{"EndpointSlice", "discovery.k8s.io", "endpointslices", {"v1"}};

const std::optional<std::string>& MeshCluster::version_of(const ObjectKind& kind) {
  const auto [known, is_new] = versions_.try_emplace(kind.group + "/" + kind.plural);
  if (!is_new) return known->second;
  if (kind.group.empty()) return known->second = kind.versions.front();
  const auto answer = value_or_stop(cluster_.get("/apis/" + kind.group), kFailed, prefix());
  if (answer.status == kNotFound) return known->second;
  const auto served = answer.done() ? parse_group_versions(answer.body) : std::nullopt;
  if (!served) stop(kFailed, prefix() + "GET /apis/" + kind.group + ": " + answer.trouble());
  for (const std::string& version : kind.versions) {
    if (std::ranges::count(*served, version) > 0) return known->second = version;
  }
  return known->second;
}

std::string MeshCluster::api_version_of(const ObjectKind& kind) {
  const auto& version = version_of(kind);
  if (version) return kind.group.empty() ? *version : kind.group + "/" + *version;
  stop(kRefused, prefix() + "the cluster has no " + kind.plural + "." + kind.group +
                     ": Istio's custom resource definitions have to be installed there (helm install istio-base)");
}

std::string MeshCluster::path_of(const ObjectKind& kind, const std::string& name_space, const std::string& name) {
  api_version_of(kind);
  return collection(kind, *version_of(kind), name_space) + (name.empty() ? "" : "/" + url_escape(name));
}

std::vector<LiveObject> MeshCluster::list(const ObjectKind& kind, const std::string& name_space) {
  const auto& version = version_of(kind);
  std::vector<LiveObject> objects;
  std::string next;
  while (version) {
    std::string path = collection(kind, *version, name_space) + "?limit=" + std::to_string(kind.page);
    if (!next.empty()) path += "&continue=" + url_escape(next);
    const auto answer = value_or_stop(cluster_.get(path), kFailed, prefix());
    if (answer.status == kNotFound) break;
    if (answer.status == 410) {  // the page's state is too old by now
      objects.clear();
      next.clear();
      continue;
    }
    if (!answer.done()) stop(kFailed, prefix() + answer.trouble());
    try {
      const Json list = Json::parse(answer.body);
      for (const Json& item : list.at("items")) objects.push_back(live_object(item, kind, *version));
      next = text_member(member(list, "metadata"), "continue");
    } catch (const Json::exception& error) {
      stop(kFailed, prefix() + "GET " + path + ": found no list of " + kind.plural + ": " + printable(error.what()));
    }
    if (next.empty()) break;
  }
  return objects;
}

std::optional<LiveObject> MeshCluster::get(const ObjectKind& kind, const std::string& name_space,
                                           const std::string& name) {
  const auto& version = version_of(kind);
  if (!version) return std::nullopt;
  const std::string path = collection(kind, *version, name_space) + "/" + url_escape(name);
  const auto answer = value_or_stop(cluster_.get(path), kFailed, prefix());
  if (answer.status == kNotFound) return std::nullopt;
  if (!answer.done()) stop(kFailed, prefix() + answer.trouble());
  try {
    return live_object(Json::parse(answer.body), kind, *version);
  } catch (const Json::exception& error) {
    stop(kFailed, prefix() + "GET " + path + ": found no " + kind.kind + ": " + printable(error.what()));
  }
}

std::vector<MeshCluster> open_clusters(const MeshFlags& flags) {
  std::vector<MeshCluster> clusters;
  for (const std::string& context : flags.contexts) clusters.push_back(open_cluster(flags, context));
  if (clusters.empty()) clusters.push_back(open_cluster(flags, ""));
  return clusters;
}

MeshCluster open_cluster(const MeshFlags& flags, const std::string& context) {
  const std::string where = context.empty() ? "" : context + ": ";
  return {context, value_or_stop(Cluster::open({flags.kubeconfig, context}), kFailed, where)};
}

}  // namespace meshdns
