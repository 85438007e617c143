// Endpoints that are another cluster's gateway: port 15443 passes on what comes with mTLS and the SNI of one of its services, and nothing
// else.

#include <algorithm>
#include <optional>
#include <set>

#include "k8s/istio/service_entry.h"
#include "k8s/mesh/destination.h"
#include "k8s/mesh/gateway_sni.h"
#include "k8s/mesh/lint_rules.h"
#include "k8s/mesh/lint_text.h"
#include "zone/address.h"
#include "zone/joined.h"

namespace meshdns {
namespace {

constexpr std::string_view kMutual = "ISTIO_MUTUAL";
constexpr std::string_view kSniForm = "outbound_.PORT_.SUBSET_.HOST";

using Endpoint = MeshEntry::Endpoint;

bool is_name(const Endpoint& endpoint) {
  return !endpoint.address.empty() && !endpoint.address.starts_with("unix://") && !IpAddress::parse(endpoint.address);
}

/// The entry's endpoints that are gateways for the port.
std::vector<const Endpoint*> gateways_for(const LintEntry& entry, const MeshEntry::Port& port) {
  std::vector<const Endpoint*> gateways;
  for (const Endpoint& endpoint : entry.endpoints) {
    if (endpoint.is_gateway_for(port)) gateways.push_back(&endpoint);
  }
  return gateways;
}

/// Calls `visit` with each host and port of the entry that has gateways, and with these.
template <class Visit>
void each_gateway_port(const LintEntry& entry, const Visit& visit) {
  for (const MeshEntry::Port& port : entry.ports) {
    const auto gateways = gateways_for(entry, port);
    if (gateways.empty()) continue;
    for (const std::string& host : entry.hosts) visit(host, port, gateways);
  }
}

std::string what_to_write(const MeshEntry::Port& port) {
  return "write one with tls.mode ISTIO_MUTUAL and tls.sni outbound_." + std::to_string(port.number) +
         "_._.SERVICE.NAMESPACE.svc.cluster.local";
}

/// Why connections to the host's port come to the gateway without mTLS; empty: they do not.
std::string without_mtls(const LintEntry& entry, const MeshEntry::Port& port,
                         const std::vector<const Endpoint*>& gateways, const DestinationRule* rule) {
  const auto* settings = rule == nullptr ? nullptr : &rule->policy.of_port(port.number);
  if (settings != nullptr && settings->tls_mode == kMutual) return {};
  if (settings != nullptr && !settings->tls_mode.empty()) {
    return with_place(*rule) + " says tls.mode " + shown(settings->tls_mode) + ", expected ISTIO_MUTUAL";
  }
  const auto is_automatic = [&](const Endpoint* gateway) { return entry.has_automatic_mtls(*gateway); };
  if (std::ranges::all_of(gateways, is_automatic)) return {};
  if (rule != nullptr && !rule->policy.tls_mode.empty()) {
    return with_place(*rule) +
           " has portLevelSettings for the port, which inherit nothing and say no tls: write tls there, too";
  }
  return (rule == nullptr ? "no DestinationRule is for it" : with_place(*rule) + " says no tls") + ": " +
         what_to_write(port) +
         (entry.location == kMeshInternal ? "" : "; labels count with location MESH_INTERNAL alone");
}

/// The Service that is at the address, in another cluster.
struct Serving {
  const LintMesh& mesh;
  const Service& service;
};

std::optional<Serving> serving(const LintSubject& subject, const std::string& address) {
  for (const LintMesh& mesh : subject.all) {
    if (&mesh == &subject.mesh || !mesh.live()) continue;
    for (const Service& service : mesh.services()) {
      const auto is_at = [&](const std::vector<std::string>& all) {
        return std::ranges::find(all, address) != all.end();
      };
      if (is_at(service.load_balancer) || is_at(service.external_ips)) return Serving{mesh, service};
    }
  }
  return std::nullopt;
}

bool selects(const Gateway& gateway, const Service& service) {
  return std::ranges::all_of(gateway.selector, [&](const auto& label) {
    const auto own = service.selector.find(label.first);
    return own != service.selector.end() && own->second == label.second;
  });
}

/// Why the gateway does not pass on what comes with that SNI; empty: it does.
std::string closed(const Serving& at, const GatewaySni& name) {
  if (at.service.port(kGatewayPort) == nullptr) return "has no port 15443: add it";
  std::vector<std::string> patterns;
  for (const Gateway& gateway : at.mesh.gateways()) {
    for (const Gateway::Server& server : gateway.servers) {
      const bool passes =
          server.port == kGatewayPort && server.tls_mode == "AUTO_PASSTHROUGH" && selects(gateway, at.service);
      if (passes) patterns.insert(patterns.end(), server.hosts.begin(), server.hosts.end());
      if (passes && server.serves(name.host))
        return at.mesh.declared(name.host) ? "" : "nothing there declares " + shown(name.host);
    }
  }
  if (patterns.empty()) return "no Gateway there opens 15443 with tls.mode AUTO_PASSTHROUGH: write one";
  return "its Gateway passes on " + shown(joined(patterns)) + ", expected " + shown(name.host) + " among them";
}

}  // namespace

void find_missing_mtls(const LintSubject& subject, const Report& report) {
  for (const LintEntry& entry : subject.mesh.entries()) {
    each_gateway_port(entry, [&](const std::string& host, const auto& port, const auto& gateways) {
      const std::string reason = without_mtls(entry, port, gateways, followed_rule(subject.mesh, entry, host));
      if (reason.empty()) return;
      report(entry, gateways.front()->pointer,
             "port " + std::to_string(port.number) + " of " + shown(host) +
                 " goes to a gateway's 15443 without mTLS, which answers 503; " + reason);
    });
  }
}

void find_wrong_snis(const LintSubject& subject, const Report& report) {
  for (const LintEntry& entry : subject.mesh.entries()) {
    std::map<std::string, uint16_t> known;  // SNI and host → the first port that has it
    each_gateway_port(entry, [&](const std::string& host, const auto& port, const auto&) {
      const DestinationRule* rule = followed_rule(subject.mesh, entry, host);
      if (rule == nullptr || rule->policy.of_port(port.number).tls_mode != kMutual) return;
      const std::string& sni = rule->policy.of_port(port.number).sni;
      if (sni.empty()) return;
      if (!parse_gateway_sni(sni)) {
        report(*rule, "/spec/trafficPolicy",
               "found the sni " + shown(sni) + ", expected " + std::string(kSniForm) + ": the gateway knows no others");
        return;
      }
      const auto [first, added] = known.try_emplace(sni + " " + host, port.number);
      if (added) return;
      report(*rule, "/spec/trafficPolicy",
             "ports " + std::to_string(first->second) + " and " + std::to_string(port.number) + " of " + shown(host) +
                 " have one sni, " + shown(sni) +
                 ", so that both end at one port; expected portLevelSettings with an sni for each");
    });
  }
}

void find_names_where_static(const LintSubject& subject, const Report& report) {
  for (const LintEntry& entry : subject.mesh.entries()) {
    for (const Endpoint& endpoint : entry.endpoints) {
      if (entry.resolution != "STATIC" || !is_name(endpoint)) continue;
      report(entry, endpoint.pointer + "/address",
             "found the name " + shown(endpoint.address) +
                 " with resolution STATIC: Istio refuses it; expected an IP address, or resolution DNS");
    }
  }
}

void find_names_that_cannot_be_answered(const LintSubject& subject, const Report& report) {
  for (const LintEntry& entry : subject.mesh.entries()) {
    if (!has_host_in(subject.options.zones, entry)) continue;
    const auto name = std::ranges::find_if(entry.endpoints, is_name);
    if (name == entry.endpoints.end()) continue;
    report(entry, name->pointer + "/address",
           "found the name " + shown(name->address) +
               ": a zone with answer: endpoints cannot publish it; nothing to do where sidecars alone call, who use "
               "the virtual address");
  }
}

void find_closed_gateways(const LintSubject& subject, const Report& report) {
  for (const LintEntry& entry : subject.mesh.entries()) {
    each_gateway_port(entry, [&](const std::string& host, const auto& port, const auto& gateways) {
      const DestinationRule* rule = followed_rule(subject.mesh, entry, host);
      if (!without_mtls(entry, port, gateways, rule).empty()) return;  // there is no SNI to judge
      const std::string sni = rule == nullptr ? "" : rule->policy.of_port(port.number).sni;
      const auto name = sni.empty() ? GatewaySni{port.number, canonical_host(host)} : parse_gateway_sni(sni);
      for (const Endpoint* gateway : gateways) {
        const auto at = name ? serving(subject, gateway->address) : std::nullopt;
        const std::string reason = at ? closed(*at, *name) : "";
        if (reason.empty()) continue;
        report(entry, gateway->pointer,
               shown(gateway->address) + " is " + with_place(at->service) + ", which does not pass on " + shown(host) +
                   ": " + reason);
      }
    });
  }
}

void find_unreachable_gateways(const LintSubject& subject, const Report& report) {
  for (const LintEntry& entry : subject.mesh.entries()) {
    std::set<const Endpoint*> said;
    for (const MeshEntry::Port& port : entry.ports) {
      for (const Endpoint* gateway : gateways_for(entry, port)) {
        const auto found = subject.options.unreachable.find({gateway->address, kGatewayPort});
        if (found == subject.options.unreachable.end() || !said.insert(gateway).second) continue;
        report(entry, gateway->pointer,
               shown(gateway->address) + " port 15443 cannot be reached from here: " + shown(found->second));
      }
    }
  }
}

std::vector<GatewayAddress> gateway_addresses(const std::vector<LintMesh>& meshes) {
  std::set<GatewayAddress> addresses;
  for (const LintMesh& mesh : meshes) {
    for (const LintEntry& entry : mesh.entries()) {
      for (const MeshEntry::Port& port : entry.ports) {
        for (const Endpoint* gateway : gateways_for(entry, port)) addresses.emplace(gateway->address, kGatewayPort);
      }
    }
  }
  return {addresses.begin(), addresses.end()};
}

}  // namespace meshdns
