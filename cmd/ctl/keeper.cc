#include "cmd/ctl/keeper.h"

#include "cmd/ctl/mesh_flags.h"
#include "cmd/ctl/stop.h"
#include "k8s/api/object_owner.h"

namespace meshdns {

void require_unkept(const MeshCluster& cluster, const LiveObject& object, const MeshFlags& flags,
                    const std::string& command) {
  const Owner keeper = keeper_of(object.meta);
  if (keeper.kind == Owner::Kind::kNobody || flags.even_if_managed) return;
  stop(kRefused, cluster.prefix() + object.meta.text() + " is kept by " + text(keeper) +
                     ", which would take the change back: " + keeper.evidence + "; change its manifest: " + command +
                     " --file MANIFEST; --even-if-managed changes the object all the same");
}

}  // namespace meshdns
