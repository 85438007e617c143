#include "cmd/ctl/route_file.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <utility>

#include "cmd/ctl/mesh_file.h"
#include "cmd/ctl/stop.h"
#include "cmd/ctl/unified_diff.h"
#include "cmd/text_value.h"
#include "k8s/mesh/lint_mesh.h"
#include "k8s/mesh/route_choice.h"

namespace meshdns {
namespace {

constexpr size_t kElsewhere = std::numeric_limits<size_t>::max();  // the origin of what is in other files

bool is_virtual_service(const ManifestObject& object) {
  return object.kind == "VirtualService" && object.api_version.starts_with("networking.istio.io/");
}

ManifestText read_first(const RouteFlags& flags) {
  MeshFile file = read_mesh_file(flags.files.front());
  return {std::move(file.text), file.name == "-" ? "standard input" : file.name, std::move(file.objects)};
}

}  // namespace

RouteFile::RouteFile(const RouteFlags& flags)
    : flags_(flags),
      name_space_(flags.name_space.empty() ? "default" : flags.name_space),
      manifest_(read_first(flags)) {
  for (size_t i = 0; i < manifest_.objects().size(); ++i) {
    const ManifestObject& object = manifest_.objects()[i];
    if (is_virtual_service(object)) views_.add(object.json, name_space_, object.place, i);
  }
  for (size_t i = 1; i < flags.files.size(); ++i) {
    for (const ManifestObject& object : read_mesh_file(flags.files[i]).objects) {
      others_.push_back(object);
      if (is_virtual_service(object)) views_.add(object.json, name_space_, object.place, kElsewhere);
    }
  }
}

size_t RouteFile::object_of(const VirtualService& service) const {
  const size_t object = views_.origin_of(service);
  if (object != kElsewhere) return object;
  stop(kUsage, named(service) + " is to be changed, and that file is read alone: name it with the first --file");
}

LintMesh RouteFile::mesh_in(const std::string& name_space) const {
  LintMesh mesh(/*live=*/false);
  for (const auto* objects : {&manifest_.objects(), &others_}) {
    for (const ManifestObject& object : *objects) mesh.add(object, name_space);
  }
  return mesh;
}

std::string RouteFile::name_space_of(const std::string& host) const {
  LintMesh mesh = mesh_in("");
  mesh.index();
  return mesh.declared(host).name_space();
}

std::vector<std::string> RouteFile::notes_on(const WrittenRoute& written, const std::string& json) const {
  LintMesh mesh = mesh_in(name_space_);
  mesh.add({"", kManifestVersion, "VirtualService", json}, name_space_);
  mesh.index();
  RouteJudgement judgement = judge_route(std::move(mesh), written);
  std::ranges::move(judgement.notes, std::back_inserter(judgement.wrong));
  return judgement.wrong;
}

Ended RouteFile::printed(const std::string& text, const std::vector<std::string>& notes) const {
  std::string lines;
  for (const std::string& note : notes) lines += "note: " + escape_controls(note) + "\n";
  return {0, flags_.dry_run ? unified_diff(flags_.files.front(), manifest_.text(), text) : text, "", lines};
}

}  // namespace meshdns
