#pragma once

// What a ServiceEntry publishes: which of its hosts, with which addresses, and what is left out and why. Istio's rules
// for hosts stand here and nowhere else, those for addresses in entry_addresses.h; apexes and claims are the catalog's.
//
// Source: istio/istio pkg/config/validation (hosts).

#include "k8s/istio/publish_rules.h"
#include "k8s/istio/service_entry.h"
#include "zone/publication.h"

namespace meshdns {

/// What one object may make: hosts × (addresses + ports). Istio's limits would allow 131,072 of them, which with SRV and PTR hold the
/// control thread for 0.4 s and take 30 MB. 256 hosts with 64 addresses and ports together still fit, and cost a seventh of that.
inline constexpr size_t kMaxRecords = 16'384;

/// A pure function.
Publication publish(ServiceEntry entry, const PublishRules& rules = {});

}  // namespace meshdns
