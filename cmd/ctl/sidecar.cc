#include "cmd/ctl/sidecar.h"

#include "cmd/ctl/fetch.h"
#include "cmd/text_value.h"
#include "k8s/mesh/regular_expression.h"
#include "zone/address.h"

namespace meshdns {
namespace {

// It has to be written by Envoy's main thread, which may be busy with new configuration.
constexpr std::chrono::seconds kPatience{20};
// 1.3 KiB for each endpoint that the mesh shows the pod.
constexpr size_t kLargest = 64 << 20;

std::string dump_of(const std::string& resource, const std::string& names) {
  return "/config_dump?resource=" + resource + "&name_regex=" + url_escape(names);
}

}  // namespace

Result<std::string> Sidecar::get(const std::string& target) const {
  auto fetched = fetch(base_ + target, kPatience, kLargest);
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
  std::string names;
  for (const std::string& cluster : clusters) names += (names.empty() ? "^(" : "|") + regular_expression_of(cluster);
  const auto dump = get(dump_of("dynamic_active_clusters", names + ")$"));
  if (!dump) return Error{dump.error()};
  return hashing_clusters(*dump, clusters);
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
