#pragma once

// The exec plugin of a kubeconfig's user. Start-up code; errors leave as KubeconfigError.

#include "k8s/api/credentials.h"
#include "k8s/api/kubeconfig_section.h"

namespace meshdns {

/// `access`: the cluster's part is read, the plugin may want to be told of it. Refused in a pod: a kubeconfig there comes from a
/// Secret, and who may write that may not run programs here.
ExecConfig read_exec(const KubeconfigSection& exec, const KubeconfigSection& cluster, const ClusterAccess& access);

}  // namespace meshdns
