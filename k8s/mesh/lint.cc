#include "k8s/mesh/lint.h"

#include <algorithm>
#include <array>
#include <set>
#include <tuple>
#include <utility>

#include "k8s/mesh/lint_rules.h"

namespace meshdns {
namespace {

struct Rule {
  std::string_view name;
  Severity severity;
  void (*find)(const LintSubject&, const Report&);
};

constexpr Severity kError = Severity::kError;
constexpr Severity kWarning = Severity::kWarning;

// docs/lint.md says what each means.
constexpr std::array kRules = {
    Rule{"object-unreadable", kError, find_unreadable_objects},

    Rule{"destination-unknown", kError, find_unknown_destinations},
    Rule{"destination-elsewhere", kWarning, find_destinations_of_other_files},
    Rule{"destination-hidden", kError, find_hidden_destinations},
    Rule{"destination-port-unknown", kError, find_unknown_ports},
    Rule{"destination-port-missing", kWarning, find_missing_ports},
    Rule{"destination-protocol", kWarning, find_other_protocols},
    Rule{"subset-unknown", kError, find_unknown_subsets},

    Rule{"route-host-unknown", kWarning, find_unknown_route_hosts},
    Rule{"rule-host-unknown", kWarning, find_unknown_rule_hosts},
    Rule{"rule-port-unknown", kWarning, find_unknown_rule_ports},
    Rule{"delegate-unknown", kError, find_unknown_delegates},
    Rule{"route-unreachable", kWarning, find_unreachable_routes},

    Rule{"weight-negative", kError, find_negative_weights},
    Rule{"weights-sum-zero", kError, find_sums_of_zero},
    Rule{"weights-sum", kWarning, find_sums_other_than_100},
    Rule{"weight-of-one", kWarning, find_single_zeros},
    Rule{"weights-no-failover", kWarning, find_weights_without_failover},

    Rule{"host-invalid", kError, find_wrong_hosts},
    Rule{"host-not-dns", kWarning, find_hosts_that_dns_cannot_carry},
    Rule{"address-invalid", kError, find_wrong_addresses},
    Rule{"address-not-answerable", kWarning, find_addresses_that_cannot_be_answered},
    Rule{"address-missing", kWarning, find_entries_without_address},
    Rule{"port-twice", kError, find_wrong_ports},
    Rule{"entry-too-large", kWarning, find_entries_too_large},
    Rule{"endpoint-port-unknown", kError, find_unknown_endpoint_ports},
    Rule{"endpoints-refused", kError, find_wrong_endpoints},
    Rule{"endpoints-missing", kWarning, find_entries_without_endpoints},

    Rule{"address-collision", kError, find_address_collisions},
    Rule{"address-reserved", kWarning, find_reserved_addresses},
    Rule{"address-split", kError, find_split_hosts},
    Rule{"address-differs", kWarning, find_other_addresses_elsewhere},

    Rule{"mtls-missing", kError, find_missing_mtls},
    Rule{"sni-wrong", kError, find_wrong_snis},
    Rule{"endpoint-not-ip", kError, find_names_where_static},
    Rule{"endpoint-not-answerable", kWarning, find_names_that_cannot_be_answered},
    Rule{"gateway-closed", kError, find_closed_gateways},
    Rule{"gateway-unreachable", kError, find_unreachable_gateways},

    Rule{"outlier-detection-missing", kWarning, find_missing_outlier_detection},
    Rule{"ejection-limit", kWarning, find_low_ejection_limits},
    Rule{"ejection-by-errors", kWarning, find_ejections_by_errors},
    Rule{"ejection-of-all", kWarning, find_ejections_of_all},
    Rule{"retries-stay", kWarning, find_retries_that_stay},

    Rule{"locality-refused", kError, find_wrong_locality_settings},
    Rule{"locality-unknown", kWarning, find_localities_without_nodes},
    Rule{"locality-left-out", kWarning, find_localities_left_out},
    Rule{"locality-elsewhere", kWarning, find_localities_without_endpoints},

    Rule{"route-rival", kWarning, find_rival_routes},
    Rule{"rule-rival", kWarning, find_rival_rules},
    Rule{"entry-rival", kWarning, find_rival_entries},
    Rule{"entry-hidden", kWarning, find_hidden_entries},
    Rule{"route-hidden", kWarning, find_hidden_routes},
    Rule{"rule-hidden", kWarning, find_hidden_rules},
};

std::vector<Finding> lint_one(const LintSubject& subject) {
  std::vector<Finding> findings;
  for (const Rule& rule : kRules) {
    rule.find(subject, [&](const ObjectIdentity& object, std::string_view pointer, std::string message) {
      findings.push_back({rule.name, rule.severity, object, field_path(pointer), std::move(message)});
    });
  }
  std::ranges::stable_sort(findings, {}, [&](const Finding& finding) { return subject.mesh.order_of(finding.object); });
  return findings;
}

}  // namespace

std::string_view text(Severity severity) { return severity == kError ? "error" : "warning"; }

void find_unreadable_objects(const LintSubject& subject, const Report& report) {
  for (const UnreadableObject& object : subject.mesh.unreadable()) report(object, "", object.error);
}

std::vector<Finding> lint(const std::vector<LintMesh>& meshes, const LintOptions& options) {
  std::vector<Finding> all;
  std::set<std::tuple<std::string_view, std::string, std::string, std::string, std::string>>
      said;  // files are in every cluster's mesh
  for (const LintMesh& mesh : meshes) {
    for (Finding& each : lint_one({mesh, meshes, options})) {
      const bool is_new =
          said.emplace(each.rule, each.object.place, each.object.object(), each.field, each.message).second;
      if (is_new) all.push_back(std::move(each));
    }
  }
  return all;
}

}  // namespace meshdns
