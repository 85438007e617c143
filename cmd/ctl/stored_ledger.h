#pragma once

// The ledger of virtual addresses on a cluster: ConfigMap meshdns-vips, with a key for each host. It is changed by its resourceVersion and
// before the entry, so that of two who give addresses at once one plans again, and an address is never anybody else's.
//
// It stands where it was written first: in the namespace meshdns where there is one, else in istio-system.

#include <optional>
#include <string>

#include "cmd/ctl/mesh_cluster.h"
#include "cmd/ctl/object_plan.h"
#include "k8s/mesh/vip_ledger.h"

namespace meshdns {

struct StoredLedger {
  std::string name_space;         // of the ConfigMap; empty: of none, and there is no namespace for one
  std::optional<LiveObject> map;  // nothing: there is none yet
  VipLedger ledger;

  /// "ConfigMap meshdns/meshdns-vips"
  std::string text() const;
};

/// Stops with kRefused where there are two, or one that cannot be read.
StoredLedger read_ledger(MeshCluster& cluster);

/// Adds what makes `then` of it. Stops with kRefused where that does not fit.
void plan_ledger(ObjectPlan& plan, size_t index, MeshCluster& cluster, const StoredLedger& stored, VipLedger then,
                 int64_t now);

}  // namespace meshdns
