#pragma once

// The flags that the commands of `meshdnsctl stub` share.

#include <string>
#include <vector>

#include "cmd/ctl/cluster.h"
#include "cmd/ctl/output_flag.h"
#include "cmd/ctl/stop.h"
#include "k8s/stub/stub_domain.h"

namespace meshdns {

class CtlCommand;

struct StubFlags {
  ClusterFlags cluster;
  std::string name_space = "kube-system";  // of the cluster's DNS
  std::string zone = "global";
  std::string flavour = "auto";
  std::vector<std::string> servers;  // as written
  std::string output = "text";
};

void add_zone_flag(CtlCommand& command, StubFlags& flags);
void add_server_flag(CtlCommand& command, StubFlags& flags);

/// --kubeconfig, --context, -n and --flavour.
void add_dns_flags(CtlCommand& command, StubFlags& flags);

/// What --zone says. Stops with kUsage.
Name zone_of(const StubFlags& flags);

/// Stops with kUsage where one of them is wrong: before a cluster is asked.
void check_flags(const StubFlags& flags);

/// The same, and where --server is missing.
void check_servers(const StubFlags& flags);

/// What --server says, each once. `cluster` is asked for the ClusterIPs of service/NAMESPACE/NAME; without one, such a server is kUsage. Stops with
/// kRefused where the Service cannot be a DNS server, and with kFailed where the cluster cannot be asked.
std::vector<DnsServer> servers_of(const StubFlags& flags, Cluster* cluster);

}  // namespace meshdns
