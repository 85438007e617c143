#pragma once

// Whether a stub domain works, asked from where pods are: on this machine, or in a short-lived Pod.

#include <chrono>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "cmd/ctl/pod_verification.h"
#include "cmd/ctl/stub_dns.h"
#include "k8s/stub/stub_domain.h"
#include "k8s/stub/verification.h"

namespace meshdns {

class CtlCommand;

class Cluster;

struct VerifierFlags {
  std::string via;    // local or pod; empty: local where the cluster's DNS answers here, else pod
  std::string name;   // that exists in the zone; empty: one that is found
  std::string image;  // of the Pod; empty: that of the meshdns that is verified
  std::string wait = "4m";
};

void add_verifier_flags(CtlCommand& command, VerifierFlags& flags);

/// Stops with kUsage where one of them is wrong.
void check_verifier_flags(const VerifierFlags& flags, const Name& zone);

/// Who answers pods in such a cluster.
std::vector<Hop> hops_of(const DetectedDns& dns);

/// What to ask, hops apart.
VerificationPlan verification_plan(const StubDomain& stub, const VerifierFlags& flags);

/// And what the cluster tells: how its own name is answered, and names that ServiceEntries give the zone.
VerificationPlan verification_plan(Cluster& cluster, const Name& cluster_domain, const StubDomain& stub,
                                   const VerifierFlags& flags);

class StubVerifier {
 public:
  /// `hops_now`: who answers pods by now; replicas come and go.
  using HopsNow = std::function<std::vector<Hop>()>;

  /// Chooses where to ask from. Stops with kRefused where neither way is possible. `cluster`: none where this machine is to ask; `name_space`: for the
  /// Pod, where meshdns has none.
  StubVerifier(Cluster* cluster, VerificationPlan plan, HopsNow hops_now, const std::string& name_space,
               const VerifierFlags& flags);

  /// Before anything is written: stops with kFailed where the servers themselves do not answer the zone, naming the hop, and with kRefused where
  /// the Pod does not run. An own name that is not answered as the API has it is not asked for later.
  void require_servers();

  /// Waits until each replica of the DNS, its Service and the node-local cache answer as the servers do. Returns the report, its lines ended. Stops
  /// with kFailed, naming the hop that does not.
  std::string wait_until_verified();

  /// The report, for as long as --wait says.
  nlohmann::ordered_json verify();

 private:
  /// Stops with `code` where there is no report.
  nlohmann::ordered_json ask(std::chrono::milliseconds wait, int code);
  nlohmann::ordered_json ask_here(std::chrono::milliseconds wait);

  Cluster* cluster_;
  VerificationPlan plan_;
  HopsNow hops_now_;
  std::chrono::milliseconds wait_;
  std::optional<PodPlace> pod_;  // nothing: this machine asks
};

}  // namespace meshdns
