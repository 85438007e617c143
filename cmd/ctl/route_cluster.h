#pragma once

// The routes of one cluster, as a command that changes them reads them.
//
// Every function may end the command (stop.h).

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cmd/ctl/mesh_cluster.h"
#include "cmd/ctl/object_plan.h"
#include "cmd/ctl/route_flags.h"
#include "cmd/ctl/route_views.h"
#include "k8s/istio/manifest.h"
#include "k8s/mesh/istio_version.h"
#include "k8s/mesh/route_judgement.h"
#include "k8s/mesh/route_weights.h"

namespace meshdns {

struct ClusterRoutes {
  std::string name_space;  // of names that say none: --namespace, else the context's, else default
  std::vector<LiveObject> objects;
  RouteViews views;

  const LiveObject& object_of(const VirtualService& service) const { return objects[views.origin_of(service)]; }
};

ClusterRoutes read_routes(MeshCluster& cluster, const RouteFlags& flags);

/// What declares hosts in a cluster, and what its Istio takes.
struct RouteMesh {
  std::vector<ManifestObject> objects;  // Services, ServiceEntries and DestinationRules
  std::optional<IstioVersion> version;

  /// Of the object that declares the host; empty: none does.
  std::string name_space_of(const std::string& host) const;
};

RouteMesh read_route_mesh(MeshCluster& cluster);

/// Plans and carries out a change in each of the clusters that the flags name.
class RouteCommand {
 public:
  RouteCommand(const RouteFlags& flags, const RouteWish& wish, std::string done);
  virtual ~RouteCommand() = default;

  ChangeReport run();

 protected:
  virtual void plan_in(size_t index, MeshCluster& cluster, ObjectPlan& plan) = 0;

  /// The command that undoes it in the cluster that is planned, without --context.
  void add_undo(size_t index, std::string command) { undos_.emplace_back(index, std::move(command)); }

  /// Patches an object that nobody keeps.
  void patch(size_t index, const LiveObject& object, const RouteChange& change, ObjectPlan& plan);

  /// Stops with kRefused where the route that is written cannot work in that cluster, and notes what else there is to say. `json`: the object as it is
  /// to be.
  void judge(size_t index, const RouteMesh& mesh, const WrittenRoute& written, const std::string& json,
             ObjectPlan& plan);
  void require_unkept_object(size_t index, const LiveObject& object) const;

  const RouteFlags& flags_;
  const RouteWish& wish_;

 private:
  ObjectPlan plan();

  std::vector<MeshCluster> clusters_;
  std::vector<std::pair<size_t, std::string>> undos_;  // by cluster
  ObjectCommand command_;
};

}  // namespace meshdns
