#include "k8s/mesh/route_creation.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "k8s/istio/service_entry.h"
#include "k8s/mesh/entry_wish.h"
#include "k8s/mesh/our_object.h"
#include "k8s/mesh/route_choice.h"

namespace meshdns {
namespace {

using Json = nlohmann::ordered_json;
using HttpRoute = VirtualService::HttpRoute;
using Match = VirtualService::Match;

constexpr std::string_view kServices = ".svc.cluster.local";
constexpr size_t kLongestName = 63;

Json destination_json(const Destination& destination) {
  Json json{{"host", destination.host}};
  if (destination.port) json["port"] = {{"number", *destination.port}};
  if (!destination.subset.empty()) json["subset"] = destination.subset;
  return json;
}

const char* field_of(Match::Uri uri) {
  return uri == Match::Uri::kPrefix ? "prefix" : uri == Match::Uri::kExact ? "exact" : "regex";
}

Json route_json(const NewRoute& route) {
  Json json = Json::object();
  if (!route.match.is_any()) json["match"] = Json::array({{{"uri", {{field_of(route.match.uri), route.match.value}}}}});
  json["route"] = Json::array();
  for (const auto& [destination, weight] : route.to) {
    json["route"].push_back({{"destination", destination_json(destination)}, {"weight", weight}});
  }
  return json;
}

Json to_the_host(const std::string& host) { return {{"route", Json::array({{{"destination", {{"host", host}}}}})}}; }

Json http_json(const NewRoute& route) {
  Json http = Json::array({route_json(route)});
  if (!route.match.is_any()) http.push_back(to_the_host(route.host));
  return http;
}

bool is_that_default(const HttpRoute& route, const std::vector<std::string>& hosts) {
  return route.matches.empty() && route.to.size() == 1 && route.mirrors.empty() &&
         route.to.front().destination == Destination{hosts.front(), {}, ""};
}

/// Whether the route takes requests that the match is for, and no others decide.
bool takes(const HttpRoute& route, const RouteMatch& match) {
  if (route.is_catch_all()) return true;
  if (match.is_any()) return false;
  return std::ranges::any_of(route.matches, [&](const Match& each) {
    const bool is_plain = each.uri == Match::Uri::kPrefix && !each.port && each.also.empty();
    return is_plain && match.uri != Match::Uri::kRegex && match.value.starts_with(each.value);
  });
}

/// The indices of the routes that are for exactly these requests.
std::vector<size_t> same_requests(const VirtualService& service, const RouteMatch& match) {
  std::vector<size_t> indices;
  for (size_t i = 0; i < service.http.size(); ++i) {
    const HttpRoute& route = service.http[i];
    const bool is_same =
        match.is_any() ? route.is_catch_all()
                       : route.matches.size() == 1 && route.matches.front() == Match{match.uri, match.value, {}, {}};
    if (is_same) indices.push_back(i);
  }
  return indices;
}

std::vector<std::string> texts_of(const std::vector<WeightedDestination>& to) {
  std::vector<std::string> texts;
  for (const auto& [destination, weight] : to) {
    texts.push_back(destination.text() + "=" + (to.size() == 1 ? "all" : std::to_string(weight)));
  }
  std::ranges::sort(texts);
  return texts;
}

Error is_there(const VirtualService& service, const HttpRoute& route, const NewRoute& wanted,
               const std::string& where) {
  const auto has = [&](const WeightedDestination& to) {
    return static_cast<bool>(destination_in(service, route, to.destination));
  };
  const bool only_weights = wanted.to.size() == route.to.size() && std::ranges::all_of(wanted.to, has);
  std::string command = "meshdnsctl route " + std::string(only_weights ? "set-weights " : "delete ") + wanted.host;
  if (only_weights) {
    for (const auto& [destination, weight] : wanted.to)
      command += " " + destination.text() + "=" + std::to_string(weight);
  }
  return Error{named(service, route) + " is there already, and sends to " + destinations(route) + "; " +
               (only_weights ? "its weights are changed with: " : "before another takes its place: ") + command +
               wanted.match.flag() + where};
}

RouteChange change_of(std::string_view json, const Json& patch, const std::string& pointer, const NewRoute& route) {
  return {patch.dump(), nlohmann::json::parse(json).patch(nlohmann::json::parse(patch.dump())).dump(), pointer,
          asked_of(pointer, route)};
}

}  // namespace

std::vector<std::string> asked_of(const std::string& pointer, const NewRoute& route) {
  std::vector<std::string> asked;
  for (size_t i = 0; i < route.to.size(); ++i) {
    if (route.to[i].weight > 0) asked.push_back(pointer + "/route/" + std::to_string(i));
  }
  return asked;
}

std::vector<WeightedDestination> weighted(const HttpRoute& route) {
  constexpr int64_t kAll = 100;
  std::vector<WeightedDestination> to;
  for (const auto& each : route.to) {
    to.push_back({each.destination, route.to.size() == 1 ? kAll : each.weight.value_or(0)});
  }
  return to;
}

std::optional<RouteMatch> match_of(const HttpRoute& route) {
  if (route.to.empty() || route.matches.size() > 1) return std::nullopt;
  const Match match = route.matches.empty() ? Match{} : route.matches.front();
  if (match.port || !match.also.empty()) return std::nullopt;
  return RouteMatch{match.uri, match.value, ""};
}

ObjectIdentity route_object(const std::string& host, const std::string& name_space, const std::string& fallback) {
  ObjectIdentity identity{"VirtualService", name_space.empty() ? fallback : name_space, "", 0, ""};
  std::string_view rest(host);
  if (rest.ends_with(kServices)) {
    rest.remove_suffix(kServices.size());
    const size_t dot = rest.find('.');
    identity.name = rest.substr(0, dot);
    if (name_space.empty() && dot != std::string_view::npos) identity.name_space = rest.substr(dot + 1);
    return identity;
  }
  const auto mesh = parse_mesh_host(host);
  if (mesh && mesh->zone.find('.') == std::string::npos) {
    identity.name = mesh->object();
    if (name_space.empty()) identity.name_space = mesh->name_space;
  } else {
    identity.name = host;
    std::ranges::replace(identity.name, '.', '-');
  }
  identity.name.resize(std::min(identity.name.find_last_not_of('-', kLongestName - 1) + 1, kLongestName));
  return identity;
}

ObjectIdentity named_apart(ObjectIdentity identity, const std::function<bool(const ObjectIdentity&)>& is_taken) {
  if (is_taken(identity)) identity.name += "-mesh";
  return identity;
}

std::string virtual_service_json(const ObjectIdentity& identity, const std::string& api_version,
                                 const NewRoute& route) {
  return Json{
      {"apiVersion", api_version},
      {"kind", identity.kind},
      {"metadata", {{"name", identity.name}, {"namespace", identity.name_space}, {"labels", {{kManagedBy, kUs}}}}},
      {"spec", {{"hosts", {route.host}}, {"http", http_json(route)}}}}
      .dump();
}

Result<RouteChange> add_route(std::string_view json, const VirtualService& service, const NewRoute& route,
                              const std::string& where) {
  const auto same = same_requests(service, route.match);
  if (!same.empty()) {
    const HttpRoute& there = service.http[same.front()];
    if (texts_of(weighted(there)) == texts_of(route.to)) return RouteChange{"[]", std::string(json), there.pointer, {}};
    if (!is_that_default(there, service.hosts)) return is_there(service, there, route, where);
  }
  if (service.http.empty()) {
    return change_of(json, {{{"op", "add"}, {"path", "/spec/http"}, {"value", http_json(route)}}}, kFirstRoute, route);
  }
  const auto taking =
      std::ranges::find_if(service.http, [&](const HttpRoute& each) { return takes(each, route.match); });
  const std::string pointer = "/spec/http/" + std::to_string(taking - service.http.begin());
  return change_of(json, {{{"op", "add"}, {"path", pointer}, {"value", route_json(route)}}}, pointer, route);
}

Result<std::optional<RouteChange>> remove_route(std::string_view json, const VirtualService& service,
                                                const RouteMatch& match, const std::string& command) {
  const auto found = match.name.empty() ? same_requests(service, match) : routes_for(service, match);
  if (found.empty()) {
    const auto others = match.is_any() ? std::vector<size_t>() : routes_for(service, match);
    if (others.empty()) return std::optional<RouteChange>();
    return Error{named(service, service.http[others.front()]) +
                 " is for other requests, too; the whole of it goes with: kubectl -n " + shown(service.name_space) +
                 " edit virtualservice " + shown(service.name)};
  }
  if (found.size() > 1 && !match.is_any()) return Error{route_for(service, match, command).error()};
  if (service.http.size() > 1 && match.is_any() && is_that_default(service.http[found.front()], service.hosts)) {
    return std::optional<RouteChange>();
  }
  const Json object = Json::parse(json);
  std::vector<HttpRoute> left = service.http;
  left.erase(left.begin() + static_cast<std::ptrdiff_t>(found.front()));
  const bool is_last = left.empty() && service.tcp.empty() && service.tls.empty();
  const bool is_default = left.size() == 1 && service.hosts.size() == 1 && is_that_default(left.front(), service.hosts);
  const std::string& pointer = service.http[found.front()].pointer;
  if (is_ours(object) && (is_last || is_default)) return std::optional(RouteChange{"", "", pointer, {}});
  if (left.empty()) {
    return Error{named(service, service.http[found.front()]) + " is its only http route; " +
                 (is_last ? "the object goes with: kubectl -n " + shown(service.name_space) +
                                " delete virtualservice " + shown(service.name)
                          : "and its tcp and tls routes are not touched")};
  }
  return std::optional(
      change_of(json,
                {{{"op", "test"}, {"path", pointer}, {"value", object.at(Json::json_pointer(pointer))}},
                 {{"op", "remove"}, {"path", pointer}}},
                pointer, {}));
}

}  // namespace meshdns
