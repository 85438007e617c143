#pragma once

// The clusters of a mesh that a command works on, and the objects in them.
//
// Every function may end the command (stop.h): with kFailed where the API server does not do what it is asked; the text names the cluster,
// and verb and resource where they are not allowed.
//
// Threads: one.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cmd/ctl/cluster.h"
#include "k8s/api/observed_object.h"

namespace meshdns {

struct MeshFlags;

/// A kind of objects, and where the API has them.
struct ObjectKind {
  std::string kind;                   // "ServiceEntry"
  std::string group;                  // "networking.istio.io"; empty: the core's
  std::string plural;                 // "serviceentries"
  std::vector<std::string> versions;  // that are understood, preferred first
  size_t page = 500;  // objects that are asked for at once: well below the 16 MiB that a response may have
};

extern const ObjectKind kServiceEntries;
extern const ObjectKind kVirtualServices;
extern const ObjectKind kDestinationRules;
extern const ObjectKind kGateways;
extern const ObjectKind kServices;
extern const ObjectKind kConfigMaps;
extern const ObjectKind kNamespaces;
extern const ObjectKind kNodes;
extern const ObjectKind kPods;
extern const ObjectKind kEndpointSlices;

/// An object as the API server has it.
struct LiveObject {
  ObservedObject meta;
  std::string json;  // whole
  std::string path;  // its own
};

class MeshCluster {
 public:
  /// `name`: the context; empty: the current one.
  MeshCluster(std::string name, Cluster cluster) : name_(std::move(name)), cluster_(std::move(cluster)) {}

  /// For messages: "west: " before what is said of that cluster; nothing where there is but the current one.
  std::string prefix() const { return name_.empty() ? "" : name_ + ": "; }
  const std::string& name() const { return name_; }
  Cluster& cluster() { return cluster_; }

  /// By the API server's URL: a cluster may have several contexts.
  bool is_same(const MeshCluster& other) const { return cluster_.server() == other.cluster_.server(); }

  /// The first of the kind's versions that is served; nothing: the cluster does not have the kind.
  const std::optional<std::string>& version_of(const ObjectKind& kind);

  /// "networking.istio.io/v1": for a new object's apiVersion. Stops with kRefused where the cluster does not have the kind.
  std::string api_version_of(const ObjectKind& kind);

  /// All of them, of that namespace or, where it is empty, of all; none where the cluster does not have the kind.
  std::vector<LiveObject> list(const ObjectKind& kind, const std::string& name_space = "");

  std::optional<LiveObject> get(const ObjectKind& kind, const std::string& name_space, const std::string& name);

  /// Where one of them stands, or is to stand: "/apis/networking.istio.io/v1/namespaces/bar/serviceentries/x"; without a name, all of
  /// the namespace's. The kind must be served.
  std::string path_of(const ObjectKind& kind, const std::string& name_space, const std::string& name = "");

 private:
  std::string name_;
  Cluster cluster_;
  std::map<std::string, std::optional<std::string>> versions_;  // by group and plural
};

/// One for each --context, in their order.
std::vector<MeshCluster> open_clusters(const MeshFlags& flags);

/// The same, of one context.
MeshCluster open_cluster(const MeshFlags& flags, const std::string& context);

}  // namespace meshdns
