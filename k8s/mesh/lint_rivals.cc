// Several objects for one host, of which clients follow one; and objects that exportTo hides from clients who see the host.

#include <algorithm>
#include <map>

#include "k8s/istio/service_entry.h"
#include "k8s/mesh/destination.h"
#include "k8s/mesh/export_to.h"
#include "k8s/mesh/lint_rules.h"
#include "k8s/mesh/lint_text.h"
#include "zone/joined.h"

namespace meshdns {
namespace {

/// Istio's order: by age, then by name, then by namespace; what is in no cluster yet is the youngest.
template <class Object>
bool is_older(const Object& one, const Object& other) {
  const auto key = [](const Object& object) {
    return std::tuple(object.created == 0, object.created, std::string_view(object.name),
                      std::string_view(object.name_space));
  };
  return key(one) < key(other);
}

/// Calls `visit` with each object that is not the first for its host, and the first that somebody sees, too.
template <class Object, class Visit>
void each_younger(std::map<std::string, std::vector<const Object*>>& by_host, const Visit& visit) {
  for (auto& [host, rivals] : by_host) {
    std::ranges::stable_sort(rivals, [](const Object* one, const Object* other) { return is_older(*one, *other); });
    for (auto younger = rivals.begin(); younger != rivals.end(); ++younger) {
      const auto meets = [&](const Object* older) { return audience_of(*older).meets(audience_of(**younger)); };
      const auto oldest = std::find_if(rivals.begin(), younger, meets);
      if (oldest != younger) visit(host, **younger, **oldest);
    }
  }
}

/// "X is the oldest"; in files nobody knows.
template <class Object>
std::string precedence(const Object& younger, const Object& oldest) {
  return oldest.created == 0 || younger.created == 0 ? with_place(oldest) + " is, too, and the oldest counts"
                                                     : with_place(oldest) + " is the older one and counts";
}

bool share_a_port(const LintEntry& one, const LintEntry& other) {
  return one.ports.empty() ||
         std::ranges::any_of(one.ports, [&](const auto& port) { return other.port(port.number) != nullptr; });
}

/// Why clients who see the entry do not follow an object for its host; empty: they do.
template <class Object>
std::string unseen(const LintEntry& entry, const Object& object) {
  const std::string who = audience_of(object).lacks(audience_of(entry));
  return who.empty() ? ""
                     : who + " see " + entry.object() + " and not this: add \"" +
                           (who.find(' ') == std::string::npos ? who : "*") + "\" to exportTo";
}

/// Whether clients elsewhere see the entry, and look for its rules where this one is not.
bool is_for_its_own_namespace(const LintMesh& mesh, const DestinationRule& rule, const LintEntry& entry) {
  static const std::vector<std::string> kOwn{"."};
  const auto is_where_all_look = [&](const DestinationRule* each) {
    return each->name_space == entry.name_space || each->name_space == kRootNamespace;
  };
  return !Audience(kOwn, rule.name_space).lacks(audience_of(entry)).empty() &&
         std::ranges::none_of(mesh.rules_of(rule.host), is_where_all_look);
}

}  // namespace

void find_rival_routes(const LintSubject& subject, const Report& report) {
  std::map<std::string, std::vector<const VirtualService*>> by_host;
  for (const VirtualService& route : subject.mesh.routes()) {
    if (!route.is_for_sidecars()) continue;
    for (const std::string& host : route.hosts) by_host[host].push_back(&route);
  }
  each_younger(by_host, [&](const std::string& host, const VirtualService& younger, const VirtualService& oldest) {
    if (&younger == &oldest) return;
    report(younger, "/spec/hosts",
           "another VirtualService is for " + shown(host) + ": " + precedence(younger, oldest) +
               ", sidecars pass over this one; put the routes into one");
  });
}

void find_rival_rules(const LintSubject& subject, const Report& report) {
  std::map<std::string, std::vector<const DestinationRule*>>
      by_host;  // clients look into one namespace after the other
  for (const DestinationRule& rule : subject.mesh.rules()) {
    if (rule.workload_selector.empty()) by_host[rule.name_space + " " + rule.host].push_back(&rule);
  }
  each_younger(by_host, [&](const std::string&, const DestinationRule& younger, const DestinationRule& oldest) {
    report(younger, "/spec/host",
           "another DestinationRule is for " + shown(younger.host) + ": " + precedence(younger, oldest) +
               ", this one's trafficPolicy is passed over; put both into one");
  });
}

void find_rival_entries(const LintSubject& subject, const Report& report) {
  std::map<std::string, std::vector<const LintEntry*>> by_host;
  for (const LintEntry& entry : subject.mesh.entries()) {
    for (const std::string& host : entry.hosts) by_host[canonical_host(host)].push_back(&entry);
  }
  each_younger(by_host, [&](const std::string& host, const LintEntry& younger, const LintEntry& oldest) {
    if (&younger == &oldest || !share_a_port(younger, oldest)) return;
    report(younger, "/spec/hosts",
           "another ServiceEntry is for " + shown(host) + " and one of its ports: " + precedence(younger, oldest) +
               ", meshdns answers with its addresses; put the endpoints into one");
  });
}

void find_hidden_entries(const LintSubject& subject, const Report& report) {
  for (const LintEntry& entry : subject.mesh.entries()) {
    if (audience_of(entry).is_everybody() || !has_host_in(subject.options.zones, entry)) continue;
    report(entry, "/spec/exportTo",
           "found " + shown(joined(entry.export_to)) +
               ": meshdns does not answer its hosts, for it does not know which namespace asks" +
               "; expected \"*\", or publish.visibility: all in the server's configuration");
  }
}

void find_hidden_routes(const LintSubject& subject, const Report& report) {
  for (const VirtualService& route : subject.mesh.routes()) {
    for (const std::string& host : route.hosts) {
      for (const LintEntry* entry : subject.mesh.declared(host).entries) {
        const std::string reason = unseen(*entry, route);
        if (!reason.empty()) report(route, "/spec/exportTo", reason);
      }
    }
  }
}

void find_hidden_rules(const LintSubject& subject, const Report& report) {
  for (const DestinationRule& rule : subject.mesh.rules()) {
    for (const LintEntry* entry : subject.mesh.declared(rule.host).entries) {
      const std::string reason = unseen(*entry, rule);
      if (!reason.empty()) {
        report(rule, "/spec/exportTo", reason);
      } else if (is_for_its_own_namespace(subject.mesh, rule, *entry)) {
        report(rule, "/metadata/namespace",
               "found " + rule.name_space +
                   ", whose clients alone follow it: those of others look into the namespace of " + with_place(*entry) +
                   " and into " + std::string(kRootNamespace) + "; put it there");
      }
    }
  }
}

}  // namespace meshdns
