// meshdnsctl route create: a route for a host.

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "cmd/ctl/command.h"
#include "cmd/ctl/route.h"
#include "cmd/ctl/route_cluster.h"
#include "cmd/ctl/route_file.h"
#include "cmd/ctl/route_flags.h"
#include "cmd/ctl/route_obstacles.h"
#include "cmd/ctl/stop.h"
#include "k8s/mesh/regular_expression.h"
#include "k8s/mesh/route_choice.h"
#include "k8s/mesh/route_creation.h"

namespace meshdns {
namespace {

NewRoute new_route(const RouteWish& wish, const std::string& host, const std::string& name_space) {
  NewRoute route{host, wish.match, wish.to};
  for (WeightedDestination& to : route.to) to.destination = in_full(to.destination, name_space);
  return route;
}

std::vector<int64_t> weights_of(const RouteWish& wish) {
  std::vector<int64_t> weights;
  for (const auto& to : wish.to) weights.push_back(to.weight);
  return weights;
}

/// Where lint does not see which destinations lose requests.
std::vector<std::string> failover_notes(const RouteWish& wish, const std::vector<std::string>& others) {
  const auto says_so = [](const std::string& note) { return note.find("do not fail over") != std::string::npos; };
  if (wish.to.size() < 2 || std::ranges::any_of(others, says_so)) return {};
  return {"weights do not fail over: while a destination is dead, its share of the requests fails"};
}

Ended printed_file(const RouteFile& file, const RouteWish& wish, const std::string& text, const WrittenRoute& written,
                   const std::string& json) {
  std::vector<std::string> notes = file.notes_on(written, json);
  for (std::string& note : failover_notes(wish, notes)) notes.push_back(std::move(note));
  return file.printed(text, notes);
}

/// A second object of a name would take the first one's place when the files are applied.
ObjectIdentity untaken(const ObjectIdentity& wanted, const RouteFile& file, const std::string& host) {
  const auto is_taken = [&](const ObjectIdentity& identity) {
    return std::ranges::count(file.views().services, identity.object(), &ObjectIdentity::object) > 0;
  };
  ObjectIdentity identity = named_apart(wanted, is_taken);
  if (is_taken(identity)) stop(kUsage, identity.object() + " is there, for other hosts than " + host + ": rename it");
  return identity;
}

Ended create_in_file(const RouteFlags& flags, const RouteWish& wish) {
  const RouteFile file(flags);
  const std::string host = full_host(wish.host, file.name_space());
  const VirtualService* service = value_or_stop(sidecar_service_for(file.views().services, host), kUsage);
  if (service == nullptr) {
    if (const auto error = routed_by_wildcard(file.views().services, host)) stop(kUsage, error->message);
    const std::string own = flags.name_space.empty() ? file.name_space_of(host) : flags.name_space;
    const ObjectIdentity identity = untaken(route_object(host, own, file.name_space()), file, host);
    const NewRoute route = new_route(wish, host, identity.name_space);
    const std::string json = virtual_service_json(identity, kManifestVersion, route);
    const auto text = value_or_stop(file.manifest().with(nlohmann::ordered_json::parse(json)), kUsage);
    return printed_file(file, wish, text, written(identity, route, std::nullopt), json);
  }
  const size_t object = file.object_of(*service);
  const auto change = value_or_stop(add_route(file.manifest().objects()[object].json, *service,
                                              new_route(wish, host, service->name_space), wish.where),
                                    kUsage);
  const auto text = value_or_stop(file.manifest().patched(object, change.patch), kUsage);
  return printed_file(file, wish, text, written(*service, change, std::nullopt), change.after);
}

class Creating : public RouteCommand {
 public:
  using RouteCommand::RouteCommand;

