#pragma once

// What is known of a cluster's DNS once its flavour is: where a stub domain goes, or why it must not. Plain values.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "k8s/api/object_owner.h"
#include "k8s/stub/observed_dns.h"
#include "k8s/stub/stub_record.h"
#include "zone/result.h"

namespace meshdns {

enum class Flavour : uint8_t {
  kUnknown,
  kCoreDns,        // its Corefile is edited
  kCoreDnsCustom,  // its Corefile imports files that are ours to write: AKS, k3s, Gardener
  kKubeDns,        // stubDomains: GKE, clusters before 1.13
  kRke2,
  kEksAddOn,
  kOpenShift,
  kGkeAutopilot,
  kCloudDns,  // GKE's, outside the cluster
};

/// As people call it.
std::string_view text(Flavour flavour);
/// As programs do: "coredns-custom".
std::string_view slug(Flavour flavour);

/// What a stub domain is written as.
enum class StubForm : uint8_t {
  kCorefile,     // a block within a Corefile
  kServerFile,   // a file of its own that a Corefile imports
  kStubDomains,  // kube-dns's JSON
};

/// Where it is written.
struct StubPlace {
  StubForm form;
  StubTarget target;        // kServerFile: the key is a pattern, "*.server"
  bool exists;              // the ConfigMap; where it does not, its readers do without, and we create it
  bool dns = false;         // the cluster's DNS reads it
  bool node_local = false;  // NodeLocal DNSCache reads it

  /// The key with the zone's name in it, where it is a pattern.
  StubTarget target_of(const Name& zone) const;
};

/// NodeLocal DNSCache, in front of the cluster's DNS.
struct NodeLocal {
  std::string workload;
  std::vector<IpAddress> addresses;  // that it listens on, on each node
  bool intercepts;                   // the address of the DNS Service is among them: all pods ask it
};

/// A Deployment or a DaemonSet, as a restart names it.
struct WorkloadName {
  std::string kind;
  std::string name_space;
  std::string name;

  /// "Deployment kube-system/coredns"
  std::string text() const;
  /// "/apis/apps/v1/namespaces/kube-system/deployments/coredns"
  std::string path() const;
};

/// Why nothing may be written here.
struct Refusal {
  std::string reason;
  Owner owner;  // who would take an edit back; kNobody where it is the flavour that has no place
};

struct DetectedDns {
  Flavour flavour = Flavour::kUnknown;
  std::string platform;              // "k3s"; empty where it is not known
  std::string coredns_version;       // the image's tag; empty where it is not known
  std::string corefile;              // as it is read; empty where the DNS has none
  std::vector<StubPlace> places;     // all of them are needed; empty where we refuse
  std::vector<IpAddress> addresses;  // of the DNS Service: what pods ask
  std::vector<DnsReplica> replicas;  // of the DNS, behind that Service
  std::optional<NodeLocal> node_local;
  std::optional<WorkloadName> workload;  // that runs it: where a change is not seen by itself, it has to be restarted
  std::vector<std::string> evidence;     // facts, each with its object
  std::vector<std::string> warnings;
  std::optional<Refusal> refusal;
};

/// What --flavour forces.
inline constexpr std::array<std::string_view, 4> kForcedFlavours = {"coredns", "coredns-custom", "kube-dns",
                                                                    "node-local"};

/// With the place alone that one of kForcedFlavours names. The error: the cluster has no such place. A refusal stays one: nothing forces
/// what others own.
Result<DetectedDns> with_flavour(DetectedDns detected, std::string_view flavour);

}  // namespace meshdns
