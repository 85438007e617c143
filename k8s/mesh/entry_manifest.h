#pragma once

// The objects that make a service of another cluster known to sidecars, as JSON: new ones, or those that are there with what is wished in
// them. What others have written into them stays, but for ports and endpoints that are not wished for.
//
//   ServiceEntry      host and VIPs, and where it is served
//   DestinationRule   mTLS with the SNI by which the serving side's gateway finds the service: without it port 15443 answers nobody (503)
//
// Source: https://istio.io/latest/docs/reference/config/networking/service-entry/, …/destination-rule/

#include <string>

#include "k8s/mesh/entry_wish.h"
#include "zone/result.h"

namespace meshdns {

/// `existing`: the host's ServiceEntry, empty where it has none. As it was written where it says the same already. The error: that one
/// cannot be what is wished.
Result<std::string> entry_manifest(const EntryWish& wish, const std::string& existing = "");

/// The host's DestinationRule with mTLS for the wish's ports.
Result<std::string> mtls_rule(const EntryWish& wish, const std::string& existing = "");

/// The same where the wish has mTLS. Empty: it has not, and there is no rule.
Result<std::string> rule_manifest(const EntryWish& wish, const std::string& existing = "");

}  // namespace meshdns
