#include "cmd/ctl/sidecar.h"

#include "cmd/ctl/fetch.h"
#include "cmd/text_value.h"
#include "k8s/mesh/regular_expression.h"
#include "zone/address.h"

namespace meshdns {
namespace {

// It has to be written by Envoy's main thread, which may be busy with new configuration.
constexpr std::chrono::seconds kPatience{20};

std::string dump_of(const std::string& resource, const std::string& names) {
  return "/config_dump?resource=" + resource + "&name_regex=" + url_escape(names);
}

/// An expression that these names alone match.
std::string any_of(const std::vector<std::string>& names) {
  std::string any;
  for (const std::string& name : names) any += (any.empty() ? "^(" : "|") + regular_expression_of(name);
  return any + ")$";
}

std::string endpoints_target(const std::vector<std::string>& clusters) {
  return "/clusters?filter=" + url_escape(any_of(clusters));
}

}  // namespace

Result<std::string> Sidecar::get(const std::string& target) const {
  auto fetched = fetch(base_ + target, kPatience, kLargestSidecarPage);
  const std::string what = base_ + target.substr(0, target.find('?'));
  if (!fetched) return Error{what + ": " + fetched.error()};
  if (fetched->status != 200) return Error{what + " answers " + std::to_string(fetched->status)};
  return std::move(fetched->body);
}

Result<EndpointCounts> Sidecar::counts() const {
  const auto text = get("/clusters");
  if (!text) return Error{text.error()};
  auto counts = parse_endpoint_counts(*text);
  if (!counts) return Error{base_ + "/clusters: " + counts.error()};
  return counts;
}

Result<std::optional<EnvoyRoute>> Sidecar::route(const WebUrl& url) const {
  const auto dump = get(dump_of("dynamic_route_configs", route_config_names(url.port)));
  if (!dump) return Error{dump.error()};
  return find_envoy_route(*dump, url);
}

Result<std::vector<std::string>> Sidecar::hashing(const std::vector<std::string>& clusters) const {
  const auto dump = get(dump_of("dynamic_active_clusters", any_of(clusters)));
  if (!dump) return Error{dump.error()};
  return hashing_clusters(*dump, clusters);
}

std::string Sidecar::endpoints_url(const std::vector<std::string>& clusters) const {
  return base_ + endpoints_target(clusters);
}

Result<std::string> Sidecar::endpoints(const std::vector<std::string>& clusters) const {
  return get(endpoints_target(clusters));
}

Result<std::string> parse_sidecar(const std::string& text) {
  const auto url = parse_web_url(text);
  const auto is_v4 = [](const std::string& host) { return host.starts_with("127.") && IpAddress::parse(host); };
  const bool loopback = url && (is_v4(url->host) || url->host == "[::1]" || url->host == "localhost");
  if (loopback && url->path == "/" && url->query.empty())
    return text.ends_with('/') ? text.substr(0, text.size() - 1) : text;
  return Error{"found " + quote(text) + ", expected a URL on loopback such as " + kSidecar};
}

}  // namespace meshdns
