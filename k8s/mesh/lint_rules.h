#pragma once

// The rules of lint, one function each. lint.cc has them in a table, with what they are called.

#include <functional>
#include <span>
#include <string>

#include "k8s/mesh/lint.h"

namespace meshdns {

/// What rules judge: one mesh, and those that are judged with it.
struct LintSubject {
  const LintMesh& mesh;
  std::span<const LintMesh> all;
  const LintOptions& options;
};

/// Takes what a rule has found: the object, the JSON Pointer of the field, and the message.
using Report = std::function<void(const ObjectIdentity& object, std::string_view pointer, std::string message)>;

// lint_destinations.cc: where routes send requests
void find_unknown_destinations(const LintSubject& subject, const Report& report);
void find_destinations_of_other_files(const LintSubject& subject, const Report& report);
void find_hidden_destinations(const LintSubject& subject, const Report& report);
void find_unknown_ports(const LintSubject& subject, const Report& report);
void find_missing_ports(const LintSubject& subject, const Report& report);
void find_other_protocols(const LintSubject& subject, const Report& report);
void find_unknown_subsets(const LintSubject& subject, const Report& report);

// lint_routes.cc: what a VirtualService and a DestinationRule say by themselves, and whose host they are for
void find_unknown_route_hosts(const LintSubject& subject, const Report& report);
void find_unknown_rule_hosts(const LintSubject& subject, const Report& report);
void find_unknown_rule_ports(const LintSubject& subject, const Report& report);
void find_unknown_delegates(const LintSubject& subject, const Report& report);
void find_unreachable_routes(const LintSubject& subject, const Report& report);

// lint_weights.cc
void find_negative_weights(const LintSubject& subject, const Report& report);
void find_sums_of_zero(const LintSubject& subject, const Report& report);
void find_sums_other_than_100(const LintSubject& subject, const Report& report);
void find_single_zeros(const LintSubject& subject, const Report& report);
void find_weights_without_failover(const LintSubject& subject, const Report& report);

// lint_entries.cc: what DNS and Istio make of a ServiceEntry
void find_wrong_hosts(const LintSubject& subject, const Report& report);
void find_hosts_that_dns_cannot_carry(const LintSubject& subject, const Report& report);
void find_wrong_addresses(const LintSubject& subject, const Report& report);
void find_addresses_that_cannot_be_answered(const LintSubject& subject, const Report& report);
void find_wrong_ports(const LintSubject& subject, const Report& report);
void find_entries_without_address(const LintSubject& subject, const Report& report);
void find_entries_too_large(const LintSubject& subject, const Report& report);
void find_unknown_endpoint_ports(const LintSubject& subject, const Report& report);
void find_wrong_endpoints(const LintSubject& subject, const Report& report);
void find_entries_without_endpoints(const LintSubject& subject, const Report& report);

// lint_addresses.cc: VIPs
void find_address_collisions(const LintSubject& subject, const Report& report);
void find_reserved_addresses(const LintSubject& subject, const Report& report);
void find_split_hosts(const LintSubject& subject, const Report& report);
void find_other_addresses_elsewhere(const LintSubject& subject, const Report& report);

// lint_gateways.cc: endpoints that are another cluster's gateway
void find_missing_mtls(const LintSubject& subject, const Report& report);
void find_wrong_snis(const LintSubject& subject, const Report& report);
void find_names_where_static(const LintSubject& subject, const Report& report);
void find_names_that_cannot_be_answered(const LintSubject& subject, const Report& report);
void find_closed_gateways(const LintSubject& subject, const Report& report);
void find_unreachable_gateways(const LintSubject& subject, const Report& report);

// lint_failover.cc: whether requests find another locality when the servers of one are dead
void find_missing_outlier_detection(const LintSubject& subject, const Report& report);
void find_low_ejection_limits(const LintSubject& subject, const Report& report);
void find_ejections_by_errors(const LintSubject& subject, const Report& report);
void find_ejections_of_all(const LintSubject& subject, const Report& report);
void find_retries_that_stay(const LintSubject& subject, const Report& report);

// lint_localities.cc: the localities that endpoints, nodes and localityLbSetting name
void find_wrong_locality_settings(const LintSubject& subject, const Report& report);
void find_localities_without_nodes(const LintSubject& subject, const Report& report);
void find_localities_left_out(const LintSubject& subject, const Report& report);
void find_localities_without_endpoints(const LintSubject& subject, const Report& report);

// lint_rivals.cc: several objects for one host, and whom exportTo leaves out
void find_rival_routes(const LintSubject& subject, const Report& report);
void find_rival_rules(const LintSubject& subject, const Report& report);
void find_rival_entries(const LintSubject& subject, const Report& report);
void find_hidden_entries(const LintSubject& subject, const Report& report);
void find_hidden_routes(const LintSubject& subject, const Report& report);
void find_hidden_rules(const LintSubject& subject, const Report& report);

void find_unreadable_objects(const LintSubject& subject, const Report& report);

}  // namespace meshdns
