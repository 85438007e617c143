#include "cmd/ctl/stub_flags.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

#include "cmd/ctl/command.h"
#include "cmd/text_value.h"
#include "k8s/api/url.h"
#include "k8s/stub/flavour.h"

namespace meshdns {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kService = "service/";

/// The port that takes DNS over both protocols: 53 where it is one of them.
std::optional<uint16_t> dns_port(const Json& ports) {
  std::vector<int64_t> over_udp;
  std::vector<int64_t> both;
  for (const Json& port : ports) {
    if (port.value("protocol", "TCP") == "UDP") over_udp.push_back(port.at("port").get<int64_t>());
  }
  for (const Json& port : ports) {
    const int64_t number = port.at("port").get<int64_t>();
    if (port.value("protocol", "TCP") == "TCP" && std::ranges::count(over_udp, number) > 0) both.push_back(number);
  }
  if (both.empty()) return std::nullopt;
  return static_cast<uint16_t>(std::ranges::count(both, kDnsPort) > 0 ? kDnsPort : both.front());
}

std::vector<DnsServer> servers_behind(const Json& service, const std::string& text) {
  const Json& spec = service.at("spec");
  const auto port = dns_port(spec.value("ports", Json::array()));
  if (!port)
    stop(kRefused, text + " has no port for both UDP and TCP, expected one such as 53: a DNS server answers over both");
  std::vector<DnsServer> servers;
  for (const Json& address : spec.value("clusterIPs", Json::array())) {
    if (const auto parsed = IpAddress::parse(address.get<std::string>())) servers.push_back({*parsed, *port});
  }
  if (servers.empty()) {
    stop(kRefused, text + " has no ClusterIP, expected one that stays: the cluster's DNS takes addresses alone");
  }
  return servers;
}

struct ServiceName {
  std::string_view name_space;
  std::string_view name;
};

/// Of service/NAMESPACE/NAME.
ServiceName service_name(const std::string& text) {
  const std::string_view rest = std::string_view(text).substr(kService.size());
  const size_t slash = rest.find('/');
  if (slash == 0 || slash + 1 == rest.size() || std::ranges::count(rest, '/') != 1) {
    stop(kUsage, "--server: found " + quote(text) + ", expected service/NAMESPACE/NAME");
  }
  return {rest.substr(0, slash), rest.substr(slash + 1)};
}

std::vector<DnsServer> ask_for_service(Cluster& cluster, const std::string& text) {
  const auto [name_space, name] = service_name(text);
  const std::string path = "/api/v1/namespaces/" + url_escape(name_space) + "/services/" + url_escape(name);
  const auto answer = value_or_stop(cluster.get(path), kFailed);
  if (answer.status == 404) {
    stop(kRefused, "--server: there is no " + escape_controls(text) + "; kubectl get services -A shows what there is");
  }
  if (!answer.done()) stop(kFailed, "--server " + escape_controls(text) + ": " + answer.trouble());
  const std::string where = "--server: " + escape_controls(text);
  try {
    return servers_behind(Json::parse(answer.body), where);
  } catch (const Json::exception& error) {
    stop(kFailed, where + ": the API server's answer is no Service: " + escape_controls(error.what()));
  }
}

void check_count(size_t servers) {
  if (servers <= kMostServers) return;
  stop(kUsage,
       "--server: found " + std::to_string(servers) + " servers, expected at most " + std::to_string(kMostServers));
}

}  // namespace

void add_zone_flag(CtlCommand& command, StubFlags& flags) {
  command.option("--zone", flags.zone, "The zone that meshdns answers; without it, global", "ZONE");
}

void add_server_flag(CtlCommand& command, StubFlags& flags) {
  command.repeated(
      "--server", flags.servers,
      "Where meshdns is: IP, IP:PORT, or service/NAMESPACE/NAME, whose ClusterIP is taken; may be repeated", "SERVER");
}

void add_dns_flags(CtlCommand& command, StubFlags& flags) {
  add_cluster_flags(command, flags.cluster);
  command.option("-n,--namespace", flags.name_space, "The namespace of the cluster's DNS; without it, kube-system",
                 "NAMESPACE");
  command.option("--flavour", flags.flavour,
                 "auto, coredns, coredns-custom, kube-dns or node-local; without it, auto: what detect says",
                 "FLAVOUR");
}

Name zone_of(const StubFlags& flags) { return value_or_stop(parse_stub_zone(flags.zone), kUsage, "--zone: "); }

void check_flags(const StubFlags& flags) {
  if (flags.flavour != "auto" && std::ranges::count(kForcedFlavours, flags.flavour) == 0) {
    stop(kUsage, "--flavour: found " + quote(flags.flavour) +
                     ", expected auto, coredns, coredns-custom, kube-dns or node-local");
  }
  if (flags.name_space.empty()) stop(kUsage, "--namespace: found nothing, expected one such as kube-system");
  check_count(flags.servers.size());
  for (const std::string& text : flags.servers) {
    if (text.starts_with(kService)) {
      service_name(text);
    } else {
      value_or_stop(parse_dns_server(text), kUsage, "--server: ");
    }
  }
}

void check_servers(const StubFlags& flags) {
  check_flags(flags);
  if (flags.servers.empty()) {
    stop(kUsage, "--server is required: where meshdns is, such as 10.96.0.53 or service/meshdns/meshdns");
  }
}

std::vector<DnsServer> servers_of(const StubFlags& flags, Cluster* cluster) {
  std::vector<DnsServer> servers;
  for (const std::string& text : flags.servers) {
    if (!text.starts_with(kService)) {
      servers.push_back(value_or_stop(parse_dns_server(text), kUsage, "--server: "));
    } else if (cluster == nullptr) {
      stop(kUsage,
           "--server: found " + quote(text) + ", expected an IP address: a file alone does not tell a Service's");
    } else {
      const auto behind = ask_for_service(*cluster, text);
      servers.insert(servers.end(), behind.begin(), behind.end());
    }
  }
  std::vector<DnsServer> distinct;
  for (const DnsServer& server : servers) {
    if (std::ranges::count(distinct, server) == 0) distinct.push_back(server);
  }
  check_count(distinct.size());
  return distinct;
}

}  // namespace meshdns
