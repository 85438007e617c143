#include "cmd/ctl/mesh_file.h"

#include <utility>

#include "cmd/ctl/stop.h"
#include "cmd/input.h"

namespace meshdns {

MeshFile read_mesh_file(const std::string& name, int unreadable) {
  auto text = value_or_stop(read_up_to(name, kMaxManifest + 1), unreadable);
  const std::string shown = name == "-" ? "standard input" : name;
  if (text.size() > kMaxManifest) stop(kUsage, shown + ": more than 32 MiB, expected a manifest");
  auto objects = value_or_stop(parse_manifest(text, shown), kUsage);
  return {name, std::move(text), std::move(objects)};
}

}  // namespace meshdns
