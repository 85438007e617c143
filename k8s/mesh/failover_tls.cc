#include "k8s/mesh/failover_tls.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "k8s/api/api_objects.h"
#include "k8s/mesh/destination_rule.h"
#include "k8s/mesh/entry_manifest.h"
#include "k8s/mesh/gateway_sni.h"
#include "zone/joined.h"

namespace meshdns {
namespace {

constexpr std::string_view kMutual = "ISTIO_MUTUAL";

using Endpoint = MeshEntry::Endpoint;
using Port = MeshEntry::Port;

/// As a gateway is reached by a node port: what no endpoint at 15443 tells, an SNI that is asked for does.
bool is_node_port(const MeshEntry& entry, const Endpoint& endpoint) {
  if (std::ranges::any_of(entry.endpoints, [&](const Endpoint& each) { return entry.is_gateway(each); })) return false;
  std::set<uint16_t> numbers;
  for (const Port& port : entry.ports) numbers.insert(endpoint.number_of(port));
  return numbers.size() == 1 && entry.port(*numbers.begin()) == nullptr && !endpoint.ports.empty();
}

bool is_gateway(const FailoverWish& wish, const MeshEntry& entry, const Endpoint& endpoint, const Port& port) {
  return endpoint.is_gateway_for(port) || (wish.sni && is_node_port(entry, endpoint));
}

/// The port's endpoints: those that are gateways, and the others.
struct Endpoints {
  std::vector<const Endpoint*> gateways;
  std::vector<const Endpoint*> direct;

  bool are_mixed() const { return !gateways.empty() && !direct.empty(); }
};

Endpoints endpoints_of(const FailoverWish& wish, const MeshEntry& entry, const Port& port) {
  Endpoints found;
  for (const Endpoint& endpoint : entry.endpoints) {
    (is_gateway(wish, entry, endpoint, port) ? found.gateways : found.direct).push_back(&endpoint);
  }
  return found;
}

bool are_automatic(const MeshEntry& entry, const std::vector<const Endpoint*>& gateways) {
  return std::ranges::all_of(gateways, [&](const Endpoint* gateway) { return entry.has_automatic_mtls(*gateway); });
}

Result<DestinationRule> rule_of(const std::string& json) {
  return json.empty() ? DestinationRule() : parse_destination_rule(json);
}

/// Whether it asks for a Service of the cluster, not for a name of the mesh.
bool is_service(const GatewaySni& sni) { return sni.host.find(".svc.") != std::string::npos; }

/// The serving side's Service, as an SNI that is there names it; else by the host's name.
std::string service_of(const MeshHost& host, const DestinationRule& rule) {
  std::vector<std::string> names{rule.policy.sni};
  for (const auto& port : rule.policy.ports) names.push_back(port.sni);
  for (const std::string& name : names) {
    const auto sni = parse_gateway_sni(name);
    if (sni && is_service(*sni)) return sni->host;
  }
  return host.name + "." + host.name_space + ".svc.cluster.local";
}

/// Whether it leads to another of the entry's ports: one SNI for all of them, written when there was one.
bool asks_for_another(const MeshEntry& entry, const Port& port, const std::string& name) {
  const auto sni = parse_gateway_sni(name);
  return sni && is_service(*sni) && sni->port != port.number && entry.port(sni->port) != nullptr;
}

/// The ports whose mTLS is to be written.
Result<std::vector<EntryPort>> lacking(const FailoverWish& wish, const MeshEntry& entry, const DestinationRule& rule) {
  std::vector<EntryPort> ports;
  for (const Port& port : entry.ports) {
    const auto gateways = endpoints_of(wish, entry, port).gateways;
    if (gateways.empty()) continue;
    const std::string& mode = rule.policy.of_port(port.number).tls_mode;
    if (!wish.sni && !mode.empty() && mode != kMutual) {
      return Error{rule.object() + ": tls.mode: found " + printable(mode) + " for port " + std::to_string(port.number) +
                   ", expected ISTIO_MUTUAL, as gateways answer nothing else: what fails over to them would be lost; "
                   "--sni service writes it"};
    }
    const auto& settings = rule.policy.of_port(port.number);
    const bool has_it = mode == kMutual ? !asks_for_another(entry, port, settings.sni) : are_automatic(entry, gateways);
    if (wish.sni || !has_it) ports.push_back({port.name, port.number, port.protocol});
  }
  if (wish.sni && ports.empty()) {
    return Error{entry.object() + " has no endpoint that is a gateway, expected one with port " +
                 std::to_string(kGatewayPort) + ": only gateways go by an SNI"};
  }
  return ports;
}

std::string addresses_of(const std::vector<const Endpoint*>& endpoints) {
  return joined(endpoints, [](const Endpoint* endpoint) { return printable(endpoint->address); });
}

}  // namespace

Result<std::string> with_gateway_tls(const FailoverWish& wish, const MeshEntry& entry, const std::string& existing) {
  const auto rule = rule_of(existing);
  if (!rule) return Error{rule.error()};
  auto ports = lacking(wish, entry, *rule);
  if (!ports) return Error{ports.error()};
  if (ports->empty()) return existing;
  EntryWish tls{
      wish.host,       *std::move(ports), {}, {}, wish.sni.value_or(Sni::kService), service_of(wish.host, *rule),
      entry.name_space};
  tls.has_other_ports = tls.ports.size() < entry.ports.size();
  return mtls_rule(tls, existing);
}

std::vector<std::string> gateway_tls_notes(const FailoverWish& wish, const MeshEntry& entry,
                                           const std::string& existing, const std::string& rule) {
  std::vector<std::string> notes;
  const auto before = rule_of(existing);
  const auto after = rule_of(rule);
  if (!before || !after) return notes;
  for (const Port& port : entry.ports) {
    const auto endpoints = endpoints_of(wish, entry, port);
    if (!endpoints.are_mixed()) continue;
    const auto& settings = after->policy.of_port(port.number);
    const std::string of_port = entry.object() + ", port " + std::to_string(port.number) + ": ";
    auto plain = endpoints.direct;
    std::erase_if(plain, [&](const Endpoint* endpoint) { return entry.has_automatic_mtls(*endpoint); });
    const bool is_new = settings.tls_mode == kMutual && before->policy.of_port(port.number).tls_mode != kMutual;
    if (is_new && !plain.empty()) {
      notes.push_back(of_port + "the rule's mTLS, which the gateways need, is for " + addresses_of(plain) +
                      ", too: the servers there need sidecars");
    }
    const auto sni = parse_gateway_sni(settings.sni);
    const bool is_global = sni ? !is_service(*sni) : settings.sni.empty();
    const bool is_mutual = settings.tls_mode == kMutual || are_automatic(entry, endpoints.gateways);
    if (is_global && is_mutual) {
      notes.push_back(of_port + "gateways are asked for " + (sni ? sni->host : wish.host.text()) + " itself, and " +
                      addresses_of(endpoints.direct) +
                      " is behind none: where another cluster's entry leads to this one's gateway, as this one does to "
                      "that one's, requests go round between them once neither has servers; --sni service asks for the "
                      "Service");
    }
  }
  return notes;
}

}  // namespace meshdns
