#pragma once

// The flags of `failover create` and `failover delete`, and what they ask for.

#include <string>
#include <vector>

#include "cmd/ctl/mesh_flags.h"
#include "k8s/mesh/failover_wish.h"

namespace meshdns {

class CtlCommand;

struct FailoverFlags : MeshFlags {
  std::string host;
  std::string sni;
  std::vector<std::string> distribute;
  std::vector<std::string> localities;
  bool repeatable = false;
  std::string per_try_timeout;
  std::string connect_timeout;
};

/// HOST, and those of every command that changes a mesh.
void add_failover_flags(CtlCommand& command, FailoverFlags& flags);

/// What `failover create` is asked for besides.
void add_failover_wish_flags(CtlCommand& command, FailoverFlags& flags);

/// Stops with kUsage where the flags are wrong, or do not go together.
FailoverWish failover_wish(const FailoverFlags& flags);

/// "meshdnsctl failover create HOST --repeatable": without where.
std::string failover_command(const FailoverWish& wish);

/// The command that makes an entry with an endpoint for each of the clusters, of those that the flags name as far as they do.
std::string entry_command(const MeshHost& host, const MeshFlags& flags);

}  // namespace meshdns
