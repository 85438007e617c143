#pragma once

// NodeLocal DNSCache: a CoreDNS on each node, in front of the cluster's DNS. It forwards the cluster's own names there and everything else to
// the node's resolvers, so that a stub domain in the cluster's DNS alone never takes effect behind it.
//
// Source: https://kubernetes.io/docs/tasks/administer-cluster/nodelocaldns/, and node-cache's configmap.go: stubDomains become blocks.

#include <optional>
#include <string>
#include <vector>

#include "k8s/stub/observed_dns.h"
#include "zone/address.h"

namespace meshdns {

struct NodeLocalFacts {
  const ObservedWorkload* workload;
  const ObservedWorkload::Container* container;
  std::vector<IpAddress> addresses;  // that it listens on

  /// The directory with kube-dns's configuration, where its Corefile is a template that stubDomains are added to.
  std::optional<std::string> stub_domains;
  std::string corefile;  // the path; of the template, where there is one
};

/// The DaemonSet that runs it.
std::optional<NodeLocalFacts> find_node_local(const ObservedDns& observed);

/// Whether a Corefile has one of `servers`, and nobody else, answer what it knows no zone of.
bool forwards_everything_to(const std::string& corefile, const std::vector<std::string>& servers);

}  // namespace meshdns
