#pragma once

// The command line of kubectl that runs meshdnsctl in a pod of its own with a sidecar.

#include <string>
#include <vector>

#include "cmd/ctl/cluster.h"

namespace meshdns {

/// One line for a shell, with the image of the meshdns that the cluster runs; where that cannot be asked, deploy/'s. `name_space`: the pod's; empty:
/// as kubectl takes it. `arguments`: of meshdnsctl, the command's two words first, which give the pod its name.
std::string injected_pod_line(const ClusterFlags& flags, const std::string& name_space,
                              const std::vector<std::string>& arguments);

}  // namespace meshdns
