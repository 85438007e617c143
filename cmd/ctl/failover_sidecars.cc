#include "cmd/ctl/failover_sidecars.h"

#include <optional>

#include "cmd/ctl/route_obstacles.h"
#include "cmd/ctl/stop.h"
#include "k8s/api/api_objects.h"
#include "k8s/api/json_fields.h"
#include "k8s/mesh/istio_version.h"

namespace meshdns {
namespace {

using Json = nlohmann::json;

constexpr IstioVersion kLeast{1, 6};
constexpr const char* kField = "retries.retryRemoteLocalities";

struct Sidecar {
  std::string pod;
  std::string name_space;
  std::string image;
  IstioVersion version;
};

/// The pod's, a native one (an init container that goes on), too. Nothing: it has none or has ended, or its image does not tell.
std::optional<Sidecar> sidecar_of(const LiveObject& object) {
  const Json pod = Json::parse(object.json);
  const std::string phase = text_member(member(pod, "status"), "phase");
  if (phase == "Succeeded" || phase == "Failed") return std::nullopt;
  for (const char* field : {"containers", "initContainers"}) {
    const Json& containers = member(member(pod, "spec"), field);
    for (const Json& container : containers.is_array() ? containers : Json::array()) {
      if (text_member(container, "name") != "istio-proxy") continue;
      std::string image = text_member(container, "image");
      if (const auto version = istio_version_of(image)) {
        return Sidecar{object.meta.name, object.meta.name_space, std::move(image), *version};
      }
    }
  }
  return std::nullopt;
}

std::optional<Sidecar> oldest_sidecar(MeshCluster& cluster) {
  std::optional<Sidecar> oldest;
  for (const LiveObject& object : cluster.list(kPods)) {
    auto sidecar = sidecar_of(object);
    if (sidecar && (!oldest || sidecar->version < oldest->version)) oldest = std::move(sidecar);
  }
  return oldest;
}

}  // namespace

std::vector<std::string> require_recent_sidecars(MeshCluster& cluster) {
  const auto istiod = istio_version(cluster);
  if (istiod && *istiod < kLeast) {
    stop(kRefused, cluster.prefix() + "istiod is of Istio " + istiod->text() + ", expected at least " + kLeast.text() +
                       ", which " + kField + " came with: upgrade it, as istio.io/latest/docs/setup/upgrade says");
  }
  try {
    const auto oldest = oldest_sidecar(cluster);
    if (!oldest || !(oldest->version < kLeast)) return {};
    const std::string context = cluster.name().empty() ? "" : "--context " + cluster.name() + " ";
    stop(kRefused, cluster.prefix() + "Pod " + printable(oldest->name_space + "/" + oldest->pod) +
                       " has a sidecar of Istio " + oldest->version.text() + " (" + printable(oldest->image) +
                       "), expected at least " + kLeast.text() + ", which " + kField +
                       " came with: it gets istiod's when it is made again: kubectl " + context + "-n " +
                       printable(oldest->name_space) + " delete pod " + printable(oldest->pod));
  } catch (const Stop& stopped) {
    if (stopped.ended.code == kRefused) throw;
    return {"whether all sidecars are recent enough for " + std::string(kField) +
            " is not known: " + stopped.ended.text};
  }
}

}  // namespace meshdns
