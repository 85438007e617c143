#include "k8s/mesh/failover_route.h"

#include <algorithm>
#include <array>
#include <functional>
#include <nlohmann/json.hpp>
#include <vector>

#include "k8s/mesh/entry_wish.h"
#include "k8s/mesh/failover_settings.h"
#include "k8s/mesh/our_object.h"

namespace meshdns {
namespace {

using Json = nlohmann::ordered_json;
using HttpRoute = VirtualService::HttpRoute;

constexpr std::array<std::string_view, 3> kHttp = {"HTTP", "HTTP2", "HTTP_PROXY"};
constexpr std::array<std::string_view, 2> kGrpc = {"GRPC", "GRPC-WEB"};
constexpr const char* kRetries = "retries";
constexpr const char* kRemote = "retryRemoteLocalities";

std::string protocol_of(const MeshEntry::Port& port) { return istio_protocol(port.protocol).value_or(port.protocol); }

bool is_grpc(const MeshEntry::Port& port) { return std::ranges::count(kGrpc, protocol_of(port)) > 0; }

std::vector<MeshEntry::Port> http_ports(const MeshEntry& entry) {
  std::vector<MeshEntry::Port> ports;
  std::ranges::copy_if(entry.ports, std::back_inserter(ports), may_carry_http);
  return ports;
}

bool sends_to_host(const HttpRoute& route, const MeshHost& host) {
  return std::ranges::any_of(route.to, [&](const auto& to) { return to.destination.host == host.text(); });
}

/// Whether gRPC may be among the route's requests, as far as its ports tell.
bool may_be_grpc(const HttpRoute& route, const MeshEntry& entry, const MeshHost& host) {
  std::vector<uint16_t> numbers;
  for (const auto& to : route.to) {
    if (to.destination.host == host.text() && to.destination.port) numbers.push_back(*to.destination.port);
  }
  for (const auto& match : route.matches) {
    if (numbers.empty() && match.port && entry.port(*match.port) != nullptr) numbers.push_back(*match.port);
  }
  return std::ranges::any_of(entry.ports, [&](const auto& port) {
    return is_grpc(port) && (numbers.empty() || std::ranges::count(numbers, port.number) > 0);
  });
}

int64_t attempts(const std::vector<LocalityShare>& distribute) {
  std::vector<int64_t> shares;
  for (const LocalityShare& each : distribute) shares.push_back(each.share);
  std::ranges::sort(shares, std::ranges::greater());
  if (shares.size() < 2) return failover::kAttempts;
  if (shares[0] > failover::kTurns * shares[1]) return failover::kAttemptsOfUnevenShares;
  return std::max(failover::kAttempts, static_cast<int64_t>(shares.size()) - 1);
}

void set_retries(Json& retries, const FailoverWish& wish, bool grpc) {
  if (!retries.is_object()) retries = Json::object();
  retries["attempts"] = attempts(wish.distribute);
  if (!wish.per_try_timeout.empty()) retries["perTryTimeout"] = wish.per_try_timeout;
  retries["retryOn"] = std::string(wish.repeatable ? failover::kRetryOnRepeatable : failover::kRetryOn) +
                       std::string(wish.repeatable && grpc ? failover::kRetryOnGrpc : "");
  retries[kRemote] = true;
}

/// One for each HTTP port.
Json http_routes(const FailoverWish& wish, const MeshEntry& entry) {
  const std::vector<MeshEntry::Port> ports = http_ports(entry);
  Json http = Json::array();
  for (const MeshEntry::Port& port : ports) {
    Json route = Json::object();
    if (ports.size() > 1) route["match"] = Json::array({{{"port", port.number}}});
    Json destination{{"host", wish.host.text()}};
    if (entry.ports.size() > 1) destination["port"] = {{"number", port.number}};
    route["route"] = Json::array({{{"destination", destination}}});
    set_retries(route[kRetries], wish, is_grpc(port));
    http.push_back(std::move(route));
  }
  return http;
}

/// What create writes for a port, without its retries.
bool is_default(const Json& route, const HttpRoute& read, const MeshHost& host) {
  const bool is_to_host = read.to.size() == 1 && read.to.front().destination.host == host.text() &&
                          read.to.front().destination.subset.empty();
  if (!is_to_host || !route["route"].is_array() || route["route"][0].size() != 1) return false;
  for (const auto& [key, value] : route.items()) {
    if (key != "match" && key != "route") return false;
  }
  return std::ranges::all_of(read.matches, [](const auto& match) {
    return match.uri == VirtualService::Match::Uri::kAny && match.also.empty();
  });
}

bool goes_elsewhere(const HttpRoute& route) { return route.retries && route.retries->remote_localities; }

}  // namespace

bool may_carry_http(const MeshEntry::Port& port) {
  const std::string protocol = protocol_of(port);
  return protocol.empty() || std::ranges::count(kHttp, protocol) > 0 || is_grpc(port);
}

bool may_carry_streams(const MeshEntry::Port& port) { return port.protocol.empty() || !may_carry_http(port); }

std::string failover_route(const FailoverWish& wish, const MeshEntry& entry, const ObjectIdentity& identity,
                           const std::string& api_version) {
  return Json{
      {"apiVersion", api_version},
      {"kind", identity.kind},
      {"metadata", {{"name", identity.name}, {"namespace", identity.name_space}, {"labels", {{kManagedBy, kUs}}}}},
      {"spec", {{"hosts", {wish.host.text()}}, {"http", http_routes(wish, entry)}}}}
      .dump();
}

bool may_have_retries(const MeshHost& host, const VirtualService& service) {
  const auto is_it = [&](const HttpRoute& route) { return sends_to_host(route, host); };
  return service.http.empty() || std::ranges::any_of(service.http, is_it);
}

std::string with_retries(const FailoverWish& wish, const MeshEntry& entry, std::string_view json,
                         const VirtualService& service) {
  Json object = Json::parse(json);
  if (service.http.empty()) object["spec"]["http"] = http_routes(wish, entry);
  for (const HttpRoute& route : service.http) {
    if (!sends_to_host(route, wish.host)) continue;
    set_retries(object.at(Json::json_pointer(route.pointer))[kRetries], wish, may_be_grpc(route, entry, wish.host));
  }
  return object.dump();
}

bool has_retries(const MeshHost& host, const VirtualService& service) {
  return std::ranges::any_of(
      service.http, [&](const HttpRoute& route) { return sends_to_host(route, host) && route.retries.has_value(); });
}

std::string without_retries(const MeshHost& host, std::string_view json, const VirtualService& service) {
  Json object = Json::parse(json);
  bool had_any = false;
  bool is_empty = service.tcp.empty() && service.tls.empty() && service.hosts.size() == 1;
  for (const HttpRoute& route : service.http) {
    Json& item = object.at(Json::json_pointer(route.pointer));
    if (sends_to_host(route, host) && goes_elsewhere(route)) {
      item.erase(kRetries);
      had_any = true;
    }
    is_empty = is_empty && is_default(item, route, host);
  }
  return had_any && is_empty && is_ours(object) ? std::string() : object.dump();
}

}  // namespace meshdns
