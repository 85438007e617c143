#include "k8s/mesh/entry_wish.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <set>
#include <utility>

#include "k8s/istio/service_entry.h"
#include "k8s/mesh/destination.h"
#include "k8s/mesh/gateway_sni.h"

namespace meshdns {
namespace {

constexpr size_t kLongestLabel = 63;

// istio/istio pkg/config/protocol: those that an entry's port may have and a sidecar carries.
constexpr std::array<std::string_view, 10> kProtocols = {"HTTP",  "HTTPS", "HTTP2", "GRPC", "GRPC-WEB",
                                                         "MONGO", "REDIS", "MYSQL", "TCP",  "TLS"};

Error expected(std::string_view text, const std::string& what) {
  return Error{"found \"" + shown(text) + "\", expected " + what};
}

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c & ~0x20) : c; }

bool is_label_character(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; }

bool is_label(std::string_view text) {
  return !text.empty() && text.size() <= kLongestLabel && std::ranges::all_of(text, is_label_character) &&
         text.front() != '-' && text.back() != '-';
}

bool is_number(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// 1 to 65535, or 0.
uint16_t port_number(std::string_view text) {
  uint16_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? number : uint16_t{0};
}

/// As an endpoint may have it: an IP address that can be reached, or a host name, lower case. Nothing: neither.
std::optional<std::string> endpoint_address(std::string_view text) {
  if (const auto address = IpAddress::parse(text)) {
    return address->is_unspecified() ? std::nullopt : std::optional(address->text());
  }
  const auto name = parse_destination(text);
  if (!name || name->port || !name->subset.empty()) return std::nullopt;
  const size_t dot = name->host.rfind('.');
  if (dot == std::string::npos || is_number(std::string_view(name->host).substr(dot + 1))) return std::nullopt;
  return name->host;
}

}  // namespace

Result<MeshHost> parse_mesh_host(std::string_view text) {
  const std::string form = "NAME.NAMESPACE.ZONE such as a.bar.global";
  const auto host = parse_destination(text);
  if (!host || host->port || !host->subset.empty()) return expected(text, form + ", a name that DNS can carry");
  const size_t first = host->host.find('.');
  const size_t second = first == std::string::npos ? first : host->host.find('.', first + 1);
  if (second == std::string::npos) return expected(text, form);
  MeshHost mesh_host{host->host.substr(0, first), host->host.substr(first + 1, second - first - 1),
                     host->host.substr(second + 1)};
  const std::string_view zone = mesh_host.zone;
  if (is_number(zone.substr(zone.rfind('.') + 1))) return expected(text, form + ", ZONE that does not end in a number");
  if (zone == "svc" || zone.starts_with("svc.") || zone.ends_with("cluster.local")) {
    return expected(text, form + ", ZONE that is not a cluster's own");
  }
  return mesh_host;
}

// ---- ports

std::optional<std::string> istio_protocol(std::string_view text) {
  std::string protocol(text);
  std::ranges::transform(protocol, protocol.begin(), upper);
  if (std::ranges::count(kProtocols, protocol) == 0) return std::nullopt;
  return protocol;
}

Result<EntryPort> parse_entry_port(std::string_view text) {
  const std::string form = "NAME:NUMBER/PROTOCOL such as http:8000/http";
  const size_t colon = text.find(':');
  const size_t slash = text.find('/', colon == std::string_view::npos ? 0 : colon);
  if (colon == std::string_view::npos || slash == std::string_view::npos) return expected(text, form);
  EntryPort port{std::string(text.substr(0, colon)), port_number(text.substr(colon + 1, slash - colon - 1)), {}};
  if (!is_label(port.name)) return expected(text, form + ", NAME of lower-case letters, digits and -");
  if (port.number == 0) return expected(text, form + ", NUMBER from 1 to 65535");
  auto protocol = istio_protocol(text.substr(slash + 1));
  if (!protocol) {
    return expected(text, form + ", PROTOCOL http, https, http2, grpc, grpc-web, mongo, redis, mysql, tcp or tls");
  }
  port.protocol = *std::move(protocol);
  return port;
}

std::optional<Error> check_ports(const std::vector<EntryPort>& ports) {
  if (ports.size() > kMaxPorts) {
    return Error{"found " + std::to_string(ports.size()) + " ports, expected at most " + std::to_string(kMaxPorts)};
  }
  std::set<std::string_view> names;
  std::set<uint16_t> numbers;
  for (const EntryPort& port : ports) {
    if (!names.insert(port.name).second)
      return Error{"found two ports named " + port.name + ", expected each name once"};
    if (!numbers.insert(port.number).second) {
      return Error{"found the port " + std::to_string(port.number) + " twice, expected each number once"};
    }
  }
  return std::nullopt;
}

// ---- endpoints

Result<EntryEndpoint> parse_endpoint_address(std::string_view text) {
  auto address = endpoint_address(text);
  if (address) return EntryEndpoint{*std::move(address), {}, {}};
  std::string form = "an IP address that can be reached, or a host name such as a.example.org";
  if (parse_gateway_address(text)) form += "; a gateway is --gateway " + std::string(text);
  return expected(text, form);
}

Result<EntryEndpoint> parse_gateway_address(std::string_view text) {
  std::string_view address = text;
  std::string_view port;
  bool has_port = false;
  if (text.starts_with('[')) {
    const size_t end = std::min(text.find(']'), text.size() - 1);
    address = text.substr(1, end - 1);
    port = text.substr(end + 1);
    has_port = !port.empty();
    if (text[end] != ']' || (has_port && !port.starts_with(':'))) address = {};
  } else if (std::ranges::count(text, ':') == 1) {
    address = text.substr(0, text.find(':'));
    port = text.substr(address.size());
    has_port = true;
  }
  const uint16_t number = has_port ? port_number(port.substr(std::min(port.size(), size_t{1}))) : kGatewayPort;
  auto reached = endpoint_address(address);
  if (!reached || number == 0) {
    return expected(text, "HOST[:PORT], HOST an IP address or a host name such as gateway.example.org");
  }
  return EntryEndpoint{*std::move(reached), number, {}};
}

// ---- the rest

Result<Sni> parse_sni(std::string_view text) {
  if (text == "service") return Sni::kService;
  if (text == "global") return Sni::kGlobal;
  return expected(text, "service or global");
}

bool EntryWish::has_gateway() const {
  return std::ranges::any_of(endpoints, [](const EntryEndpoint& each) { return each.gateway.has_value(); });
}

std::string EntryWish::resolution() const {
  return std::ranges::all_of(endpoints, &EntryEndpoint::is_ip) ? "STATIC" : "DNS";
}

}  // namespace meshdns
