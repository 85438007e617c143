#include "tests/k8s/stub/cluster_fixture.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <stdexcept>

#include "k8s/istio/manifest.h"

namespace meshdns {
namespace {

using Json = nlohmann::json;

const std::filesystem::path kClusters = MESHDNS_STUB_CLUSTERS;

/// As the API has it in paths: "/apis/apps/v1/namespaces/kube-system/deployments".
std::string collection(const Json& object) {
  std::string plural = object.at("kind").get<std::string>();
  std::ranges::transform(plural, plural.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? c | 0x20 : c; });
  if (!plural.ends_with("points")) plural += plural.ends_with('s') ? "es" : "s";
  const auto version = object.at("apiVersion").get<std::string>();
  const auto& metadata = object.at("metadata");
  return (version == "v1" ? "/api/v1/" : "/apis/" + version + "/") +
         (metadata.contains("namespace") ? "namespaces/" + metadata.at("namespace").get<std::string>() + "/" : "") +
         plural;
}

ObservedAnswer refusal(int status, const std::string& message) {
  return {status, Json{{"kind", "Status"}, {"code", status}, {"message", message}}.dump()};
}

}  // namespace

ClusterFixture::ClusterFixture(const std::string& name) {
  std::ifstream file(kClusters / (name + ".yaml"));
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const auto manifest = parse_manifest(text, name);
  if (!manifest || manifest->empty()) throw std::runtime_error(manifest ? "no cluster " + name : manifest.error());
  for (const ManifestObject& object : *manifest) objects.push_back(Json::parse(object.json));
}

ObservedAnswer ClusterFixture::get(const std::string& path_and_query) const {
  if (!forbidden.empty() && path_and_query.find(forbidden) != std::string::npos) {
    return refusal(403, "User \"guest\" cannot list resource \"" + forbidden + "\"");
  }
  const std::string path = path_and_query.substr(0, path_and_query.find('?'));
  if (path == "/apis") {
    std::set<std::string> groups;
    for (const Json& object : objects) {
      const auto version = object.at("apiVersion").get<std::string>();
      if (version != "v1") groups.insert(version.substr(0, version.find('/')));
    }
    Json list = Json::array();
    for (const std::string& group : groups) list.push_back({{"name", group}});
    return {200, Json{{"groups", list}}.dump()};
  }
  Json items = Json::array();
  for (const Json& object : objects) {
    if (path == collection(object)) items.push_back(object);
    if (path == collection(object) + "/" + object.at("metadata").at("name").get<std::string>())
      return {200, object.dump()};
  }
  return items.empty() ? refusal(404, "not found") : ObservedAnswer{200, Json{{"items", items}}.dump()};
}

std::vector<std::string> cluster_fixtures() {
  std::vector<std::string> names;
  for (const auto& file : std::filesystem::directory_iterator(kClusters)) names.push_back(file.path().stem().string());
  std::ranges::sort(names);
  return names;
}

ObservedDns observed(const ClusterFixture& cluster) {
  auto dns = observe_dns([&](const std::string& path) -> Result<ObservedAnswer> { return cluster.get(path); });
  REQUIRE_MESSAGE(dns, (dns ? "" : dns.error()));
  return *std::move(dns);
}

}  // namespace meshdns
