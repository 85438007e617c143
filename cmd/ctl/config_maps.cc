#include "cmd/ctl/config_maps.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "cmd/ctl/cluster.h"
#include "k8s/api/api_objects.h"
#include "k8s/api/url.h"

namespace meshdns {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kNotFound = 404;
constexpr int kConflict = 409;

std::string collection(const std::string& name_space) {
  return "/api/v1/namespaces/" + url_escape(name_space) + "/configmaps";
}

std::string path_of(const ConfigMap& map) { return collection(map.name_space) + "/" + url_escape(map.name); }

std::string writing(std::string path, bool dry_run) {
  return std::move(path) + "?fieldManager=meshdnsctl" + (dry_run ? "&dryRun=All" : "");
}

Error trouble(const ConfigMap& map, const std::string& what) {
  return Error{"ConfigMap " + map.name_space + "/" + map.name + ": " + what};
}

/// 404: it was there when it was read, and so others were faster, too.
Result<Change> changed(const ConfigMap& map, const Result<ApiAnswer>& answer) {
  if (!answer) return trouble(map, answer.error());
  if (answer->done()) return Change::kDone;
  if (answer->status == kConflict || (answer->status == kNotFound && map.exists())) return Change::kConflict;
  return trouble(map, answer->trouble());
}

void read(const Json& object, ConfigMap& map) {
  const Json& metadata = object.at("metadata");
  map.resource_version = metadata.at("resourceVersion").get<std::string>();
  map.uid = metadata.at("uid").get<std::string>();
  map.immutable = object.value("immutable", false);
  if (object.contains("data")) map.data = object.at("data").get<std::map<std::string, std::string>>();
}

}  // namespace

std::optional<std::string> ConfigMap::text(const std::string& key) const {
  const auto found = data.find(key);
  return found == data.end() ? std::nullopt : std::optional(found->second);
}

Result<ConfigMap> read_config_map(Cluster& cluster, const std::string& name_space, const std::string& name) {
  ConfigMap map{name_space, name, "", "", false, {}};
  const auto answer = cluster.get(path_of(map));
  if (!answer) return trouble(map, answer.error());
  if (answer->status == kNotFound) return map;
  if (!answer->done()) return trouble(map, answer->trouble());
  try {
    read(Json::parse(answer->body), map);
  } catch (const Json::exception& error) {
    return trouble(map, "the API server's answer is no ConfigMap: " + printable(error.what()));
  }
  return map;
}

Result<Change> change_key(Cluster& cluster, const ConfigMap& map, const std::string& key,
                          const std::optional<std::string>& text, bool dry_run) {
  if (!map.exists()) {
    if (!text) return Change::kDone;
    const Json object{{"apiVersion", "v1"},
                      {"kind", "ConfigMap"},
                      {"metadata",
                       {{"name", map.name},
                        {"namespace", map.name_space},
                        {"labels", {{"app.kubernetes.io/managed-by", "meshdnsctl"}}}}},
                      {"data", {{key, *text}}}};
    return write_config_map(cluster, map, object.dump(), dry_run);
  }
  const Json patch{{"metadata", {{"resourceVersion", map.resource_version}, {"uid", map.uid}}},
                   {"data", {{key, text ? Json(*text) : Json()}}}};
  return changed(map, cluster.patch(writing(path_of(map), dry_run), patch.dump()));
}

Result<Change> write_config_map(Cluster& cluster, const ConfigMap& map, std::string json, bool dry_run) {
  if (map.exists()) return changed(map, cluster.replace(writing(path_of(map), dry_run), std::move(json)));
  return changed(map, cluster.create(writing(collection(map.name_space), dry_run), std::move(json)));
}

Result<Change> delete_config_map(Cluster& cluster, const ConfigMap& map) {
  const Json options{{"apiVersion", "v1"},
                     {"kind", "DeleteOptions"},
                     {"preconditions", {{"uid", map.uid}, {"resourceVersion", map.resource_version}}}};
  return changed(map, cluster.remove(path_of(map), options.dump()));
}

}  // namespace meshdns
