#pragma once

// What `meshdnsctl lint` judges: the objects of files, of clusters, or of files as they would stand in clusters.

#include <string>
#include <vector>

#include "k8s/mesh/lint_mesh.h"

namespace meshdns {

struct MeshFlags;

struct LintMeshes {
  std::vector<LintMesh> meshes;
  std::vector<std::string> notes;  // what lint does not judge, as it may not be read
};

/// One for each --context; the files alone where there is none, and the current context where there are no files either. `files`: manifests
/// and directories of them, - for standard input. Stops with kUsage where a file cannot be read or is no manifest, and with kFailed where a
/// cluster does not do what it is asked.
LintMeshes read_meshes(const MeshFlags& flags, const std::vector<std::string>& files);

}  // namespace meshdns
