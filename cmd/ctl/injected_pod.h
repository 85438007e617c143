#pragma once

// The command line of kubectl that runs meshdnsctl in a pod of its own with a sidecar.

#include <string>
#include <vector>

namespace meshdns {

/// Where the pod is to run. Empty: as kubectl takes it.
struct PodWhere {
  std::string kubeconfig;
  std::string context;
  std::string name_space;
};

/// One line for a shell. `arguments`: of meshdnsctl.
std::string injected_pod_line(const PodWhere& where, const std::vector<std::string>& arguments);

}  // namespace meshdns
