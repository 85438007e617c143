#include "k8s/mesh/gateway.h"

#include <algorithm>

#include "k8s/mesh/field.h"

namespace meshdns {
namespace {

bool covers(std::string_view pattern, std::string_view host) {
  if (const size_t slash = pattern.find('/'); slash != std::string_view::npos) pattern.remove_prefix(slash + 1);
  if (!pattern.starts_with('*')) return pattern == host;
  pattern.remove_prefix(1);
  return host.size() > pattern.size() && host.ends_with(pattern);
}

Gateway::Server read_server(const Field& field) {
  const Field port = field.at("port");
  const Field tls = field.at("tls");
  const auto number = port.at("number").port();
  if (!number) port.at("number").wrong("a number from 1 to 65535");
  Gateway::Server server{*number, port.at("protocol").text(), tls.at("mode").text(), field.at("hosts").texts()};
  if (tls.present() && server.tls_mode.empty()) server.tls_mode = "PASSTHROUGH";  // the enum's zero
  return server;
}

}  // namespace

bool Gateway::Server::serves(std::string_view host) const {
  return std::ranges::any_of(hosts, [&](const std::string& pattern) { return covers(pattern, host); });
}

Result<Gateway> parse_gateway(std::string_view json, std::string_view name_space) {
  Gateway gateway;
  const auto error = read_object(json, [&](const Field& object) {
    static_cast<ObjectIdentity&>(gateway) = read_identity(object, "Gateway", name_space);
    gateway.selector = object.at("spec").at("selector").text_map();
    for (const Field& server : object.at("spec").at("servers").items()) gateway.servers.push_back(read_server(server));
  });
  if (error) return *error;
  return gateway;
}

}  // namespace meshdns
