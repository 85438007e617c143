// meshdnsctl route show: which requests go where, and in which shares.

#include <array>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <numeric>
#include <utility>

#include "cmd/ctl/aligned.h"
#include "cmd/ctl/command.h"
#include "cmd/ctl/mesh_cluster.h"
#include "cmd/ctl/output_flag.h"
#include "cmd/ctl/route.h"
#include "cmd/ctl/route_cluster.h"
#include "cmd/ctl/route_file.h"
#include "cmd/ctl/route_flags.h"
#include "cmd/ctl/stop.h"
#include "cmd/text_value.h"
#include "k8s/api/object_owner.h"
#include "k8s/mesh/route_choice.h"

namespace meshdns {
namespace {

using Json = nlohmann::ordered_json;
using HttpRoute = VirtualService::HttpRoute;
using To = VirtualService::To;

/// A VirtualService, and what is known of it besides.
struct Shown {
  std::string cluster;  // the context; empty: there is but one
  VirtualService service;
  std::string keeper;  // empty: nobody
};

double share_of(const HttpRoute& route, const To& to) {
  if (route.to.size() == 1) return 1;
  const auto add = [](int64_t sum, const To& each) { return sum + each.weight.value_or(0); };
  const auto sum = std::accumulate(route.to.begin(), route.to.end(), int64_t{0}, add);
  return sum == 0 ? 0 : static_cast<double>(to.weight.value_or(0)) / static_cast<double>(sum);
}

std::string percent(double share) {
  constexpr int kWhole = 100;
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "%.1f%%", share * kWhole);
  return text.data();
}

/// Where a route without destinations sends its requests.
std::string instead(const HttpRoute& route) {
  if (route.delegate) return "as VirtualService " + route.delegate->name_space + "/" + route.delegate->name + " says";
  return route.redirect ? "a redirect" : "an answer of the route's own";
}

/// What stands in the row above is not repeated.
void add_rows(const Shown& shown, const std::string& host, const HttpRoute& route, std::vector<Row>& rows) {
  Row row{shown.cluster,
          host,
          conditions(route),
          instead(route),
          "",
          "",
          shown.service.name_space + "/" + shown.service.name,
          shown.keeper};
  if (route.to.empty()) rows.push_back(row);
  for (const To& to : route.to) {
    row[3] = to.destination.text();
    row[4] = to.weight ? std::to_string(*to.weight) : "";
    row[5] = percent(share_of(route, to));
    rows.push_back(std::exchange(row, Row(row.size())));
  }
}

template <class Visit>
void each_route(const std::vector<Shown>& all, const std::string& host, const Visit& visit) {
  for (const Shown& shown : all) {
    for (const std::string& each : shown.service.hosts) {
      if (!host.empty() && each != full_host(host, shown.service.name_space)) continue;
      for (const HttpRoute& route : shown.service.http) visit(shown, each, route);
    }
  }
}

std::string table(const std::vector<Shown>& all, const std::string& host) {
  std::vector<Row> rows{{"CLUSTER", "HOST", "REQUESTS", "DESTINATION", "WEIGHT", "SHARE", "OBJECT", "KEPT BY"}};
  each_route(all, host,
             [&](const auto& shown, const auto& each, const auto& route) { add_rows(shown, each, route, rows); });
  if (rows.size() == 1) return "no routes\n";
  const bool is_one = all.front().cluster.empty();
  if (is_one) {
    for (Row& row : rows) row.erase(row.begin());
  }
  return aligned(rows);
}

Json match_json(const VirtualService::Match& match) {
  const RouteMatch uri{match.uri, match.value, ""};
  Json json = Json::object();
  if (!uri.is_any()) json["uri"] = uri.text();
  if (match.port) json["port"] = *match.port;
  if (!match.also.empty()) json["also"] = match.also;
  return json;
}

Json to_json(const HttpRoute& route, const To& to) {
  Json json{{"host", to.destination.host}};
  if (to.destination.port) json["port"] = *to.destination.port;
  if (!to.destination.subset.empty()) json["subset"] = to.destination.subset;
  if (to.weight) json["weight"] = *to.weight;
  json["share"] = share_of(route, to);
  return json;
}

Json json_of(const Shown& shown, const std::string& host, const HttpRoute& route) {
  Json json{{"host", host},
            {"namespace", shown.service.name_space},
            {"virtualService", shown.service.name},
            {"gateways", shown.service.gateways},
            {"field", field_path(route.pointer)},
            {"name", route.name},
            {"matches", Json::array()},
            {"destinations", Json::array()},
            {"keptBy", shown.keeper}};
  if (!shown.cluster.empty()) json["cluster"] = shown.cluster;
  if (!shown.service.place.empty()) json["place"] = shown.service.place;
  for (const auto& match : route.matches) json["matches"].push_back(match_json(match));
  for (const To& to : route.to) json["destinations"].push_back(to_json(route, to));
  if (route.delegate) json["delegate"] = route.delegate->name_space + "/" + route.delegate->name;
  return json;
}

std::vector<Shown> read_clusters(const RouteFlags& flags, std::string& notes) {
  std::vector<Shown> all;
  for (MeshCluster& cluster : open_clusters(flags)) {
    const ClusterRoutes routes = read_routes(cluster, flags);
    for (const std::string& error : routes.views.unreadable)
      notes += "note: " + cluster.prefix() + escape_controls(error) + "\n";
    for (const VirtualService& service : routes.views.services) {
      if (!flags.name_space.empty() && service.name_space != flags.name_space) continue;
      const Owner keeper = keeper_of(routes.object_of(service).meta);
      all.push_back({cluster.name(), service, keeper.kind == Owner::Kind::kNobody ? "" : text(keeper)});
    }
  }
  return all;
}

std::vector<Shown> read_files(const RouteFlags& flags) {
  const RouteFile file(flags);
  if (!file.views().unreadable.empty()) stop(kUsage, file.views().unreadable.front());
  std::vector<Shown> all;
  for (const VirtualService& service : file.views().services) all.push_back({"", service, ""});
  return all;
}

Ended show(const RouteFlags& flags) {
  const OutputForm form = form_or_stop(flags.output);
  RouteFlags read = flags;
  read.output = "text";  // of files, too, any form is right here
  check_mesh_flags(read);
  const std::string host = flags.host.empty() ? "" : wish_of(flags, "show").host;
  std::string notes;
  const auto all = flags.on_files() ? read_files(flags) : read_clusters(flags, notes);
  Json json = Json::array();
  each_route(all, host, [&](const auto& shown, const auto& each, const auto& route) {
    json.push_back(json_of(shown, each, route));
  });
  return {0, in_form(form, table(all, host), json), "", notes};
}

}  // namespace

void add_route_show(CtlCommand& route) {
  CtlCommand command = route.add("show", "Show which requests go where, and who keeps the routes",
                                 "  # All routes of a cluster\n"
                                 "  meshdnsctl route show\n"
                                 "\n"
                                 "  # Of one host, for a program\n"
                                 "  meshdnsctl route show service01.bar.svc.cluster.local -o json\n");
  const auto flags = std::make_shared<RouteFlags>();
  command.option("HOST", flags->host, "The host that clients call; without it, all", "");
  add_mesh_cluster_flags(command, *flags, "all; that of objects in FILE that say none: default");
  add_mesh_file_flag(command, *flags);
  add_output_flag(command, flags->output);
  command.runs([flags] { return show(*flags); });
}

}  // namespace meshdns
