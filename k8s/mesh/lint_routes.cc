// What routes and rules are for, and which of a VirtualService's routes no request reaches.

#include <algorithm>

#include "k8s/istio/service_entry.h"
#include "k8s/mesh/export_to.h"
#include "k8s/mesh/lint_rules.h"
#include "k8s/mesh/lint_text.h"
#include "zone/nearest.h"

namespace meshdns {
namespace {

using HttpRoute = VirtualService::HttpRoute;
using Match = VirtualService::Match;

bool is_declared(const LintMesh& mesh, const std::string& host) {
  return static_cast<bool>(mesh.declared(host)) || host == "*";
}

/// A host that nothing declares, of an object that is for it. A wildcard is for whatever is below it.
void report_unknown_host(const LintMesh& mesh, const ObjectIdentity& object, const std::string& pointer,
                         const std::string& host, const Report& report) {
  if (is_declared(mesh, host)) return;
  if (host.starts_with('*')) {
    const auto is_below = [&](std::string_view each) { return each.ends_with(std::string_view(host).substr(1)); };
    if (!mesh.live() || std::ranges::any_of(mesh.hosts(), is_below)) return;
  }
  if (!mesh.live() && is_service_host(host)) return;
  const std::string instead = suggestion(mesh, host, likely_edits(host));
  report(object, pointer,
         "nothing follows it: no ServiceEntry or Service declares " + shown(host) +
             (instead.empty() ? "; correct the host, or declare it with a ServiceEntry" : instead));
}

/// Whether each request that `later` takes, `earlier` takes, too.
bool covers(const Match& earlier, const Match& later) {
  if (!earlier.also.empty() || (earlier.port && earlier.port != later.port)) return false;
  const bool is_literal = later.uri == Match::Uri::kExact || later.uri == Match::Uri::kPrefix;
  switch (earlier.uri) {
    case Match::Uri::kAny:
      return true;
    case Match::Uri::kPrefix:
      return earlier.value == "/" || (is_literal && later.value.starts_with(earlier.value) && !later.is_case_blind());
    default:
      return earlier.uri == later.uri && earlier.value == later.value && !later.is_case_blind();
  }
}

bool covers(const HttpRoute& earlier, const HttpRoute& later) {
  if (earlier.is_catch_all()) return true;
  const auto is_covered = [&](const Match& match) {
    return std::ranges::any_of(earlier.matches, [&](const Match& each) { return covers(each, match); });
  };
  return !later.matches.empty() && std::ranges::all_of(later.matches, is_covered);
}

std::string named(const HttpRoute& route) {
  return field_path(route.pointer) + (route.name.empty() ? "" : " (" + shown(route.name) + ")");
}

void check_delegate(const LintMesh& mesh, const VirtualService& route, const HttpRoute& http, const Report& report) {
  const auto& [name_space, name] = *http.delegate;
  const std::string text = "VirtualService " + shown(name_space + "/" + name);
  const VirtualService* delegate = mesh.route(name_space, name);
  const std::string pointer = http.pointer + "/delegate";
  if (delegate == nullptr) {
    report(route, pointer, "there is no " + text + ", so that its requests get 404: write it, without hosts");
  } else if (!delegate->hosts.empty()) {
    report(route, pointer, with_place(*delegate) + " has hosts of its own, and so is no delegate: take them out of it");
  } else if (!audience_of(*delegate).has(route.name_space)) {
    report(route, pointer,
           with_place(*delegate) + " is not exported to " + route.name_space + ": add that to its exportTo");
  }
}

}  // namespace

void find_unknown_route_hosts(const LintSubject& subject, const Report& report) {
  for (const VirtualService& route : subject.mesh.routes()) {
    if (!route.is_for_sidecars()) continue;  // a gateway takes any host
    for (size_t i = 0; i < route.hosts.size(); ++i) {
      report_unknown_host(subject.mesh, route, "/spec/hosts/" + std::to_string(i), route.hosts[i], report);
    }
  }
}

void find_unknown_rule_hosts(const LintSubject& subject, const Report& report) {
  for (const DestinationRule& rule : subject.mesh.rules()) {
    report_unknown_host(subject.mesh, rule, "/spec/host", rule.host, report);
  }
}

void find_unknown_rule_ports(const LintSubject& subject, const Report& report) {
  for (const DestinationRule& rule : subject.mesh.rules()) {
    const auto ports = ports_of(subject.mesh.declared(rule.host));
    const auto check = [&](const DestinationRule::TrafficPolicy& policy) {
      for (const DestinationRule::PortSettings& settings : policy.ports) {
        if (ports.empty() || std::ranges::find(ports, settings.port, &DeclaredPort::number) != ports.end()) continue;
        report(rule, settings.pointer + "/port",
               "found port " + std::to_string(settings.port) + ", expected one of " + shown(rule.host) +
                   "'s: " + list_of(ports));
      }
    };
    check(rule.policy);
    for (const DestinationRule::Subset& subset : rule.subsets) {
      if (subset.policy) check(*subset.policy);
    }
  }
}

void find_unknown_delegates(const LintSubject& subject, const Report& report) {
  for (const VirtualService& route : subject.mesh.routes()) {
    for (const HttpRoute& http : route.http) {
      if (http.delegate) check_delegate(subject.mesh, route, http, report);
    }
  }
}

void find_unreachable_routes(const LintSubject& subject, const Report& report) {
  for (const VirtualService& route : subject.mesh.routes()) {
    for (auto later = route.http.begin(); later != route.http.end(); ++later) {
      const auto earlier =
          std::find_if(route.http.begin(), later, [&](const HttpRoute& each) { return covers(each, *later); });
      if (earlier == later) continue;
      report(route, later->pointer,
             "no request gets here: " + named(*earlier) + " takes them all; put the narrower match in front");
    }
  }
}

}  // namespace meshdns
