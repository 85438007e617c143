#include "k8s/stub/kube_dns_stub_domains.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "k8s/api/api_objects.h"

namespace meshdns {
namespace {

using Json = nlohmann::ordered_json;

bool is_blank(const std::string& text) { return text.find_first_not_of(" \t\r\n") == std::string::npos; }

Result<Json> parse(const std::string& text) {
  if (is_blank(text)) return Json::object();
  Json domains;
  try {
    domains = Json::parse(text);
  } catch (const Json::parse_error& error) {
    return Error{"stubDomains: found no JSON: " + printable(error.what())};
  }
  if (!domains.is_object())
    return Error{"stubDomains: found " + std::string(domains.type_name()) + ", expected an object"};
  for (const auto& [zone, servers] : domains.items()) {
    const auto is_text = [](const Json& server) { return server.is_string(); };
    if (!servers.is_array() || !std::ranges::all_of(servers, is_text)) {
      return Error{"stubDomains: " + printable(zone) + ": expected a list of servers, each a text"};
    }
  }
  return domains;
}

Json::iterator find(Json& domains, const Name& zone) {
  for (auto domain = domains.begin(); domain != domains.end(); ++domain) {
    const auto name = Name::parse(domain.key());
    if (name && *name == zone) return domain;
  }
  return domains.end();
}

/// What with_stub_domain() puts behind the opening brace.
std::string member(const std::string& zone, const Json& servers, bool last) {
  return Json(zone).dump() + ": " + servers.dump() + (last ? "" : ", ");
}

}  // namespace

Result<std::optional<std::vector<std::string>>> stub_domain_servers(const std::string& text, const Name& zone) {
  auto domains = parse(text);
  if (!domains) return Error{domains.error()};
  const auto found = find(*domains, zone);
  if (found == domains->end()) return std::optional<std::vector<std::string>>();
  return std::optional(found->get<std::vector<std::string>>());
}

Result<std::string> with_stub_domain(const std::string& text, const StubDomain& stub) {
  auto domains = parse(text);
  if (!domains) return Error{domains.error()};
  const Json servers = stub.server_texts();
  const auto found = find(*domains, stub.zone);
  if (found == domains->end()) {
    const std::string front = member(stub.zone.text(), servers, domains->empty());
    if (is_blank(text)) return "{" + front + "}" + text;
    return std::string(text).insert(text.find('{') + 1, front);
  }
  if (*found == servers) return text;
  const std::string front = member(found.key(), *found, domains->size() == 1);
  const size_t at = text.find('{') + 1;
  if (text.compare(at, front.size(), front) == 0) {
    return std::string(text).replace(at, front.size(), member(found.key(), servers, domains->size() == 1));
  }
  *found = servers;
  return domains->dump();
}

Result<std::string> without_stub_domain(const std::string& text, const Name& zone) {
  auto domains = parse(text);
  if (!domains) return Error{domains.error()};
  const auto found = find(*domains, zone);
  if (found == domains->end()) return text;
  const std::string front = member(found.key(), *found, domains->size() == 1);
  const size_t at = text.find('{') + 1;
  if (text.compare(at, front.size(), front) == 0) {
    std::string rest = std::string(text).erase(at, front.size());
    return rest.starts_with("{}") && is_blank(rest.substr(2)) ? rest.substr(2) : rest;
  }
  domains->erase(found);
  return domains->empty() ? "" : domains->dump();
}

}  // namespace meshdns
