#include "k8s/mesh/route_judgement.h"

#include <algorithm>
#include <utility>

#include "k8s/mesh/lint.h"

namespace meshdns {
namespace {

bool is_within(const std::string& field, const std::string& pointer) {
  const std::string path = field_path(pointer);
  return field == path || field.starts_with(path + ".") || field.starts_with(path + "[");
}

bool is_about_hosts(const Finding& finding) {
  return finding.rule == "destination-unknown" || finding.rule == "route-host-unknown";
}

}  // namespace

WrittenRoute written(const ObjectIdentity& object, const RouteChange& change,
                     const std::optional<IstioVersion>& version) {
  return {object, change.route, change.asked, version && !version->demands_100()};
}

WrittenRoute written(const ObjectIdentity& object, const NewRoute& route, const std::optional<IstioVersion>& version) {
  WrittenRoute written{object, kFirstRoute, asked_of(kFirstRoute, route), version && !version->demands_100()};
  written.fields.emplace_back("/spec/hosts");
  return written;
}

RouteJudgement judge_route(LintMesh mesh, const WrittenRoute& written) {
  const bool knows_hosts = mesh.live() || !mesh.hosts().empty();
  std::vector<LintMesh> meshes;
  meshes.push_back(std::move(mesh));
  RouteJudgement judgement;
  for (const Finding& finding : lint(meshes, {})) {
    const auto covers = [&](const std::string& pointer) { return is_within(finding.field, pointer); };
    const bool is_asked = std::ranges::any_of(written.fields, covers);
    if (finding.object.object() != written.object.object() || (!is_asked && !covers(written.route))) continue;
    if (is_about_hosts(finding) && !knows_hosts) continue;
    if (finding.rule == "weights-sum" && written.any_sum) continue;
    const bool is_wrong = is_asked && (finding.severity == Severity::kError || is_about_hosts(finding));
    (is_wrong ? judgement.wrong : judgement.notes).push_back(finding.field + ": " + finding.message);
  }
  return judgement;
}

}  // namespace meshdns
