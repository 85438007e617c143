// meshdnsctl route set-weights: the weights of a route that is there.

#include <memory>
#include <utility>

#include "cmd/ctl/command.h"
#include "cmd/ctl/route.h"
#include "cmd/ctl/route_cluster.h"
#include "cmd/ctl/route_file.h"
#include "cmd/ctl/route_flags.h"
#include "cmd/ctl/route_obstacles.h"
#include "cmd/ctl/route_views.h"
#include "cmd/ctl/stop.h"
#include "k8s/mesh/route_choice.h"
#include "k8s/mesh/route_weights.h"

namespace meshdns {
namespace {

/// The command that gives the route the weights back that it has now.
std::string way_back(const RouteWish& wish, const VirtualService::HttpRoute& route) {
  std::vector<WeightedDestination> now;
  for (const auto& to : route.to) now.push_back({to.destination, to.weight.value_or(0)});
  return route_command(wish.verb, wish.host, now, wish.match);
}

/// What the user should know of the route.
std::vector<std::string> notes_on(const VirtualService& service, const VirtualService::HttpRoute& route,
                                  const std::string& host) {
  std::vector<std::string> notes = also_changed(service, route, host);
  if (route.to.size() == 1)
    notes.push_back(named(service, route) + " has one destination, which gets every request, whatever its weight");
  if (!service.tcp.empty() || !service.tls.empty()) notes.push_back("its tcp and tls routes are not touched");
  return notes;
}

std::string create_command(const RouteWish& wish) {
  return route_command("create", wish.host, wish.to, wish.match) + wish.where;
}

Ended set_in_file(const RouteFlags& flags, const RouteWish& wish) {
  const RouteFile file(flags);
  const std::string host = full_host(wish.host, file.name_space());
  const VirtualService& service = require_service(file.views(), host, kUsage, create_command(wish));
  const size_t object = file.object_of(service);
  const size_t route = value_or_stop(route_for(service, wish.match, wish.command()), kUsage);
  const auto change = value_or_stop(
      change_weights(file.manifest().objects()[object].json, service, route, wish.to, std::nullopt), kUsage);
  const auto text = value_or_stop(file.manifest().patched(object, change.patch), kUsage);
  std::vector<std::string> notes = file.notes_on(written(service, change, std::nullopt), change.after);
  for (std::string& note : notes_on(service, service.http[route], host)) notes.push_back(std::move(note));
  return file.printed(text, notes);
}

class Setting : public RouteCommand {
 public:
  using RouteCommand::RouteCommand;

 private:
  void plan_in(size_t index, MeshCluster& cluster, ObjectPlan& plan) override {
    const ClusterRoutes routes = read_routes(cluster, flags_);
    const std::string host = full_host(wish_.host, routes.name_space);
    require_no_http_route(cluster, host);
    const VirtualService& service =
        require_service(routes.views, host, kRefused, create_command(wish_), cluster.prefix());
    const LiveObject& object = routes.object_of(service);
    const size_t route = value_or_stop(route_for(service, wish_.match, wish_.command()), kRefused, cluster.prefix());
    const RouteMesh mesh = read_route_mesh(cluster);
    const auto change =
        value_or_stop(change_weights(object.json, service, route, wish_.to, mesh.version), kRefused, cluster.prefix());
    if (change.patch != "[]") judge(index, mesh, written(service, change, mesh.version), change.after, plan);
    add_undo(index, way_back(wish_, service.http[route]));
    for (std::string& note : require_sidecars(cluster, service.name_space)) plan.note(std::move(note));
    for (std::string& note : notes_on(service, service.http[route], host)) plan.note(std::move(note));
    patch(index, object, change, plan);
  }
};

Ended set_weights(const RouteFlags& flags) {
  const OutputForm form = check_mesh_flags(flags);
  const RouteWish wish = wish_of(flags, "set-weights");
  if (flags.on_files()) return set_in_file(flags, wish);
  const std::string done =
      "the weights of " + wish.host + (wish.match.is_any() ? "" : " for " + wish.match.text()) + " are set";
  return printed(Setting(flags, wish, done).run(), form);
}

}  // namespace

void add_route_set_weights(CtlCommand& route) {
  CtlCommand command =
      route.add("set-weights", "Give a route's destinations other weights, and change nothing else",
                "  # Half of the requests for /headers each; a destination that is not named keeps its weight\n"
                "  meshdnsctl route set-weights service01.bar.svc.cluster.local serverservice01=50 "
                "serverservice04.bar.global=50 --match prefix=/headers\n"
                "\n"
                "  # In a manifest, such as one in Git: the octets around the weights stay as they are\n"
                "  meshdnsctl route set-weights service01.bar.svc.cluster.local serverservice01=50 "
                "serverservice04.bar.global=50 --file route.yaml >route.new\n");
  const auto flags = std::make_shared<RouteFlags>();
  add_route_flags(command, *flags, kWhichRoute);
  add_weight_flags(command, *flags);
  add_route_change_flags(command, *flags);
  command.runs([flags] { return set_weights(*flags); });
}

}  // namespace meshdns
