#pragma once

// What is right where nothing may be written: the command, the manifest, or the file that is somebody else's, with the zone and the servers
// filled in. What is a whole list there is restated as a whole, with ours in it.
//
// Text for people. What only they know stands there in capitals: CLUSTER, NETWORK.

#include <string>

#include "k8s/stub/flavour.h"
#include "k8s/stub/observed_dns.h"
#include "k8s/stub/stub_domain.h"

namespace meshdns {

/// Of a refusal; several lines, the last of them ended.
std::string remedy_of(const ObservedDns& observed, const DetectedDns& dns, const StubDomain& stub);

}  // namespace meshdns
