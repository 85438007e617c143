// meshdnsctl route delete: a route less, or a VirtualService that route create has made.

#include <memory>
#include <utility>

#include "cmd/ctl/command.h"
#include "cmd/ctl/route.h"
#include "cmd/ctl/route_cluster.h"
#include "cmd/ctl/route_file.h"
#include "cmd/ctl/route_flags.h"
#include "cmd/ctl/stop.h"
#include "k8s/mesh/route_choice.h"
#include "k8s/mesh/route_creation.h"

namespace meshdns {
namespace {

using HttpRoute = VirtualService::HttpRoute;

/// What is left of the host's routes, where the command may have meant one of those, or leaves requests without any.
std::vector<std::string> notes_on(const VirtualService& service, const std::optional<RouteChange>& change,
                                  const RouteWish& wish) {
  std::vector<std::string> notes;
  bool has_catch_all = false;
  for (const HttpRoute& route : service.http) {
    if (change && route.pointer == change->route) continue;
    has_catch_all = has_catch_all || route.is_catch_all();
    if (!change) notes.push_back("there is " + named(service, route) + ", to " + destinations(route));
  }
  if (change && !change->after.empty() && !has_catch_all) {
    notes.push_back("requests that no other route takes get 404; to the host itself they go with: " +
                    route_command("create", wish.host, {{{wish.host, {}, ""}, 100}}, {}) + wish.where);
  }
  return notes;
}

Ended delete_in_file(const RouteFlags& flags, const RouteWish& wish) {
  const RouteFile file(flags);
  const VirtualService* service =
      value_or_stop(sidecar_service_for(file.views().services, full_host(wish.host, file.name_space())), kUsage);
  if (service == nullptr) return file.printed(file.manifest().text(), {});
  const size_t object = file.object_of(*service);
  const auto change =
      value_or_stop(remove_route(file.manifest().objects()[object].json, *service, wish.match, wish.command()), kUsage);
  const auto notes = notes_on(*service, change, wish);
  if (!change) return file.printed(file.manifest().text(), notes);
  if (change->after.empty()) return file.printed(value_or_stop(file.manifest().without(object), kUsage), notes);
  return file.printed(value_or_stop(file.manifest().patched(object, change->patch), kUsage), notes);
}

class Deleting : public RouteCommand {
 public:
  using RouteCommand::RouteCommand;

 private:
  void plan_in(size_t index, MeshCluster& cluster, ObjectPlan& plan) override {
    const ClusterRoutes routes = read_routes(cluster, flags_);
    const std::string host = full_host(wish_.host, routes.name_space);
    const VirtualService* service =
        value_or_stop(sidecar_service_for(routes.views.services, host), kRefused, cluster.prefix());
    if (service == nullptr) return;
    const LiveObject& object = routes.object_of(*service);
    const auto change =
        value_or_stop(remove_route(object.json, *service, wish_.match, wish_.command()), kRefused, cluster.prefix());
    for (std::string& note : notes_on(*service, change, wish_)) plan.note(std::move(note));
    if (!change) return;
    add_undo(index, way_back(*service, *change));
    if (!change->after.empty()) return patch(index, object, *change, plan);
    require_unkept_object(index, object);
    plan.remove(index, object);
  }

  /// The command that makes the route again; where it has more conditions than that can say, an editor.
  std::string way_back(const VirtualService& service, const RouteChange& change) const {
    for (const HttpRoute& route : service.http) {
      const auto match = route.pointer == change.route ? match_of(route) : std::nullopt;
      if (match) return route_command("create", wish_.host, weighted(route), *match);
    }
    return "kubectl -n " + service.name_space + " edit virtualservice " + service.name;
  }
};

Ended remove(const RouteFlags& flags) {
  const OutputForm form = check_mesh_flags(flags);
  const RouteWish wish = wish_of(flags, "delete");
  if (flags.on_files()) return delete_in_file(flags, wish);
  return printed(Deleting(flags, wish, wish.requests() + " have no route of their own").run(), form);
}

}  // namespace

void add_route_delete(CtlCommand& route) {
  CtlCommand command =
      route.add("delete", "Take a route of a host out, and the object that route create made",
                "  # What route create made\n"
                "  meshdnsctl route delete service01.bar.svc.cluster.local --match prefix=/headers\n"
                "\n"
                "  # In a manifest\n"
                "  meshdnsctl route delete service01.bar.svc.cluster.local --file route.yaml >route.new\n");
  const auto flags = std::make_shared<RouteFlags>();
  add_route_flags(command, *flags,
                  "Which of its routes: prefix=/PATH, exact=/PATH, regex=EXPRESSION or name=ROUTE; without it, the one "
                  "for every request");
  add_route_change_flags(command, *flags);
  command.runs([flags] { return remove(*flags); });
}

}  // namespace meshdns
