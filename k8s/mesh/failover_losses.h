#pragma once

// What is lost, and for how long, where failover is set up less than fully: for people who decide what to add.
//
// Pure functions. The figures are measured between two clusters by tests/mesh; docs/failover.md says how.

#include <string>
#include <vector>

#include "k8s/mesh/failover_wish.h"
#include "k8s/mesh/mesh_entry.h"

namespace meshdns {

/// How a host fails over.
struct FailoverState {
  bool http = false;        // it has ports that may carry HTTP
  bool streams = false;     // it has others
  bool repeatable = false;  // what a server may have seen is tried again
  bool per_try_timeout = false;
  bool connect_timeout = false;
};

FailoverState failover_state(const FailoverWish& wish, const MeshEntry& entry);

/// Each a clause, with the flag that changes it.
std::vector<std::string> failover_losses(const FailoverState& state);

}  // namespace meshdns
