#include "lint_fixture.h"

#include <algorithm>
#include <utility>

#include "objects.h"
#include "zone/joined.h"

namespace meshdns {

ManifestObject object_of(const std::string& line, const std::string& place) {
  const size_t first = line.find(' ');
  const size_t slash = line.find('/');
  const size_t second = line.find(' ', slash);
  const std::string kind = line.substr(0, first);
  std::string name = line.substr(slash + 1, second - slash - 1);
  std::string created;
  if (const size_t at = name.find('@'); at != std::string::npos) {
    created = ", creationTimestamp: '2026-01-01T00:" + name.substr(at + 1) + ":00Z'";
    name.resize(at);
  }
  const std::string api = kind == "Service" || kind == "Node" ? "v1" : "networking.istio.io/v1";
  const std::string rest = (kind == "Node" ? ", labels: " : "}, spec: ") + line.substr(second + 1);
  auto objects = parse_manifest("{apiVersion: " + api + ", kind: " + kind + ", metadata: {name: " + name +
                                    ", namespace: " + line.substr(first + 1, slash - first - 1) + created + rest +
                                    (kind == "Node" ? "}}" : "}"),
                                place);
  REQUIRE_MESSAGE(objects, objects.error());
  REQUIRE(objects->size() == 1);
  objects->front().place = place;
  return std::move(objects->front());
}

LintMesh mesh_of(const Texts& lines, bool live, const std::string& place) {
  LintMesh mesh(live);
  for (const std::string& line : lines) mesh.add(object_of(line, place), "default");
  mesh.index();
  return mesh;
}

LintOptions lint_options() { return {{*Name::parse("global")}, {}}; }

Texts texts(const std::vector<Finding>& findings) {
  Texts all;
  for (const Finding& finding : findings) {
    CHECK_FALSE(finding.message.empty());
    all.push_back(std::string(finding.rule) + " " + finding.object.name_space + "/" + finding.object.name +
                  (finding.field.empty() ? "" : " " + finding.field));
  }
  std::ranges::sort(all);
  return all;
}

std::string entry(const std::string& name, const std::string& host, const std::string& address, const std::string& more,
                  const std::string& port) {
  return "ServiceEntry bar/" + name + " {hosts: [" + host +
         "], location: MESH_INTERNAL, resolution: STATIC, addresses: [" + address + "], ports: [" + port +
         "], endpoints: [{address: 192.0.2.1}]" + (more.empty() ? "" : ", " + more) + "}";
}

std::string route(const std::string& destinations) {
  return "VirtualService bar/r {hosts: [a.bar.global], http: [{route: [" + destinations + "]}]}";
}

const std::string kEntry = entry("a", "a.bar.global", "240.0.0.2");
const std::string kService = "Service bar/s {ports: [{port: 80, name: http}, {port: 81, name: tcp-x}]}";

void check(const std::vector<LintCase>& cases) {
  for (const LintCase& c : cases) {
    CAPTURE(c.name);
    std::vector<LintMesh> meshes;
    meshes.push_back(mesh_of(c.objects, c.live, "f:1"));
    Texts expected = c.expected;
    std::ranges::sort(expected);
    CHECK(joined(texts(lint(meshes, lint_options()))) == joined(expected));
  }
}

}  // namespace meshdns
