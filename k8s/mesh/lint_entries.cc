// What DNS and Istio make of a ServiceEntry by itself.

#include <algorithm>

#include "k8s/istio/service_entry.h"
#include "k8s/mesh/address_block.h"
#include "k8s/mesh/lint_rules.h"
#include "k8s/mesh/lint_text.h"
#include "zone/nearest.h"

namespace meshdns {
namespace {

/// Reports what the server leaves out for the reason, as it says it.
void report_skipped(const LintEntry& entry, SkipReason reason, const char* pointer, const Report& report) {
  for (const Skipped& skipped : entry.skipped) {
    if (skipped.reason == reason) report(entry, pointer, "found " + skipped.what + ", " + skipped.detail);
  }
}

/// The same, of an entry for a zone of ours.
void report_skipped_in_zones(const LintSubject& subject, SkipReason reason, const char* pointer, const Report& report) {
  for (const LintEntry& entry : subject.mesh.entries()) {
    if (has_host_in(subject.options.zones, entry)) report_skipped(entry, reason, pointer, report);
  }
}

void check_endpoint_ports(const LintEntry& entry, const MeshEntry::Endpoint& endpoint, const Report& report) {
  std::vector<std::string_view> names;
  for (const MeshEntry::Port& port : entry.ports) names.push_back(port.name);
  for (const auto& [name, number] : endpoint.ports) {
    if (entry.port(name) != nullptr) continue;
    const std::string near(nearest(name, names));
    report(entry, endpoint.pointer + "/ports",
           "found " + shown(name) + ", which is no port of the entry" +
               (near.empty() ? "" : "; the nearest is " + shown(near)) +
               ": Istio refuses it; expected names from spec.ports");
  }
}

bool takes_blocks(const LintEntry& entry) { return entry.resolution == "NONE" || entry.resolution == "STATIC"; }

}  // namespace

void find_wrong_hosts(const LintSubject& subject, const Report& report) {
  for (const LintEntry& entry : subject.mesh.entries()) {
    if (entry.hosts.empty()) report(entry, "/spec/hosts", "expected a list of 1 to 256 host names");
    report_skipped(entry, SkipReason::kInvalidHost, "/spec/hosts", report);
  }
}

void find_hosts_that_dns_cannot_carry(const LintSubject& subject, const Report& report) {
  for (const LintEntry& entry : subject.mesh.entries()) {
    for (const Skipped& skipped : entry.skipped) {
      if (skipped.reason != SkipReason::kNotDnsName || !has_host_in(subject.options.zones, entry)) continue;
      report(entry, "/spec/hosts", "found " + skipped.what + ", which meshdns skips: " + skipped.detail);
    }
  }
}

void find_wrong_addresses(const LintSubject& subject, const Report& report) {
  for (const LintEntry& entry : subject.mesh.entries()) {
    for (size_t i = 0; i < entry.addresses.size(); ++i) {
      const auto block = parse_address_block(entry.addresses[i]);
      const std::string pointer = "/spec/addresses/" + std::to_string(i);
      if (!block) {
        report(entry, pointer, shown(block.error()));
      } else if (!block->is_single() && !takes_blocks(entry)) {
        report(entry, pointer,
               "found " + shown(entry.addresses[i]) + " with resolution " + shown(entry.resolution) +
                   ", expected an address: Istio takes blocks with NONE and STATIC alone");
      }
    }
  }
}

void find_addresses_that_cannot_be_answered(const LintSubject& subject, const Report& report) {
  for (const LintEntry& entry : subject.mesh.entries()) {
    for (size_t i = 0; i < entry.addresses.size(); ++i) {
      const auto block = parse_address_block(entry.addresses[i]);
      const bool is_block = block && !block->is_single() && takes_blocks(entry);
      const bool is_nothing = block && block->is_single() && block->base().is_unspecified();
      if ((!is_block && !is_nothing) || !has_host_in(subject.options.zones, entry)) continue;
      report(entry, "/spec/addresses/" + std::to_string(i),
             "found " + shown(entry.addresses[i]) +
                 ", which Istio takes and meshdns cannot answer: expected an address that can be reached");
    }
  }
}

void find_wrong_ports(const LintSubject& subject, const Report& report) {
  for (const LintEntry& entry : subject.mesh.entries()) {
    for (auto port = entry.ports.begin(); port != entry.ports.end(); ++port) {
      const auto is_same = [&](const MeshEntry::Port& other) {
        return other.name == port->name || other.number == port->number;
      };
      if (std::find_if(entry.ports.begin(), port, is_same) == port) continue;
      report(entry, "/spec/ports/" + std::to_string(port - entry.ports.begin()),
             "found " + std::to_string(port->number) + " (" + shown(port->name) +
                 "), whose name or number is another port's: Istio refuses it; expected each once");
    }
  }
}

void find_entries_without_address(const LintSubject& subject, const Report& report) {
  for (const LintEntry& entry : subject.mesh.entries()) {
    if (!entry.addresses.empty()) continue;  // what is wrong with those is said of them
    for (const Skipped& skipped : entry.skipped) {
      if (skipped.reason != SkipReason::kNoAddress || !is_in(subject.options.zones, skipped.what)) continue;
      report(entry, "/spec/addresses", "meshdns has nothing to answer for " + skipped.what + ": " + skipped.detail);
    }
  }
}

void find_entries_too_large(const LintSubject& subject, const Report& report) {
  report_skipped_in_zones(subject, SkipReason::kTooLarge, "/spec", report);
}

void find_unknown_endpoint_ports(const LintSubject& subject, const Report& report) {
  for (const LintEntry& entry : subject.mesh.entries()) {
    for (const MeshEntry::Endpoint& endpoint : entry.endpoints) check_endpoint_ports(entry, endpoint, report);
  }
}

void find_wrong_endpoints(const LintSubject& subject, const Report& report) {
  for (const LintEntry& entry : subject.mesh.entries()) {
    if (entry.endpoints.empty()) continue;
    if (entry.resolution == "NONE") {
      report(entry, "/spec/resolution",
             "found NONE and endpoints: Istio refuses it; expected STATIC where they are IP addresses, else DNS");
    }
    if (!entry.workload_selector.empty()) {
      report(entry, "/spec/workloadSelector", "found one beside endpoints: Istio refuses it; expected one of the two");
    }
  }
}

void find_entries_without_endpoints(const LintSubject& subject, const Report& report) {
  for (const LintEntry& entry : subject.mesh.entries()) {
    if (!entry.endpoints.empty() || !entry.workload_selector.empty() || !has_host_in(subject.options.zones, entry))
      continue;
    report(entry, "/spec/endpoints",
           "found none, and resolution " + shown(entry.resolution) +
               ": sidecars connect to what the name resolves to, which is the virtual address that they have captured; "
               "expected endpoints");
  }
}

}  // namespace meshdns
