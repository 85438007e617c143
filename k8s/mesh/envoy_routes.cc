#include "k8s/mesh/envoy_routes.h"

#include <algorithm>
#include <optional>
#include <tuple>

#include "k8s/api/api_objects.h"
#include "k8s/api/json_fields.h"
#include "k8s/mesh/destination.h"
#include "k8s/mesh/envoy_match.h"

namespace meshdns {
namespace {

using Json = nlohmann::json;

/// How well a domain fits an authority: Envoy takes an exact one before suffixes, those before prefixes, the longest first, and "*" last.
using Rank = std::tuple<int, size_t>;

std::optional<Rank> rank_of(const std::string& domain, const std::string& authority) {
  if (domain == "*") return Rank{1, 0};
  if (canonical_host(domain) == canonical_host(authority)) return Rank{4, 0};
  const std::string_view rest = std::string_view(domain).substr(1);
  if (domain.starts_with('*') && authority.size() > rest.size() && authority.ends_with(rest))
    return Rank{3, rest.size()};
  if (domain.ends_with('*') && authority.size() >= domain.size() &&
      authority.starts_with(domain.substr(0, domain.size() - 1))) {
    return Rank{2, domain.size()};
  }
  return std::nullopt;
}

struct FoundHost {
  const Json* host = nullptr;
  Rank rank{0, 0};
};

FoundHost find_host(const Json& config, const WebUrl& url) {
  const Json& ignore_port = member(config, "ignore_port_in_host_matching");
  const std::string authority = ignore_port.is_boolean() && ignore_port.get<bool>() ? url.host : url.authority();
  FoundHost best;
  for (const Json& host : member(config, "virtual_hosts")) {
    for (const Json& domain : member(host, "domains")) {
      if (!domain.is_string() || domain.get_ref<const std::string&>().empty()) continue;
      const auto rank = rank_of(domain.get<std::string>(), authority);
      if (rank && *rank > best.rank) best = {&host, *rank};
    }
  }
  return best;
}

/// Whether a configuration called NAME:PORT is that of the URL's host, which may be short.
bool is_of_host(const std::string& name, const WebUrl& url) {
  const std::string port = ":" + std::to_string(url.port);
  if (!name.ends_with(port)) return false;
  const std::string host = name.substr(0, name.size() - port.size());
  return host == url.host || host.starts_with(url.host + ".");
}

const Json* find_virtual_host(const Json& dump, const WebUrl& url) {
  const Json* of_host = nullptr;
  for (const Json& item : member(dump, "configs")) {
    const Json& config = member(item, "route_config");
    const std::string name = text_member(config, "name");
    const bool of_port = name == std::to_string(url.port);
    if (!of_port && !is_of_host(name, url)) continue;
    const FoundHost found = find_host(config, url);
    if (found.host == nullptr) continue;
    // What no virtual host is for, Istio lets pass or blocks: the domain "*".
    if (of_port && std::get<0>(found.rank) > 1) return found.host;
    if (!of_port) of_host = found.host;
  }
  return of_host;
}

/// "VirtualService bar/x", as Istio says of each route that is one's: "/apis/networking.istio.io/v1/namespaces/bar/virtual-service/x".
std::string virtual_service_of(const Json& route) {
  constexpr std::string_view kNamespace = "/namespaces/";
  constexpr std::string_view kKind = "/virtual-service/";
  const std::string path = text_member(member(member(member(route, "metadata"), "filter_metadata"), "istio"), "config");
  const size_t name_space = path.find(kNamespace);
  const size_t kind = path.find(kKind);
  if (name_space == std::string::npos || kind == std::string::npos || kind < name_space) return "";
  const size_t begin = name_space + kNamespace.size();
  return " (VirtualService " + printable(path.substr(begin, kind - begin) + "/" + path.substr(kind + kKind.size())) +
         ")";
}

std::string described(const Json& route) {
  const std::string name = text_member(route, "name");
  if (!name.empty()) return name;
  const Json& match = member(route, "match");
  for (const char* key : {"prefix", "path", "path_separated_prefix"}) {
    if (match.is_object() && match.contains(key)) return text_member(match, key);
  }
  return text_member(member(match, "safe_regex"), "regex");
}

int64_t weight_of(const Json& cluster) {
  const Json& weight = member(cluster, "weight");
  return weight.is_number_unsigned() ? static_cast<int64_t>(std::min<uint64_t>(weight.get<uint64_t>(), UINT32_MAX)) : 0;
}

/// What a request's place is chosen by; empty: nothing of it.
std::string hash_of(const Json& policies) {
  if (!policies.is_array() || policies.empty()) return "";
  const Json& policy = policies.front();
  if (const std::string header = text_member(member(policy, "header"), "header_name"); !header.empty())
    return "hash policy on header " + printable(header);
  if (const std::string cookie = text_member(member(policy, "cookie"), "name"); !cookie.empty())
    return "hash policy on cookie " + printable(cookie);
  if (const std::string parameter = text_member(member(policy, "query_parameter"), "name"); !parameter.empty())
    return "hash policy on parameter " + printable(parameter);
  return policy.is_object() && policy.contains("connection_properties") ? "hash policy on the client's address"
                                                                        : "hash policy";
}

Result<EnvoyRoute> read_route(const Json& route, std::string name) {
  const Json& action = member(route, "route");
  EnvoyRoute read{std::move(name), {}, ""};
  const Json& weighted = member(action, "weighted_clusters");
  if (const std::string cluster = text_member(action, "cluster"); !cluster.empty())
    read.clusters.push_back({cluster, 1});
  for (const Json& cluster : member(weighted, "clusters")) {
    if (const std::string named = text_member(cluster, "name"); !named.empty())
      read.clusters.push_back({named, weight_of(cluster)});
  }
  const auto decides = [](const EnvoyRoute::Cluster& cluster) { return cluster.weight > 0; };
  if (std::ranges::none_of(read.clusters, decides)) {
    return Error{"the sidecar's " + read.name +
                 " sends to no destination of its own choice: it redirects, answers itself, or " +
                 "takes the destination from the request"};
  }
  read.hashed = hash_of(member(action, "hash_policy"));
  if (const std::string header = text_member(weighted, "header_name"); !header.empty())
    read.hashed = "header " + printable(header);
  return read;
}

Json parse(std::string_view text) { return Json::parse(text, nullptr, /*allow_exceptions=*/false); }

bool hashes(const Json& cluster) {
  const auto is_hash = [](const std::string& policy) {
    return policy == "RING_HASH" || policy == "MAGLEV" || policy.ends_with(".ring_hash") || policy.ends_with(".maglev");
  };
  if (is_hash(text_member(cluster, "lb_policy"))) return true;
  const Json& policies = member(member(cluster, "load_balancing_policy"), "policies");
  return std::ranges::any_of(policies, [&](const Json& policy) {
    return is_hash(text_member(member(policy, "typed_extension_config"), "name"));
  });
}

}  // namespace

Result<std::optional<EnvoyRoute>> find_envoy_route(std::string_view config_dump, const WebUrl& url) {
  const Json dump = parse(config_dump);
  if (!dump.is_object()) return Error{"found no JSON object, expected Envoy's /config_dump"};
  const Json* const host = find_virtual_host(dump, url);
  if (host == nullptr) return std::optional<EnvoyRoute>();
  const std::string of_host = " of " + printable(text_member(*host, "name"));
  for (const Json& route : member(*host, "routes")) {
    const Fit fit = fits_route(member(route, "match"), url);
    if (fit == Fit::kNo) continue;
    std::string name = "route " + printable(described(route)) + of_host + virtual_service_of(route);
    if (fit == Fit::kUnknown) return Error{"whether the sidecar's " + name + " takes the request cannot be told here"};
    auto read = read_route(route, std::move(name));
    if (!read) return Error{read.error()};
    return std::optional(*std::move(read));
  }
  return Error{"the sidecar has no route" + of_host + " that takes " + url.path + ", and answers 404 itself"};
}

std::string route_config_names(uint16_t port) { return "^(.*:)?" + std::to_string(port) + "$"; }

std::vector<std::string> hashing_clusters(std::string_view config_dump, const std::vector<std::string>& names) {
  const Json dump = parse(config_dump);
  std::vector<std::string> hashing;
  for (const Json& item : member(dump, "configs")) {
    const Json& cluster = member(item, "cluster");
    const std::string name = text_member(cluster, "name");
    if (std::ranges::count(names, name) > 0 && hashes(cluster)) hashing.push_back(name);
  }
  return hashing;
}

}  // namespace meshdns
