#pragma once

// Manifests that --file names.

#include <string>
#include <vector>

#include "cmd/ctl/command.h"
#include "k8s/istio/manifest.h"

namespace meshdns {

struct MeshFile {
  std::string name;  // as the command line has it; - is standard input
  std::string text;
  std::vector<ManifestObject> objects;  // of whatever kind, in order
};

/// Stops where it cannot be read, and with kUsage where it is no manifest.
MeshFile read_mesh_file(const std::string& name, int unreadable = kFailed);

}  // namespace meshdns
