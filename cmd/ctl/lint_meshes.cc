#include "cmd/ctl/lint_meshes.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <set>
#include <system_error>

#include "cmd/ctl/mesh_cluster.h"
#include "cmd/ctl/mesh_file.h"
#include "cmd/ctl/mesh_flags.h"
#include "cmd/ctl/stop.h"

namespace meshdns {
namespace {

namespace fs = std::filesystem;

constexpr const char* kDefaultNamespace = "default";

/// The file itself, or the manifests of a directory, by name.
std::vector<std::string> paths_of(const std::string& file) {
  std::error_code error;
  if (!fs::is_directory(file, error)) return {file};
  std::set<std::string> paths;
  for (fs::directory_iterator at(file, error), end; !error && at != end; at.increment(error)) {
    std::error_code unreadable;  // reading it says what its trouble is
    const bool is_there = is_manifest_name(at->path().filename().string()) && !at->is_directory(unreadable);
    if (is_there) paths.insert(at->path().string());
  }
  if (error) stop(kUsage, "cannot read " + file + ": " + error.message());
  if (paths.empty()) stop(kUsage, file + ": found no manifest in this directory, expected *.yaml, *.yml or *.json");
  return {paths.begin(), paths.end()};
}

std::vector<ManifestObject> objects_of(const std::vector<std::string>& files) {
  std::vector<ManifestObject> objects;
  for (const std::string& file : files) {
    for (const std::string& path : paths_of(file)) {
      std::ranges::move(read_mesh_file(path, kUsage).objects, std::back_inserter(objects));
    }
  }
  return objects;
}

void add_live_objects(MeshCluster& cluster, LintMesh& mesh) {
  const std::string place = cluster.name().empty() ? "the cluster" : cluster.name();
  for (const ObjectKind* kind : {&kServices, &kServiceEntries, &kVirtualServices, &kDestinationRules, &kGateways}) {
    const auto objects = cluster.list(*kind);
    if (objects.empty()) continue;
    const std::string api_version = cluster.api_version_of(*kind);
    for (const LiveObject& object : objects) mesh.add({place, api_version, kind->kind, object.json}, kDefaultNamespace);
  }
}

void add_files(const std::vector<ManifestObject>& objects, const std::string& name_space, LintMesh& mesh) {
  for (const ManifestObject& object : objects) mesh.add(object, name_space.empty() ? kDefaultNamespace : name_space);
}

}  // namespace

std::vector<LintMesh> read_meshes(const MeshFlags& flags, const std::vector<std::string>& files) {
  const auto objects = objects_of(files);
  std::vector<LintMesh> meshes;
  if (!files.empty() && flags.contexts.empty()) {
    add_files(objects, flags.name_space, meshes.emplace_back(/*live=*/false));
  } else {
    for (MeshCluster& cluster : open_clusters(flags)) {
      LintMesh& mesh = meshes.emplace_back(/*live=*/true);
      add_live_objects(cluster, mesh);
      add_files(objects, flags.name_space.empty() ? cluster.cluster().name_space() : flags.name_space, mesh);
    }
  }
  for (LintMesh& mesh : meshes) mesh.index();
  return meshes;
}

}  // namespace meshdns
