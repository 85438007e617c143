#pragma once

// Access to a cluster from a kubeconfig file, as kubectl reads it. Not supported yet, and refused by name: several
// files in KUBECONFIG, exec plugins, proxy-url, impersonation.
//
// Start-up and tooling only. Errors name the file, the line where it is known, the context, cluster or user, and the
// field. Source: https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/

#include <string>

#include "k8s/api/credentials.h"
#include "zone/result.h"

namespace meshdns {

/// The kubeconfig to read: `path` where it is not empty, else $KUBECONFIG, else ~/.kube/config.
Result<std::string> kubeconfig_path(const std::string& path);

/// What the context says; `context` empty: the file's current-context. Relative paths are relative to the file's
/// directory.
Result<ClusterAccess> read_kubeconfig(const std::string& file, const std::string& context);

}  // namespace meshdns
