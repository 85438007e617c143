#include "cmd/ctl/failover_host.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cmd/ctl/stop.h"
#include "k8s/api/api_objects.h"
#include "k8s/mesh/lint.h"
#include "k8s/mesh/lint_mesh.h"
#include "k8s/mesh/route_choice.h"

namespace meshdns {
namespace {

std::vector<Finding> findings(const std::vector<ManifestObject>& before, const std::vector<ManifestObject>& after,
                              bool live) {
  std::vector<LintMesh> meshes;
  meshes.emplace_back(live);
  for (const auto* objects : {&before, &after}) {
    for (const ManifestObject& object : *objects) meshes.front().add(object, "default");
  }
  meshes.front().index();
  return lint(meshes, {});
}

}  // namespace

FailoverHost read_failover_host(MeshCluster& cluster, const MeshHost& host) {
  VipHolders holders;
  FailoverHost found{read_host_objects(cluster, host, holders),
                     read_views<VirtualService>(cluster, kVirtualServices, parse_virtual_service),
                     {},
                     {}};
  found.notes = found.objects.notes;
  for (const UnreadObject& unread : found.services.unread) found.notes.push_back(unread.text + "; it is passed over");
  const VirtualService* service =
      value_or_stop(sidecar_service_for(found.services.views, host.text()), kRefused, cluster.prefix());
  if (service != nullptr) found.route = static_cast<size_t>(service - found.services.views.data());
  return found;
}

bool says_the_same(const std::string& one, const std::string& other) {
  return nlohmann::json::parse(one) == nlohmann::json::parse(other);
}

std::string not_retried(const VirtualService& service, const MeshHost& host) {
  return service.object() + " sends no request for " + host.text() + " to the host itself, so that none is tried again";
}

std::vector<std::string> judge_failover(const std::vector<ManifestObject>& before,
                                        const std::vector<ManifestObject>& after, bool live, int code,
                                        const std::string& where) {
  const std::vector<Finding> known = findings(before, {}, live);
  std::vector<std::string> notes;
  for (const Finding& finding : findings(before, after, live)) {
    const auto is_same = [&](const Finding& other) {
      return other.rule == finding.rule && other.field == finding.field &&
             other.object.object() == finding.object.object();
    };
    if (std::ranges::any_of(known, is_same)) continue;
    const std::string text = where + printable(finding.object.object()) + ": " + finding.field + ": " + finding.message;
    if (finding.severity == Severity::kError) stop(code, text);
    notes.push_back(text);
  }
  return notes;
}

}  // namespace meshdns
