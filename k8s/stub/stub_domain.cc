#include "k8s/stub/stub_domain.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "k8s/api/api_objects.h"

namespace meshdns {
namespace {

Error expected_server(std::string_view text) {
  return Error{"found '" + printable(text) +
               "', expected an IP address with a port or without one, such as 10.96.0.53 or [fd00::1]:5353, or "
               "service/NAMESPACE/NAME"};
}

std::optional<uint16_t> parse_port(std::string_view text) {
  uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size() || port == 0) return std::nullopt;
  return port;
}

/// Whether nobody can be asked there: no address, multicast, broadcast.
bool is_nowhere(const IpAddress& address) {
  static const std::vector<IpBlock> blocks = [] {
    std::vector<IpBlock> parsed;
    for (const char* block : {"0.0.0.0/8", "224.0.0.0/4", "255.255.255.255/32", "::/128", "ff00::/8"}) {
      parsed.push_back(*IpBlock::parse(block));
    }
    return parsed;
  }();
  return std::ranges::any_of(blocks, [&](const IpBlock& block) { return block.contains(address); });
}

bool is_host_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
}

}  // namespace

std::string DnsServer::text() const {
  if (port == kDnsPort) return address.text();
  return (address.is_v4() ? address.text() : "[" + address.text() + "]") + ":" + std::to_string(port);
}

std::vector<std::string> StubDomain::server_texts() const {
  std::vector<std::string> texts;
  for (const DnsServer& server : servers) texts.push_back(server.text());
  return texts;
}

Result<DnsServer> parse_dns_server(std::string_view text) {
  DnsServer server;
  std::string_view address = text;
  std::string_view port;
  if (text.starts_with('[')) {
    const size_t end = text.find(']');
    if (end == std::string_view::npos) return expected_server(text);
    address = text.substr(1, end - 1);
    if (end + 1 < text.size()) {
      if (text[end + 1] != ':') return expected_server(text);
      port = text.substr(end + 2);
      if (port.empty()) return expected_server(text);
    }
  } else if (std::ranges::count(text, ':') == 1) {
    const size_t colon = text.find(':');
    address = text.substr(0, colon);
    port = text.substr(colon + 1);
    if (port.empty()) return expected_server(text);
  }
  const auto parsed = IpAddress::parse(address);
  if (!parsed) return expected_server(text);
  server.address = *parsed;
  if (is_nowhere(server.address))
    return Error{"found " + server.address.text() + ", expected an address that can be asked"};
  if (!port.empty()) {
    const auto number = parse_port(port);
    if (!number) return expected_server(text);
    server.port = *number;
  }
  return server;
}

Result<Name> parse_stub_zone(std::string_view text) {
  const std::string found = "found '" + printable(text) + "', ";
  const auto zone = Name::parse(text);
  if (!zone) return Error{found + "expected a zone such as global: " + zone.error()};
  if (zone->is_root())
    return Error{found + "expected a zone below the root, such as global: all other names would be lost"};
  if (!std::ranges::all_of(text, is_host_character)) {
    return Error{found + "expected a zone of letters, digits and hyphens, such as global"};
  }
  for (const char* reverse : {"in-addr.arpa", "ip6.arpa"}) {
    const Name above = *Name::parse(reverse);
    if (zone->is_within(above) || above.is_within(*zone)) {
      return Error{found + "expected no reverse zone: the cluster's DNS answers those of its pods and services itself"};
    }
  }
  return *zone;
}

}  // namespace meshdns
