#pragma once

// Access to a cluster from kubeconfig files, as kubectl reads them. Refused by name: exec plugins in a pod, impersonation,
// auth-provider, and user and password, which no API server takes any more. A proxy is what proxy-url says; HTTPS_PROXY and NO_PROXY
// are not looked at.
//
// Start-up and tooling only. Errors name the file, the line where it is known, the context, cluster or user, and the
// field. Source: https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/

#include <string>
#include <vector>

#include "k8s/api/credentials.h"
#include "zone/result.h"

namespace meshdns {

/// The kubeconfigs to read: `path` where it is not empty, else those of $KUBECONFIG, which are separated by colons, else
/// ~/.kube/config.
Result<std::vector<std::string>> kubeconfig_files(const std::string& path);

/// What the context says; `context` empty: the current-context of the first file that has one. Of several files the first with a
/// cluster, context or user of a name says all of it, and those that do not exist are passed over. Relative paths are relative to the
/// directory of the file that has them.
Result<ClusterAccess> read_kubeconfig(const std::vector<std::string>& files, const std::string& context);

}  // namespace meshdns
