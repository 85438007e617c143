#include "k8s/mesh/virtual_service.h"

#include <algorithm>
#include <array>
#include <utility>

#include "k8s/mesh/field.h"

namespace meshdns {
namespace {

using Match = VirtualService::Match;
using To = VirtualService::To;

constexpr const char* kMesh = "mesh";  // the gateway that means every sidecar

To read_destination(const Field& item, const Field& destination, const VirtualService& service) {
  const std::string host = destination.at("host").text();
  if (host.empty()) destination.at("host").wrong("a host name");
  return {item.pointer(),
          {full_host(host, service.name_space), destination.at("port").at("number").port(),
           destination.at("subset").text()},
          item.at("weight").number(kLeastInt32, kMostInt32)};
}

std::vector<To> read_route(const Field& route, const VirtualService& service) {
  std::vector<To> to;
  for (const Field& item : route.items()) to.push_back(read_destination(item, item.at("destination"), service));
  return to;
}

void read_uri(const Field& uri, Match& match) {
  static constexpr std::array kKinds = {std::pair("exact", Match::Uri::kExact),
                                        std::pair("prefix", Match::Uri::kPrefix),
                                        std::pair("regex", Match::Uri::kRegex)};
  for (const auto& [key, kind] : kKinds) {
    if (!uri.at(key).present()) continue;
    match.uri = kind;
    match.value = uri.at(key).text();
  }
}

Match read_match(const Field& field) {
  Match match;
  read_uri(field.at("uri"), match);
  match.port = field.at("port").port();
  for (const std::string& key : field.keys()) {
    if (key != "name" && key != "uri" && key != "port") match.also.push_back(key);
  }
  return match;
}

std::optional<VirtualService::Retries> read_retries(const Field& field) {
  if (!field.present()) return std::nullopt;
  return VirtualService::Retries{.attempts = field.at("attempts").number(kLeastInt32, kMostInt32).value_or(0),
                                 .retry_on = field.at("retryOn").text(),
                                 .per_try_timeout = field.at("perTryTimeout").duration(),
                                 .remote_localities = field.at("retryRemoteLocalities").truth().value_or(false)};
}

VirtualService::HttpRoute read_http_route(const Field& field, const VirtualService& service) {
  VirtualService::HttpRoute route;
  route.pointer = field.pointer();
  route.name = field.at("name").text();
  for (const Field& match : field.at("match").items()) route.matches.push_back(read_match(match));
  route.to = read_route(field.at("route"), service);
  if (const Field mirror = field.at("mirror"); mirror.present()) {
    route.mirrors.push_back(read_destination(mirror, mirror, service));
  }
  for (const Field& mirror : field.at("mirrors").items()) {
    route.mirrors.push_back(read_destination(mirror, mirror.at("destination"), service));
  }
  if (const Field delegate = field.at("delegate"); delegate.present()) {
    const std::string name_space = delegate.at("namespace").text();
    route.delegate = {name_space.empty() ? service.name_space : name_space, delegate.at("name").text()};
  }
  route.redirect = field.at("redirect").present();
  route.direct_response = field.at("directResponse").present();
  route.retries = read_retries(field.at("retries"));
  route.timeout = field.at("timeout").duration();
  return route;
}

std::vector<VirtualService::StreamRoute> read_stream_routes(const Field& routes, const VirtualService& service) {
  std::vector<VirtualService::StreamRoute> all;
  for (const Field& route : routes.items()) all.push_back({route.pointer(), read_route(route.at("route"), service)});
  return all;
}

}  // namespace

bool VirtualService::HttpRoute::is_catch_all() const {
  return matches.empty() || std::ranges::any_of(matches, [](const Match& match) { return match.is_catch_all(); });
}

bool VirtualService::is_for_sidecars() const {
  return gateways.empty() || std::ranges::find(gateways, kMesh) != gateways.end();
}

Result<VirtualService> parse_virtual_service(std::string_view json, std::string_view name_space) {
  VirtualService service;
  const auto error = read_object(json, [&](const Field& object) {
    static_cast<ObjectIdentity&>(service) = read_identity(object, "VirtualService", name_space);
    const Field spec = object.at("spec");
    for (const std::string& host : spec.at("hosts").texts()) {
      service.hosts.push_back(full_host(host, service.name_space));
    }
    service.gateways = spec.at("gateways").texts();
    service.export_to = spec.at("exportTo").texts();
    for (const Field& route : spec.at("http").items()) service.http.push_back(read_http_route(route, service));
    service.tls = read_stream_routes(spec.at("tls"), service);
    service.tcp = read_stream_routes(spec.at("tcp"), service);
  });
  if (error) return *error;
  return service;
}

}  // namespace meshdns
