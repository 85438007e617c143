#include "cmd/ctl/route_cluster.h"

#include <algorithm>
#include <utility>

#include "cmd/ctl/keeper.h"
#include "cmd/ctl/route_obstacles.h"
#include "cmd/ctl/stop.h"
#include "k8s/api/api_objects.h"
#include "k8s/mesh/lint_mesh.h"
#include "k8s/mesh/shell_word.h"
#include "zone/joined.h"

namespace meshdns {

ClusterRoutes read_routes(MeshCluster& cluster, const RouteFlags& flags) {
  ClusterRoutes routes{flags.name_space, cluster.list(kVirtualServices), {}};
  if (routes.name_space.empty()) routes.name_space = cluster.cluster().name_space();
  if (routes.name_space.empty()) routes.name_space = "default";
  for (size_t i = 0; i < routes.objects.size(); ++i) {
    const ObservedObject& meta = routes.objects[i].meta;
    routes.views.add(routes.objects[i].json, meta.name_space, "", i, meta.text());
  }
  return routes;
}

RouteMesh read_route_mesh(MeshCluster& cluster) {
  RouteMesh mesh{{}, istio_version(cluster)};
  for (const ObjectKind* kind : {&kServices, &kServiceEntries, &kDestinationRules}) {
    for (LiveObject& object : cluster.list(*kind)) {
      mesh.objects.push_back({"", cluster.api_version_of(*kind), kind->kind, std::move(object.json)});
    }
  }
  return mesh;
}

std::string RouteMesh::name_space_of(const std::string& host) const {
  LintMesh mesh(/*live=*/true);
  for (const ManifestObject& object : objects) mesh.add(object, "default");
  mesh.index();
  return mesh.declared(host).name_space();
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
  const auto is_first = [&](const auto& undo) { return undo.second == undos_.front().second; };
  const bool is_ours = !undos_.empty() && undos_.front().second.starts_with("meshdnsctl");
  if (is_ours && std::ranges::all_of(undos_, is_first)) {
    command_.undo = undos_.front().second + wish_.where;
  } else {
    const auto in_context = [&](const auto& undo) {
      const std::string& name = clusters_[undo.first].name();
      const bool is_own = undo.second.starts_with("meshdnsctl");
      return undo.second + (name.empty() ? "" : " --context " + shell_word(name)) + (is_own ? wish_.in_each : "");
    };
    command_.undo = joined(undos_, in_context, "; ");
  }
  if (!plan.changes().empty() && !flags_.dry_run) plan.note("undone by: " + command_.undo);
  return plan;
}

ChangeReport RouteCommand::run() { return carry_out(command_); }

void RouteCommand::require_unkept_object(size_t index, const LiveObject& object) const {
  require_unkept(clusters_[index], object, flags_, route_command(wish_.verb, wish_.host, wish_.to, wish_.match));
}

void RouteCommand::judge(size_t index, const RouteMesh& mesh, const WrittenRoute& written, const std::string& json,
                         ObjectPlan& plan) {
  LintMesh with(/*live=*/true);
  for (const ManifestObject& object : mesh.objects) with.add(object, "default");
  with.add({"", kVirtualServices.group + "/" + kVirtualServices.versions.front(), kVirtualServices.kind, json},
           "default");
  with.index();
  const RouteJudgement judgement = judge_route(std::move(with), written);
  const std::string prefix = clusters_[index].prefix() + printable(written.object.object()) + ": ";
  if (!judgement.wrong.empty()) stop(kRefused, prefix + joined(judgement.wrong, {}, "\n" + prefix));
  for (const std::string& note : judgement.notes) plan.note(prefix + note);
}

void RouteCommand::patch(size_t index, const LiveObject& object, const RouteChange& change, ObjectPlan& plan) {
  if (change.patch != "[]") require_unkept_object(index, object);
  plan.patch(index, object, change.patch, change.after);
}

}  // namespace meshdns
