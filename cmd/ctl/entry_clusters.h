#pragma once

// The clusters of an entry: those whose pods call the host, and the one that has the ledger of virtual addresses; and what is read of them.

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "cmd/ctl/mesh_cluster.h"
#include "cmd/ctl/mesh_flags.h"
#include "cmd/ctl/serving_cluster.h"
#include "k8s/mesh/cluster_ranges.h"
#include "k8s/mesh/entry_wish.h"
#include "k8s/mesh/vip_holders.h"
#include "zone/address.h"

namespace meshdns {

/// Sidecars hear of changes in pushes, for which istiod gathers what comes within 100 ms (PILOT_DEBOUNCE_AFTER). A route that comes with its
/// destination's entry, or goes with it, has requests answered 503: less is too little where istiod is busy, more keeps people waiting.
constexpr std::chrono::milliseconds kSettle{1000};

class EntryClusters {
 public:
  /// `ledger_context`: empty for the first of the clients.
  EntryClusters(const MeshFlags& flags, const std::string& ledger_context);

  /// The clients, and the ledger's where it is none of them.
  std::vector<MeshCluster>& all() { return clusters_; }
  MeshCluster& operator[](size_t index) { return clusters_[index]; }
  size_t clients() const { return clients_; }
  size_t ledger() const { return ledger_; }

 private:
  std::vector<MeshCluster> clusters_;
  size_t clients_;
  size_t ledger_ = 0;
};

/// What a cluster has for a host.
struct HostObjects {
  std::optional<LiveObject> entry;
  std::optional<LiveObject> rule;
  std::vector<IpAddress> vips;     // the entry's
  bool shared = false;             // the entry has other hosts, too
  std::string name_space;          // the entry's; where there is none, the host's
  std::vector<std::string> notes;  // objects that cannot be read, and rules that some clients follow instead
};

/// Adds who has which addresses in that cluster. Stops with kRefused where several objects are for the host.
HostObjects read_host_objects(MeshCluster& cluster, const MeshHost& host, VipHolders& holders);

/// Stops with kRefused where the entry has other hosts, too.
void require_alone(const MeshCluster& cluster, const HostObjects& objects, const MeshHost& host);

/// The addresses of all of the cluster's ServiceEntries.
void add_holders(MeshCluster& cluster, VipHolders& holders);

/// What Services, pods and nodes have. What may not be read is a note.
std::vector<ClusterRange> cluster_ranges(MeshCluster& cluster, std::vector<std::string>& notes);

/// " --context west --ledger-context east --kubeconfig mesh": for a command that is about the same clusters.
std::string context_flags(const MeshFlags& flags, const std::string& ledger_context);

/// " --endpoint 10.0.0.1", " --gateway 172.25.55.50:15443"
std::string flag_of(const EntryEndpoint& endpoint);

/// " --from-context east bar/a", and with its gateways " --gateway east=172.25.55.50:15443"
std::string flags_of(const ServingName& serving, bool with_gateways);

}  // namespace meshdns
