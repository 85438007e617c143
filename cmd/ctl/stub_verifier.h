#pragma once

// Whether names are answered after an installation: asked from where pods are, on this machine or in a short-lived Pod.

#include <string>

#include "cmd/ctl/cluster.h"
#include "cmd/ctl/stub_dns.h"
#include "k8s/stub/stub_domain.h"

namespace CLI {
class App;
}

namespace meshdns {

struct VerifierFlags {
  std::string via;  // local or pod; empty: local where the cluster's DNS answers here, else pod
};

void add_verifier_flags(CLI::App& command, VerifierFlags& flags);

class StubVerifier {
 public:
  /// Before anything is written: chooses where to ask from, and notes how the cluster's own name is answered. Stops with kRefused where neither way
  /// is possible, and with kFailed where the servers themselves do not answer the zone, naming the hop.
  StubVerifier(Cluster& cluster, const ClusterDns& dns, const StubDomain& stub, const VerifierFlags& flags);

  /// Waits until each replica of the DNS, its Service and the node-local cache answer as the servers do. Returns the report, its lines ended. Stops
  /// with kFailed, naming the hop that does not.
  std::string wait_until_verified();
};

}  // namespace meshdns
