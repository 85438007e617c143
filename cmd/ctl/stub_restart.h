#pragma once

// A CoreDNS without the plugin reload reads its Corefile when it starts, and so has to be restarted.

#include <string>
#include <vector>

#include "cmd/ctl/cluster.h"
#include "cmd/ctl/stub_dns.h"

namespace meshdns {

/// Whether it reads its Corefile by itself.
bool reads_by_itself(const ClusterDns& dns);

/// What the user is still to do after a change.
std::vector<std::string> restart_notes(const ClusterDns& dns);

class Restart {
 public:
  /// `allowed`: the user has asked for it. Stops with kRefused where it is needed, and not allowed or not possible.
  Restart(Cluster& cluster, const ClusterDns& dns, bool allowed);

  /// Restarts it as kubectl rollout restart does, where that is needed. Stops with kFailed.
  void carry_out() const;

 private:
  Cluster& cluster_;
  std::string path_;  // empty: not needed
};

}  // namespace meshdns
