#include "k8s/mesh/failover_tls.h"

#include <algorithm>
#include <optional>
#include <set>
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

/// As an east-west gateway is reached by a node port.
bool has_one_port_for_all(const MeshEntry& entry, const Endpoint& endpoint) {
  std::set<uint16_t> numbers;
  for (const Port& port : entry.ports) numbers.insert(endpoint.number_of(port));
  return numbers.size() == 1 && entry.port(*numbers.begin()) == nullptr && !endpoint.ports.empty();
}

bool is_gateway(const FailoverWish& wish, const MeshEntry& entry, const Endpoint& endpoint, const Port& port) {
  return endpoint.is_gateway_for(port) || (wish.sni && has_one_port_for_all(entry, endpoint));
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

/// The serving side's Service, as an SNI that is there names it; else by the host's name.
std::string service_of(const MeshHost& host, const DestinationRule& rule) {
  std::vector<std::string> names{rule.policy.sni};
  for (const auto& port : rule.policy.ports) names.push_back(port.sni);
  for (const std::string& name : names) {
    const auto sni = parse_gateway_sni(name);
    if (sni && sni->host != host.text()) return sni->host;
  }
  return host.name + "." + host.name_space + ".svc.cluster.local";
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
    const bool has_it = mode == kMutual || are_automatic(entry, gateways);
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
    const std::string direct = addresses_of(endpoints.direct);
    if (settings.tls_mode == kMutual && before->policy.of_port(port.number).tls_mode != kMutual) {
      notes.push_back(of_port + "the rule's mTLS, which the gateways need, is for " + direct +
                      ", too: the servers there need sidecars");
    }
    const auto sni = parse_gateway_sni(settings.sni);
    const bool is_global = sni ? sni->host == wish.host.text() : settings.sni.empty();
    const bool is_mutual = settings.tls_mode == kMutual || are_automatic(entry, endpoints.gateways);
    if (is_global && is_mutual) {
      notes.push_back(of_port + "gateways are asked for " + wish.host.text() + " itself, and " + direct +
                      " is behind none: where another cluster's entry leads to this one's gateway, as this one does to "
                      "that one's, requests go round between them once neither has servers; --sni service asks for the "
                      "Service");
    }
  }
  return notes;
}

}  // namespace meshdns
