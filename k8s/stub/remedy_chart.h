#pragma once

// The list `servers` in the values of the CoreDNS chart, which RKE2's chart takes over: a server block each, restated from the Corefile that
// is in use, and one for the zone. A value that is a list replaces the chart's own as a whole.
//
// Source: https://github.com/coredns/helm, charts/coredns/values.yaml and templates/_helpers.tpl; https://docs.rke2.io/helm

#include <optional>
#include <string>

#include "k8s/stub/flavour.h"
#include "k8s/stub/observed_dns.h"
#include "k8s/stub/stub_domain.h"

namespace meshdns {

/// The command, with its values; nothing where the release is of another chart, or the Corefile cannot be said with such values.
std::optional<std::string> helm_upgrade(const Owner& owner, const ObservedDns& observed, const DetectedDns& dns,
                                        const StubDomain& stub);

/// The HelmChartConfig, with the values that it has already.
std::string rke2_chart_config(const ObservedDns& observed, const DetectedDns& dns, const StubDomain& stub);

}  // namespace meshdns
