// Input: a manifest. Its objects are held against each other as files, and as what two clusters have.

#include "k8s/istio/manifest.h"
#include "k8s/mesh/lint.h"
#include "tests/fuzz/check.h"

namespace meshdns::fuzz {
namespace {

LintMesh mesh_of(const std::vector<ManifestObject>& objects, bool live) {
  LintMesh mesh(live);
  for (const ManifestObject& object : objects) mesh.add(object, "default");
  mesh.index();
  return mesh;
}

void require_text(const std::string& text) {
  require(text.size() <= 16'384, "a bounded text");
  for (const char c : text) require(c >= ' ' && c < 0x7f, "printable text");
}

void require_findings(const std::vector<LintMesh>& meshes) {
  LintOptions options{{*Name::parse("global")}, {}};
  for (const GatewayAddress& gateway : gateway_addresses(meshes)) options.unreachable[gateway] = "no connection";
  for (const Finding& finding : lint(meshes, options)) {
    require(!finding.message.empty(), "a message");
    require_text(finding.message);
    require_text(finding.field);
    require_text(finding.object.object());
  }
}

}  // namespace
}  // namespace meshdns::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace meshdns;
  using namespace meshdns::fuzz;
  const auto objects = parse_manifest({reinterpret_cast<const char*>(data), size}, "input");
  if (!objects) return 0;
  std::vector<LintMesh> files;
  files.push_back(mesh_of(*objects, /*live=*/false));
  require_findings(files);
  std::vector<LintMesh> clusters;
  for (int i = 0; i < 2; ++i) clusters.push_back(mesh_of(*objects, /*live=*/true));
  require_findings(clusters);
  return 0;
}