 private:
  void plan_in(size_t index, MeshCluster& cluster, ObjectPlan& plan) override {
    const ClusterRoutes routes = read_routes(cluster, flags_);
    const std::string host = full_host(wish_.host, routes.name_space);
    require_no_http_route(cluster, host);
    const RouteMesh mesh = read_route_mesh(cluster);
    if (const auto error = check_weights(weights_of(wish_), mesh.version)) {
      stop(kRefused, cluster.prefix() + error->message);
    }
    const VirtualService* service =
        value_or_stop(sidecar_service_for(routes.views.services, host), kRefused, cluster.prefix());
    add_undo(index, route_command("delete", wish_.host, {}, wish_.match));
    if (service == nullptr) {
      if (const auto error = routed_by_wildcard(routes.views.services, host)) {
        stop(kRefused, cluster.prefix() + error->message);
      }
      const std::string own = flags_.name_space.empty() ? mesh.name_space_of(host) : flags_.name_space;
      plan_object(index, cluster, mesh, host, route_object(host, own, routes.name_space), plan);
    } else {
      const LiveObject& object = routes.object_of(*service);
      const NewRoute route = new_route(wish_, host, service->name_space);
      note_sidecars(cluster, service->name_space, plan);
      for (std::string& note : also_changed(*service, {}, host)) plan.note(std::move(note));
      const auto change =
          value_or_stop(add_route(object.json, *service, route, wish_.where), kRefused, cluster.prefix());
      if (change.patch != "[]") judge(index, mesh, written(*service, change, mesh.version), change.after, plan);
      patch(index, object, change, plan);
    }
    for (std::string& note : failover_notes(wish_, plan.notes())) plan.note(std::move(note));
  }

  static void note_sidecars(MeshCluster& cluster, const std::string& name_space, ObjectPlan& plan) {
    for (std::string& note : require_sidecars(cluster, name_space)) plan.note(std::move(note));
  }

  void plan_object(size_t index, MeshCluster& cluster, const RouteMesh& mesh, const std::string& host,
                   const ObjectIdentity& wanted, ObjectPlan& plan) {
    note_sidecars(cluster, wanted.name_space, plan);
    const auto is_taken = [&](const ObjectIdentity& each) {
      return cluster.get(kVirtualServices, each.name_space, each.name).has_value();
    };
    const ObjectIdentity identity = named_apart(wanted, is_taken);
    if (is_taken(identity)) {
      stop(kRefused, cluster.prefix() + identity.object() + " is there, for other hosts than " + host +
                         "; what it has: kubectl -n " + identity.name_space + " get virtualservice " + identity.name +
                         " -o yaml");
    }
    const NewRoute route = new_route(wish_, host, identity.name_space);
    const std::string json = virtual_service_json(identity, cluster.api_version_of(kVirtualServices), route);
    judge(index, mesh, written(identity, route, mesh.version), json, plan);
    plan.create(index, cluster, kVirtualServices, json);
  }
};

void check_new_route(const RouteWish& wish) {
  if (!wish.match.name.empty())
    stop(kUsage, "--match: found " + wish.match.text() + ", expected prefix=/PATH, exact=/PATH or regex=EXPRESSION");
  if (wish.match.uri == VirtualService::Match::Uri::kRegex) {
    value_or_stop(RegularExpression::parse(wish.match.value), kUsage, "--match: ");
  }
  std::vector<int64_t> weights = weights_of(wish);
  if (std::ranges::all_of(weights, [](int64_t weight) { return weight == 0; })) weights.resize(2);
  if (const auto error = check_weights(weights, std::nullopt)) stop(kUsage, error->message);
}

Ended create(const RouteFlags& flags) {
  const OutputForm form = check_mesh_flags(flags);
  const RouteWish wish = wish_of(flags, "create");
  check_new_route(wish);
  if (flags.on_files()) return create_in_file(flags, wish);
  return printed(Creating(flags, wish, wish.requests() + " are routed").run(), form);
}

}  // namespace

void add_route_create(CtlCommand& route) {
  CtlCommand command = route.add("create", "Spread requests to a host over destinations, by weight",
                                 "  # The requests for /headers; all others go to the host as before\n"
                                 "  meshdnsctl route create service01.bar.svc.cluster.local serverservice01=75 "
                                 "serverservice04.bar.global:8000=25 --match prefix=/headers\n"
                                 "\n"
                                 "  # Show what it would write, and write nothing\n"
                                 "  meshdnsctl route create service01.bar.svc.cluster.local serverservice01=75 "
                                 "serverservice04.bar.global:8000=25 --dry-run\n");
  const auto flags = std::make_shared<RouteFlags>();
  add_route_flags(command, *flags, "Which requests: prefix=/PATH, exact=/PATH or regex=EXPRESSION; without it, all");
  add_weight_flags(command, *flags);
  add_route_change_flags(command, *flags);
  command.runs([flags] { return create(*flags); });
}

}  // namespace meshdns
