#pragma once

// What a ServiceEntry publishes: which of its hosts, with which addresses, and what is left out and why. Istio's rules
// for hosts and addresses stand here and nowhere else; zones, apexes and claims are the catalog's.
//
// Source: istio/istio pkg/config/validation (hosts), pkg/dns/server/name_table.go (addresses).

#include "k8s/istio/service_entry.h"
#include "zone/publication.h"

namespace meshdns {

/// What the operator decides about publishing.
struct PublishRules {
  enum class Visibility : uint8_t {
    kPublic,  // what is exported to everybody: exportTo is empty or has "*"
  };
  Visibility visibility = Visibility::kPublic;
};

/// A pure function. Each host gets all usable addresses of the spec; where the spec names none, those that istiod
/// allocated (status.addresses) to that host or to all.
Publication publish(ServiceEntry entry, const PublishRules& rules = {});

}  // namespace meshdns
