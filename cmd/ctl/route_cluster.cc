#include "cmd/ctl/route_cluster.h"

#include <utility>

#include "cmd/ctl/keeper.h"
#include "zone/joined.h"

namespace meshdns {

ClusterRoutes read_routes(MeshCluster& cluster, const RouteFlags& flags) {
  ClusterRoutes routes{flags.name_space, cluster.list(kVirtualServices), {}};
  if (routes.name_space.empty()) routes.name_space = cluster.cluster().name_space();
  if (routes.name_space.empty()) routes.name_space = "default";
  for (size_t i = 0; i < routes.objects.size(); ++i) {
    routes.views.add(routes.objects[i].json, routes.objects[i].meta.name_space, "", i);
  }
  return routes;
}

RouteCommand::RouteCommand(const RouteFlags& flags, const RouteWish& wish, std::string done)
    : flags_(flags),
      wish_(wish),
      clusters_(open_clusters(flags)),
      command_{clusters_, [this] { return plan(); }, std::move(done), "", flags.dry_run} {}

ObjectPlan RouteCommand::plan() {
  ObjectPlan plan;
  undos_.clear();
  for (size_t i = 0; i < clusters_.size(); ++i) plan_in(i, clusters_[i], plan);
  std::vector<std::string> distinct;
  for (size_t i = 0; i < undos_.size(); ++i) {
    const bool is_same = undos_[i] == undos_.front();
    if (i == 0 || !is_same) distinct.push_back(undos_[i]);
  }
  command_.undo = distinct.size() == 1 ? distinct.front() + wish_.where : joined(undos_, {}, "; ");
  if (!plan.changes().empty() && !flags_.dry_run) plan.note("undone by: " + command_.undo);
  return plan;
}

ChangeReport RouteCommand::run() { return carry_out(command_); }

void RouteCommand::require_unkept_object(size_t index, const LiveObject& object) const {
  require_unkept(clusters_[index], object, flags_, route_command(wish_.verb, wish_.host, wish_.to, wish_.match));
}

void RouteCommand::patch(size_t index, const LiveObject& object, const RouteChange& change, ObjectPlan& plan) {
  if (change.patch != "[]") require_unkept_object(index, object);
  plan.patch(index, object, change.patch, change.after);
}

}  // namespace meshdns
