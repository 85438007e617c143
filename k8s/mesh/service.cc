#include "k8s/mesh/service.h"

#include <algorithm>
#include <array>
#include <limits>

#include "k8s/mesh/destination.h"
#include "k8s/mesh/field.h"

namespace meshdns {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

std::string lowered(std::string_view text) {
  std::string result(text.size(), '\0');
  std::ranges::transform(text, result.begin(), lower);
  return result;
}

std::string text_or(const Field& field, const char* otherwise) {
  std::string text = field.text();
  return text.empty() ? otherwise : text;
}

/// 0 is as good as absent.
std::optional<uint16_t> node_port(const Field& field) {
  const auto number = field.number(0, std::numeric_limits<uint16_t>::max());
  return number.value_or(0) == 0 ? std::nullopt : std::optional(static_cast<uint16_t>(*number));
}

Service::Port read_port(const Field& field) {
  const auto number = field.at("port").port();
  if (!number) field.at("port").wrong("a number from 1 to 65535");
  return {field.at("name").text(),
          *number,
          text_or(field.at("protocol"), "TCP"),
          field.at("appProtocol").text(),
          field.at("targetPort").number_or_text(),
          node_port(field.at("nodePort"))};
}

std::vector<std::string> read_load_balancer(const Field& ingress) {
  std::vector<std::string> addresses;
  for (const Field& item : ingress.items()) {
    for (const char* key : {"ip", "hostname"}) {
      if (std::string address = item.at(key).text(); !address.empty()) addresses.push_back(std::move(address));
    }
  }
  return addresses;
}

}  // namespace

std::string Service::host() const { return full_host(name, name_space); }

const Service::Port* Service::port(uint16_t number) const {
  const auto found = std::ranges::find(ports, number, &Port::number);
  return found == ports.end() ? nullptr : &*found;
}

std::string mesh_protocol(const Service::Port& port) {
  static constexpr std::array<std::string_view, 12> kKnown = {"grpc",  "grpc-web", "http",  "http2", "https", "hbone",
                                                              "mongo", "mysql",    "redis", "tcp",   "tls",   "udp"};
  if (lowered(port.protocol) == "udp") return "udp";
  const std::string named = lowered(port.app_protocol.empty() ? port.name : port.app_protocol);
  if (named == "grpc-web" || named.starts_with("grpc-web-")) return "grpc-web";
  const std::string_view first = std::string_view(named).substr(0, named.find('-'));
  return std::ranges::find(kKnown, first) == kKnown.end() ? "" : std::string(first);
}

Result<Service> parse_service(std::string_view json, std::string_view name_space) {
  Service service;
  const auto error = read_object(json, [&](const Field& object) {
    static_cast<ObjectIdentity&>(service) = read_identity(object, "Service", name_space);
    const Field spec = object.at("spec");
    service.type = text_or(spec.at("type"), "ClusterIP");
    service.addresses = spec.at("clusterIPs").texts();
    const std::string address = spec.at("clusterIP").text();
    if (service.addresses.empty() && !address.empty()) service.addresses.push_back(address);
    service.external_ips = spec.at("externalIPs").texts();
    service.load_balancer = read_load_balancer(object.at("status").at("loadBalancer").at("ingress"));
    for (const Field& port : spec.at("ports").items()) service.ports.push_back(read_port(port));
    service.selector = spec.at("selector").text_map();
  });
  if (error) return *error;
  return service;
}

}  // namespace meshdns
