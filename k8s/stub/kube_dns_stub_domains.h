#pragma once

// The key stubDomains of the ConfigMap kube-dns: a JSON object, zone → list of servers. Read by kube-dns, and by NodeLocal DNSCache,
// which puts a block for each into its Corefile. Text that is not ours stays as it is written.
//
// Source: https://kubernetes.io/docs/tasks/administer-cluster/dns-custom-nameservers/

#include <optional>
#include <string>
#include <vector>

#include "k8s/stub/stub_domain.h"
#include "zone/result.h"

namespace meshdns {

/// The servers of the zone in `text`, as they are written; nothing where it has none. An empty text has no zones. The error: this is no
/// such object, and kube-dns would not read it.
Result<std::optional<std::vector<std::string>>> stub_domain_servers(const std::string& text, const Name& zone);

/// With the zone's servers in it: in front of all others, or in place of those that it has.
Result<std::string> with_stub_domain(const std::string& text, const StubDomain& stub);

/// Without the zone. What with_stub_domain() has put in front leaves no trace.
Result<std::string> without_stub_domain(const std::string& text, const Name& zone);

}  // namespace meshdns
