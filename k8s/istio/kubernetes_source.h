#pragma once

// The ServiceEntries of one cluster, mirrored into the catalog: client, reflectors and feed in one.
//
// Unscoped, one reflector mirrors the cluster. Scoped to namespaces, each has its own, as a role in the namespace
// allows no more; the source has synced once every one of them has listed.
//
// What would take away most of it at once is held back for a minute: see WithdrawalGuard.
//
// Threads: the control thread alone, that of the loop.

#include <memory>
#include <string>
#include <vector>

#include "k8s/istio/entry_feed.h"
#include "k8s/istio/withdrawal_guard.h"

typedef struct uv_loop_s uv_loop_t;  // NOLINT(modernize-use-using): as uv.h declares it

namespace meshdns {

struct ClusterAccess;

class KubernetesSource {
 public:
  /// `namespaces`: empty for all of them.
  KubernetesSource(uv_loop_t* loop, ClusterAccess access, std::vector<std::string> namespaces, EntryFeed feed,
                   WithdrawalGuard::Limits limits = {});
  ~KubernetesSource();
  KubernetesSource(const KubernetesSource&) = delete;
  KubernetesSource& operator=(const KubernetesSource&) = delete;

  /// Begins; returns at once. An API server that cannot be reached is waited for.
  void start();

  /// Withdraws at once what the guard against mass withdrawal holds.
  void release_withdrawals();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace meshdns
