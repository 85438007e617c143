#include "cmd/ctl/detected_text.h"

#include <array>
#include <nlohmann/json.hpp>

#include "cmd/ctl/labelled_lines.h"
#include "zone/joined.h"

namespace meshdns {
namespace {

using Json = nlohmann::ordered_json;

Json texts_of(const std::vector<IpAddress>& addresses) {
  Json texts = Json::array();
  for (const IpAddress& address : addresses) texts.push_back(address.text());
  return texts;
}

std::string place_text(const StubPlace& place, const Name& zone) {
  return place.target_of(zone).text() + (place.exists ? "" : " (a new ConfigMap)") +
         (place.dns ? "" : ", for NodeLocal DNSCache");
}

Json place_json(const StubPlace& place, const Name& zone) {
  static constexpr std::array<const char*, 3> kForms = {"corefile", "server-file", "stub-domains"};
  const StubTarget target = place.target_of(zone);
  Json readers = Json::array();
  if (place.dns) readers.push_back("dns");
  if (place.node_local) readers.push_back("node-local");
  return {{"form", kForms[static_cast<size_t>(place.form)]},
          {"namespace", target.name_space},
          {"configMap", target.config_map},
          {"key", target.key},
          {"exists", place.exists},
          {"readBy", readers}};
}

}  // namespace

std::string detected_text(const DetectedDns& dns, const Name& zone) {
  LabelledLines lines;
  lines.add("Flavour", std::string(text(dns.flavour)));
  lines.add("Platform", dns.platform);
  lines.add("CoreDNS", dns.coredns_version);
  for (const StubPlace& place : dns.places) lines.add("Goes to", place_text(place, zone));
  lines.add("Service", joined(dns.addresses, &IpAddress::text));
  for (const DnsReplica& replica : dns.replicas) lines.add("Replicas", replica.pod + " " + replica.server.text());
  if (dns.node_local) lines.add("Node-local", joined(dns.node_local->addresses, &IpAddress::text) + " on each node");
  for (const std::string& fact : dns.evidence) lines.add("Evidence", fact);
  for (const std::string& warning : dns.warnings) lines.add("Warning", warning);
  return lines.text();
}

Json detected_json(const DetectedDns& dns, const Name& zone, const std::string& remedy) {
  Json json{{"flavour", slug(dns.flavour)}, {"platform", dns.platform}, {"coreDnsVersion", dns.coredns_version}};
  json["places"] = Json::array();
  for (const StubPlace& place : dns.places) json["places"].push_back(place_json(place, zone));
  json["workload"] = dns.workload ? dns.workload->text() : "";
  json["service"] = texts_of(dns.addresses);
  json["replicas"] = Json::array();
  for (const DnsReplica& replica : dns.replicas) {
    json["replicas"].push_back({{"pod", replica.pod}, {"address", replica.server.text()}});
  }
  if (dns.node_local) {
    json["nodeLocal"] = {{"workload", dns.node_local->workload},
                         {"addresses", texts_of(dns.node_local->addresses)},
                         {"intercepts", dns.node_local->intercepts}};
  }
  json["evidence"] = dns.evidence;
  json["warnings"] = dns.warnings;
  if (dns.refusal) json["refusal"] = {{"reason", dns.refusal->reason}, {"remedy", remedy}};
  return json;
}

}  // namespace meshdns
