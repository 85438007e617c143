// Where routes send requests, against what declares it.

#include <algorithm>

#include "k8s/istio/service_entry.h"
#include "k8s/mesh/export_to.h"
#include "k8s/mesh/lint_rules.h"
#include "k8s/mesh/lint_text.h"
#include "zone/joined.h"
#include "zone/nearest.h"

namespace meshdns {
namespace {

using To = VirtualService::To;

constexpr size_t kTypingMistake = 2;  // edits: what Services of a cluster differ in is more

/// Calls `visit` with each destination and its route; whether it is HTTP's.
template <class Visit>
void each_destination(const LintMesh& mesh, const Visit& visit) {
  for (const VirtualService& route : mesh.routes()) {
    for (const auto& http : route.http) {
      for (const To& to : http.to) visit(route, to, true);
      for (const To& to : http.mirrors) visit(route, to, true);
    }
    for (const auto* streams : {&route.tls, &route.tcp}) {
      for (const auto& stream : *streams) {
        for (const To& to : stream.to) visit(route, to, false);
      }
    }
  }
}

/// Those that nothing declares, and whether lint can know: a cluster's Services are not in files.
template <class Visit>
void each_unknown(const LintMesh& mesh, const Visit& visit) {
  each_destination(mesh, [&](const VirtualService& route, const To& to, bool) {
    const std::string& host = to.destination.host;
    if (!mesh.declared(host)) visit(route, to, mesh.live() || !is_service_host(host));
  });
}

/// The port that the destination means; nothing: it says none, and the host has several.
const DeclaredPort* port_of(const Destination& destination, const std::vector<DeclaredPort>& ports) {
  if (!destination.port) return ports.size() == 1 ? &ports.front() : nullptr;
  const auto found = std::ranges::find(ports, *destination.port, &DeclaredPort::number);
  return found == ports.end() ? nullptr : &*found;
}

/// Whether sidecars speak TLS to the port for clients who speak HTTP.
bool is_tls_added(const LintMesh& mesh, const To& to, const DeclaredPort& port) {
  if (port.protocol != "https" && port.protocol != "tls") return false;
  return std::ranges::any_of(mesh.rules_of(to.destination.host), [&](const DestinationRule* rule) {
    const auto* subset = rule->subset(to.destination.subset);
    const auto& policy = subset != nullptr && subset->policy ? *subset->policy : rule->policy;
    return !policy.of_port(port.number).tls_mode.empty();
  });
}

std::vector<std::string_view> subsets_of(const std::vector<const DestinationRule*>& rules) {
  std::vector<std::string_view> names;
  for (const DestinationRule* rule : rules) {
    for (const auto& subset : rule->subsets) names.push_back(subset.name);
  }
  return names;
}

std::string without_subset(const Destination& destination, const std::vector<const DestinationRule*>& rules) {
  const std::string subset = shown(destination.subset);
  if (rules.empty()) {
    return "no DestinationRule is for " + shown(destination.host) + ", so that it has no subset " + subset +
           ": write one with that subset, or leave the subset out";
  }
  const auto names = subsets_of(rules);
  const std::string near(nearest(destination.subset, names));
  return with_place(*rules.front()) + " has no subset " + subset + " for " + shown(destination.host) +
         (near.empty() ? ", nor any other: add it"
                       : "; the nearest is " + shown(near) + ": write that, or add the subset");
}

}  // namespace

void find_unknown_destinations(const LintSubject& subject, const Report& report) {
  each_unknown(subject.mesh, [&](const VirtualService& route, const To& to, bool is_sure) {
    if (!is_sure) return;
    const std::string& host = to.destination.host;
    const std::string instead = suggestion(subject.mesh, host, likely_edits(host));
    report(route, to.pointer,
           "no ServiceEntry or Service declares " + shown(host) +
               (instead.empty() ? ": correct the host, or declare it with a ServiceEntry" : instead));
  });
}

void find_destinations_of_other_files(const LintSubject& subject, const Report& report) {
  each_unknown(subject.mesh, [&](const VirtualService& route, const To& to, bool is_sure) {
    const std::string instead = is_sure ? "" : suggestion(subject.mesh, to.destination.host, kTypingMistake);
    if (instead.empty()) return;
    report(route, to.pointer,
           "no Service in these files is " + shown(to.destination.host) + instead +
               "; --context asks a cluster whether it has it");
  });
}

void find_hidden_destinations(const LintSubject& subject, const Report& report) {
  each_destination(subject.mesh, [&](const VirtualService& route, const To& to, bool) {
    const Declared declared = subject.mesh.declared(to.destination.host);
    const auto is_visible = [&](const LintEntry* entry) { return audience_of(*entry).has(route.name_space); };
    if (!declared || declared.service != nullptr || std::ranges::any_of(declared.entries, is_visible)) return;
    const LintEntry& entry = *declared.entries.front();
    report(route, to.pointer,
           with_place(entry) + " declares " + shown(to.destination.host) + " and is exported to " +
               shown(joined(entry.export_to)) + " alone: add \"" + route.name_space + "\" or \"*\" to its exportTo");
  });
}

void find_unknown_ports(const LintSubject& subject, const Report& report) {
  each_destination(subject.mesh, [&](const VirtualService& route, const To& to, bool) {
    const Declared declared = subject.mesh.declared(to.destination.host);
    const auto ports = ports_of(declared);
    if (!to.destination.port || ports.empty() || port_of(to.destination, ports) != nullptr) return;
    report(route, to.pointer + (to.pointer.ends_with("/mirror") ? "/port" : "/destination/port"),
           "found port " + std::to_string(*to.destination.port) + ", expected one of " + shown(to.destination.host) +
               "'s: " + list_of(ports) + ", of " + declaring(declared));
  });
}

void find_missing_ports(const LintSubject& subject, const Report& report) {
  each_destination(subject.mesh, [&](const VirtualService& route, const To& to, bool) {
    const auto ports = ports_of(subject.mesh.declared(to.destination.host));
    if (to.destination.port || ports.size() < 2) return;
    report(route, to.pointer,
           "found no port, and " + shown(to.destination.host) + " has several: " + list_of(ports) +
               "; requests go to the port that they came for: say which with port.number");
  });
}

void find_other_protocols(const LintSubject& subject, const Report& report) {
  each_destination(subject.mesh, [&](const VirtualService& route, const To& to, bool is_http) {
    const auto ports = ports_of(subject.mesh.declared(to.destination.host));
    const DeclaredPort* port = port_of(to.destination, ports);
    if (!is_http || port == nullptr || may_be_http(*port) || is_tls_added(subject.mesh, to, *port)) return;
    report(route, to.pointer,
           "an http route to port " + std::to_string(port->number) + " of " + shown(to.destination.host) +
               ", which is " + shown(port->protocol) +
               ": write the port's protocol as HTTP, or route it under tcp or tls");
  });
}

void find_unknown_subsets(const LintSubject& subject, const Report& report) {
  each_destination(subject.mesh, [&](const VirtualService& route, const To& to, bool) {
    if (to.destination.subset.empty()) return;
    const auto rules = subject.mesh.rules_of(to.destination.host);
    const auto has_it = [&](const DestinationRule* rule) { return rule->subset(to.destination.subset) != nullptr; };
    if (std::ranges::none_of(rules, has_it)) report(route, to.pointer, without_subset(to.destination, rules));
  });
}

}  // namespace meshdns
