#include "k8s/mesh/serving_side.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <set>
#include <tuple>
#include <utility>

#include "k8s/mesh/field.h"
#include "k8s/mesh/gateway_sni.h"
#include "zone/joined.h"

namespace meshdns {
namespace {

constexpr const char* kAutoPassthrough = "AUTO_PASSTHROUGH";
constexpr std::string_view kEastWest =
    "istio-eastwestgateway";  // istio.io's name for a gateway that is for 15443 alone

// Nodes come and go; a few of them are enough to reach the gateway while one is away.
constexpr size_t kMostNodes = 3;

// https://istio.io/latest/docs/tasks/traffic-management/locality-load-balancing/
constexpr std::array kLocalityLabels = {"topology.kubernetes.io/region", "topology.kubernetes.io/zone",
                                        "topology.istio.io/subzone"};

bool is_subset(const TextMap& part, const TextMap& whole) {
  return std::ranges::all_of(part, [&](const auto& each) {
    const auto found = whole.find(each.first);
    return found != whole.end() && found->second == each.second;
  });
}

/// Whether the Service leads to the Gateway's pods, as far as selectors tell.
bool leads_to(const Service& service, const Gateway& gateway) {
  if (service.selector.empty() || gateway.selector.empty()) return false;
  return is_subset(gateway.selector, service.selector) || is_subset(service.selector, gateway.selector);
}

/// The Service's port for the gateway's 15443.
const Service::Port* gateway_port(const Service& service) {
  const auto leads_there = [](const Service::Port& port) {
    return port.target_port == std::to_string(kGatewayPort) || port.number == kGatewayPort;
  };
  const auto found = std::ranges::find_if(service.ports, leads_there);
  return found == service.ports.end() ? nullptr : &*found;
}

bool is_headless(const Service& service) { return std::ranges::count(service.addresses, "None") > 0; }

std::string port_text(const EntryPort& port) { return std::to_string(port.number) + "/" + port.protocol; }

std::string node_locality(const ServingNode& node, size_t depth) {
  std::string locality;
  for (size_t i = 0; i < depth; ++i) {
    const auto label = node.labels.find(kLocalityLabels.at(i));
    if (label == node.labels.end() || label->second.empty()) return {};
    locality += (i == 0 ? "" : "/") + label->second;
  }
  return locality;
}

/// Those of the first one's family, host names apart: a client without IPv6 reaches no IPv6 address.
std::vector<EntryEndpoint> endpoints_at(const std::vector<std::string>& addresses, uint16_t port) {
  std::vector<EntryEndpoint> endpoints;
  std::optional<bool> v4;
  for (const std::string& text : addresses) {
    const auto endpoint = parse_endpoint_address(text);
    if (!endpoint) continue;
    if (const auto address = IpAddress::parse(endpoint->address)) {
      if (!v4) v4 = address->is_v4();
      if (*v4 != address->is_v4()) continue;
    }
    EntryEndpoint at{endpoint->address, port, {}};
    if (std::ranges::count(endpoints, at) == 0) endpoints.push_back(std::move(at));
  }
  return endpoints;
}

std::vector<EntryEndpoint> node_endpoints(const std::vector<ServingNode>& nodes, uint16_t port) {
  std::vector<std::string> addresses;
  for (const bool external : {true, false}) {
    for (const ServingNode& node : nodes) {
      const auto& of_node = external ? node.external : node.internal;
      if (!of_node.empty()) addresses.push_back(of_node.front());
    }
    if (!addresses.empty()) break;
  }
  std::ranges::sort(addresses);
  auto endpoints = endpoints_at(addresses, port);
  if (endpoints.size() > kMostNodes) endpoints.erase(endpoints.begin() + kMostNodes, endpoints.end());
  return endpoints;
}

/// Where the Service is reached from outside its cluster.
Noted<std::vector<EntryEndpoint>> endpoints_of(const Service& service, const std::vector<ServingNode>& nodes) {
  const Service::Port& port = *gateway_port(service);
  if (auto given = endpoints_at(service.load_balancer, port.number); !given.empty()) return {given, {}};
  if (auto given = endpoints_at(service.external_ips, port.number); !given.empty()) return {given, {}};
  if (!port.node_port) return {};
  auto given = node_endpoints(nodes, *port.node_port);
  if (given.empty()) return {};
  return {given,
          {service.object() + " has no external address, so its node port is taken, at " +
           joined(given, &EntryEndpoint::address) + ": nodes come and go"}};
}

}  // namespace

Result<ServingNode> parse_serving_node(std::string_view json) {
  ServingNode node;
  const auto error = read_object(json, [&](const Field& object) {
    const Field metadata = object.at("metadata");
    node.name = metadata.at("name").text();
    node.labels = metadata.at("labels").text_map();
    for (const Field& address : object.at("status").at("addresses").items()) {
      const std::string type = address.at("type").text();
      if (type == "ExternalIP") node.external.push_back(address.at("address").text());
      if (type == "InternalIP") node.internal.push_back(address.at("address").text());
    }
  });
  if (error) return *error;
  return node;
}

Result<Noted<std::vector<EntryPort>>> serving_ports(const Service& service) {
  if (service.type == "ExternalName") {
    return Error{service.object() +
                 " is of the type ExternalName, expected one with servers of its own: name what it stands for"};
  }
  Noted<std::vector<EntryPort>> found;
  for (const Service::Port& port : service.ports) {
    const std::string what = service.object() + ", port " + std::to_string(port.number);
    if (port.protocol != "TCP") {
      found.notes.push_back(what + " is left out: sidecars carry TCP alone, and this is " + port.protocol);
      continue;
    }
    std::string protocol = mesh_protocol(port);
    const auto known = istio_protocol(protocol);
    if (!known) {
      found.notes.push_back(
          what + " (" + (port.name.empty() ? "without a name" : port.name) +
          ") says no protocol, so it is TCP here and no HTTP route applies; appProtocol: http says it");
      protocol = "tcp";
    }
    const std::string name = port.name.empty() ? protocol + "-" + std::to_string(port.number) : port.name;
    found.value.push_back({name, port.number, known.value_or("TCP")});
  }
  if (found.value.empty()) return Error{service.object() + " has no TCP port"};
  return found;
}

Result<EntryEndpoint> own_endpoint(const Service& service, const ServingPods& pods) {
  if (!is_headless(service)) {
    const auto found =
        std::ranges::find_if(service.addresses, [](const auto& each) { return !!parse_endpoint_address(each); });
    if (found == service.addresses.end()) return Error{service.object() + " has no ClusterIP yet"};
    return parse_endpoint_address(*found);
  }
  EntryEndpoint endpoint{service.host(), {}, {}};
  for (const Service::Port& port : service.ports) {
    const auto listens = pods.ports.find(port.name);
    if (port.protocol != "TCP" || listens == pods.ports.end() || listens->second == port.number) continue;
    endpoint.ports.emplace(port.number, listens->second);
  }
  return endpoint;
}

std::optional<Error> check_same_ports(const std::vector<EntryPort>& ports, const Service& first,
                                      const std::vector<EntryPort>& served, const Service& service) {
  for (const EntryPort& port : ports) {
    const auto found = std::ranges::find(served, port.number, &EntryPort::number);
    const std::string wanted = std::to_string(port.number) + "/" + port.protocol + " as " + first.object() + " has it";
    if (found == served.end()) {
      return Error{service.object() + " has the ports " + joined(served, port_text) + ", expected " + wanted + ", too"};
    }
    if (found->protocol == port.protocol) continue;
    return Error{service.object() + " has the port " + port_text(*found) + ", expected " + wanted +
                 ": appProtocol says the protocol"};
  }
  return std::nullopt;
}

Result<std::vector<Gateway>> passing_gateways(const std::vector<Gateway>& gateways, const std::string& host) {
  std::vector<Gateway> passing;
  std::vector<std::string> others;
  for (const Gateway& gateway : gateways) {
    for (const Gateway::Server& server : gateway.servers) {
      if (server.port != kGatewayPort) continue;
      if (server.tls_mode != kAutoPassthrough) {
        others.push_back(gateway.object() + " has there tls mode " +
                         (server.tls_mode.empty() ? "none" : server.tls_mode));
      } else if (!server.serves(host)) {
        others.push_back(gateway.object() + " has there hosts " + joined(server.hosts));
      } else if (passing.empty() || passing.back().object() != gateway.object()) {
        passing.push_back(gateway);
      }
    }
  }
  if (!passing.empty()) return passing;
  std::string text = "no Gateway passes port 15443 on to " + host +
                     ", expected one with tls mode AUTO_PASSTHROUGH and hosts *" + host.substr(host.rfind('.'));
  return Error{text + (others.empty() ? "" : "; " + joined(others, {}, "; "))};
}

Result<Noted<std::vector<EntryEndpoint>>> gateway_endpoints(const std::vector<Gateway>& gateways,
                                                            const std::vector<Service>& services,
                                                            const std::vector<ServingNode>& nodes) {
  std::vector<const Service*> behind;
  for (const Service& service : services) {
    const bool leads =
        std::ranges::any_of(gateways, [&](const Gateway& gateway) { return leads_to(service, gateway); });
    if (leads && gateway_port(service) != nullptr) behind.push_back(&service);
  }
  const auto rank = [](const Service* service) { return std::tuple(service->name != kEastWest, service->object()); };
  std::ranges::sort(behind, {}, rank);
  for (const Service* service : behind) {
    if (auto found = endpoints_of(*service, nodes); !found.value.empty()) return found;
  }
  if (behind.empty()) {
    return Error{"no Service with a port for 15443 leads to " + joined(gateways, &Gateway::object)};
  }
  return Error{behind.front()->object() +
               " has no address from outside: neither a load balancer's, nor external IPs, nor a node port"};
}

std::string common_locality(const std::vector<ServingNode>& nodes) {
  for (size_t depth = kLocalityLabels.size(); depth > 0; --depth) {
    std::set<std::string> found;
    for (const ServingNode& node : nodes) found.insert(node_locality(node, depth));
    if (found.size() == 1 && !found.begin()->empty()) return *found.begin();
  }
  return {};
}

std::string common_locality(const std::vector<ServingNode>& nodes, const std::set<std::string>& names) {
  std::vector<ServingNode> found;
  std::ranges::copy_if(nodes, std::back_inserter(found), [&](const auto& node) { return names.contains(node.name); });
  return common_locality(found);
}

}  // namespace meshdns
