#include "cmd/ctl/stub_dns.h"

#include <algorithm>
#include <utility>

#include "cmd/ctl/dns_reader.h"
#include "cmd/text_value.h"
#include "k8s/stub/cluster_domain.h"
#include "k8s/stub/corefile.h"
#include "k8s/stub/remedy.h"

namespace meshdns {
namespace {

/// Who of the cluster's DNS has that address; empty: nobody.
std::string holder_of(const IpAddress& address, const DetectedDns& dns) {
  if (std::ranges::count(dns.addresses, address) > 0) return "the Service of the cluster's DNS";
  for (const DnsReplica& replica : dns.replicas) {
    if (replica.server.address == address) return "a replica of the cluster's DNS, " + replica.pod;
  }
  if (dns.node_local && std::ranges::count(dns.node_local->addresses, address) > 0) return "the node-local DNS cache";
  return "";
}

}  // namespace

ClusterDns read_dns(Cluster& cluster, const StubFlags& flags) {
  ObservedDns observed = value_or_stop(read_observed_dns(cluster, flags.name_space), kFailed);
  DetectedDns detected = detect_dns(observed);
  if (flags.flavour != "auto") {
    detected = value_or_stop(with_flavour(std::move(detected), flags.flavour), kRefused, "--flavour: ");
  }
  return {std::move(observed), std::move(detected)};
}

void require_place(const ClusterDns& dns, const StubDomain& stub) {
  if (!dns.detected.refusal) return;
  stop(kRefused, "refused: " + escape_controls(dns.detected.refusal->reason) + "\n\n" +
                     remedy_of(dns.observed, dns.detected, stub));
}

void require_sense(const ClusterDns& dns, const StubDomain& stub) {
  if (const auto clash = clash_with_cluster(stub.zone, domains_of(dns))) stop(kRefused, "--zone: " + clash->message);
  for (const DnsServer& server : stub.servers) {
    if (const std::string holder = holder_of(server.address, dns.detected); !holder.empty()) {
      stop(kRefused, "--server: " + server.text() + " is " + holder +
                         ", which would ask itself for ever: a loop; name the address of meshdns, such as "
                         "service/meshdns/meshdns");
    }
  }
}

std::vector<StubSite> sites_of(const ClusterDns& dns, const Name& zone) {
  std::vector<StubSite> sites;
  for (const StubPlace& place : dns.detected.places) sites.push_back({place.target_of(zone), place.form});
  return sites;
}

std::vector<Name> domains_of(const ClusterDns& dns) {
  const auto corefile = Corefile::parse(dns.detected.corefile);
  std::vector<Name> domains = corefile ? cluster_domains(*corefile) : std::vector<Name>();
  if (domains.empty()) domains.push_back(*Name::parse("cluster.local"));
  return domains;
}

}  // namespace meshdns
