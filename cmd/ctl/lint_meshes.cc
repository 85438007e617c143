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

void add_live_objects(MeshCluster& cluster, const ObjectKind& kind, LintMesh& mesh) {
  const std::string place = cluster.name().empty() ? "the cluster" : cluster.name();
  const auto objects = cluster.list(kind);
  if (objects.empty()) return;
  const std::string api_version = cluster.api_version_of(kind);
  for (const LiveObject& object : objects) mesh.add({place, api_version, kind.kind, object.json}, kDefaultNamespace);
}

bool names_localities(const LintMesh& mesh) {
  return std::ranges::any_of(mesh.entries(), [](const LintEntry& entry) {
    return std::ranges::any_of(entry.endpoints, [](const auto& endpoint) { return !endpoint.locality.empty(); });
  });
}

/// Nodes are asked for where they matter alone, and who may not list them may lint all the same.
void add_live_nodes(MeshCluster& cluster, LintMesh& mesh, std::vector<std::string>& notes) {
  if (!names_localities(mesh)) return;
  try {
    add_live_objects(cluster, kNodes, mesh);
  } catch (const Stop& stopped) {
    notes.push_back("whether nodes are in the localities that endpoints name is not judged: " + stopped.ended.text);
  }
}

void add_files(const std::vector<ManifestObject>& objects, const std::string& name_space, LintMesh& mesh) {
  for (const ManifestObject& object : objects) mesh.add(object, name_space.empty() ? kDefaultNamespace : name_space);
}

}  // namespace

LintMeshes read_meshes(const MeshFlags& flags, const std::vector<std::string>& files) {
  const auto objects = objects_of(files);
  LintMeshes read;
  auto& meshes = read.meshes;
  if (!files.empty() && flags.contexts.empty()) {
    add_files(objects, flags.name_space, meshes.emplace_back(/*live=*/false));
  } else {
    for (MeshCluster& cluster : open_clusters(flags)) {
      LintMesh& mesh = meshes.emplace_back(/*live=*/true);
      for (const ObjectKind* kind : {&kServices, &kServiceEntries, &kVirtualServices, &kDestinationRules, &kGateways})
        add_live_objects(cluster, *kind, mesh);
      add_files(objects, flags.name_space.empty() ? cluster.cluster().name_space() : flags.name_space, mesh);
      add_live_nodes(cluster, mesh, read.notes);
    }
  }
  for (LintMesh& mesh : meshes) mesh.index();
  return read;
}

}  // namespace meshdns
