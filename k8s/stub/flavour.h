#pragma once

// Which DNS a cluster has, by what evidence, and where a stub domain goes in it. A pure function of what was observed.
//
// Where evidence contradicts itself, or names an owner who would take an edit back, there is no place to write to: a refusal says why,
// and remedy.h what is right instead.
//
// Source: the distributions' own manifests; https://kubernetes.io/docs/tasks/administer-cluster/dns-custom-nameservers/

#include "k8s/stub/detected_dns.h"
#include "k8s/stub/observed_dns.h"

namespace meshdns {

DetectedDns detect_dns(const ObservedDns& observed);

}  // namespace meshdns
