#pragma once

// The DNS of the cluster that a command of `meshdnsctl stub` works on.

#include <vector>

#include "cmd/ctl/cluster.h"
#include "cmd/ctl/stub_flags.h"
#include "k8s/stub/flavour.h"
#include "k8s/stub/observed_dns.h"
#include "k8s/stub/stub_domain.h"
#include "k8s/stub/stub_text.h"

namespace meshdns {

struct ClusterDns {
  ObservedDns observed;
  DetectedDns detected;
};

/// What it is, or what --flavour makes of it. Stops with kRefused where that is not possible there, and with kFailed where the cluster cannot be
/// read: the text names what is not allowed.
ClusterDns read_dns(Cluster& cluster, const StubFlags& flags);

/// Stops with kRefused and with what would be right instead, where nothing may be written.
void require_place(const ClusterDns& dns, const StubDomain& stub);

/// Stops with kRefused where the zone holds the cluster's own names, or where a server is the cluster's DNS itself: a loop.
void require_sense(const ClusterDns& dns, const StubDomain& stub);

/// Where the zone's delegation stands, or is to stand.
std::vector<StubSite> sites_of(const ClusterDns& dns, const Name& zone);

/// The domains of the cluster's own names, at least one: what its CoreDNS answers from the API, else cluster.local.
std::vector<Name> domains_of(const ClusterDns& dns);

}  // namespace meshdns
