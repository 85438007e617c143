#include "cmd/config_reader.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <optional>
#include <utility>
#include <vector>

#include "cmd/text_value.h"
#include "cmd/yaml_value.h"

namespace meshdns {
namespace {

using namespace std::chrono_literals;
using Value = YamlValue;

constexpr size_t kMostSources = 64;    // each a watch, a column of metrics and a line of /ready
constexpr size_t kMostZones = 65'535;  // a zone's index has 16 bits

auto number(uint32_t least, uint32_t most) {
  return [=](std::string_view text) { return parse_number(text, least, most); };
}

auto duration(std::chrono::milliseconds least, std::chrono::milliseconds most) {
  return [=](std::string_view text) { return parse_duration_within(text, least, most); };
}

Result<std::optional<IpAddress>> parse_default_address(std::string_view text) {
  if (text.empty()) return std::optional<IpAddress>();
  const auto address = parse_reachable_address(text);
  return address ? Result(std::optional(*address)) : Error{address.error()};
}

Result<std::string> any_text(std::string_view text) { return std::string(text); }

/// RFC 2181 §8: a TTL is an unsigned number of 31 bits.
auto ttl() { return number(0, 2'147'483'647); }

/// RFC 6891 §6.2.3: less than 512 counts as 512. Beyond 4096 an answer is sure to be fragmented, and fragments are what spoofers
/// and firewalls feed on.
Result<uint32_t> parse_udp_size(std::string_view text) {
  auto size = parse_number(text, 512, 4096);
  if (size) return size;
  return Error{size.error() + ": every client takes 512 octets, and larger answers than 4096 are lost as fragments"};
}

void read_nameserver(const Value& value, std::vector<NameServer>& nameservers) {
  NameServer nameserver;
  const bool valid = value.fields({
      {"name", [&](const Value& v) { v.read(nameserver.name, parse_host_name); }},
      {"addresses", [&](const Value& v) { v.read_list(0, nameserver.addresses, parse_address); }},
  });
  if (!valid) return;
  if (nameserver.name.is_root()) return value.complain("found no name, expected { name: NAME, addresses: [] }");
  if (std::ranges::count(nameservers, nameserver.name, &NameServer::name) > 0) {
    return value.complain("found " + quote(nameserver.name.text()) + " again, expected each name once");
  }
  nameservers.push_back(std::move(nameserver));
}

void read_nameservers(const Value& value, std::vector<NameServer>& nameservers) {
  nameservers.clear();
  value.each(1, [&](const Value& v) { read_nameserver(v, nameservers); });
}

/// `directory`: that of the configuration file, from which a path begins.
void read_zone(const Value& value, const std::string& directory, std::vector<ZoneOptions>& zones) {
  // The other defaults are made from the name, and that may stand anywhere.
  std::optional<Name> name;
  std::optional<uint32_t> zone_ttl;
  std::optional<uint32_t> negative_ttl;
  std::optional<Name> contact;
  std::vector<NameServer> nameservers;
  std::string file;
  Answer answer = Answer::kAddresses;
  const bool valid = value.fields({
      {"name", [&](const Value& v) { name = v.get(parse_apex); }},
      {"ttl", [&](const Value& v) { zone_ttl = v.get(ttl()); }},
      {"negativeTtl", [&](const Value& v) { negative_ttl = v.get(ttl()); }},
      {"nameservers", [&](const Value& v) { read_nameservers(v, nameservers); }},
      {"contact", [&](const Value& v) { contact = v.get(parse_contact); }},
      {"answer", [&](const Value& v) { v.read(answer, parse_answer); }},
      {"file", [&](const Value& v) { v.read(file, any_text); }},
  });
  if (!valid) return;
  if (!name) return value.complain("found no name, expected { name: ZONE }");
  if (name->is_root() && file.empty())
    return value.complain("found the root without a file, expected { name: ., file: PATH }");
  if (std::ranges::count(zones, *name, &ZoneOptions::apex) > 0) {
    return value.complain("found the zone " + quote(name->text()) + " again, expected each once");
  }
  ZoneOptions& zone = zones.emplace_back(default_zone(*name));
  zone.ttl = zone_ttl.value_or(zone.ttl);
  zone.negative_ttl = negative_ttl.value_or(zone.negative_ttl);
  zone.contact = contact.value_or(zone.contact);
  zone.answer = answer;
  if (!nameservers.empty()) zone.nameservers = std::move(nameservers);
  if (!file.empty()) zone.file = (std::filesystem::path(directory) / file).string();
}

void read_zones(const Value& value, const std::string& directory, std::vector<ZoneOptions>& zones) {
  zones.clear();
  value.each(1, [&](const Value& v) { read_zone(v, directory, zones); });
}

struct ReadSource {
  SourceConfig source;
  bool local = false;
};

void read_kubernetes(const Value& value, std::vector<ReadSource>& kinds) {
  KubernetesConfig kubernetes;
  bool local = false;
  value.fields({
      {"cluster", [&](const Value& v) { v.read(kubernetes.cluster, parse_cluster); }},
      {"kubeconfig", [&](const Value& v) { v.read(kubernetes.kubeconfig, any_text); }},
      {"context", [&](const Value& v) { v.read(kubernetes.context, any_text); }},
      {"namespaces", [&](const Value& v) { v.read_list(0, kubernetes.namespaces, parse_namespace); }},
      {"local", [&](const Value& v) { v.read(local, parse_bool); }},
      {"required", [&](const Value& v) { v.read(kubernetes.required, parse_bool); }},
  });
  kinds.push_back({std::move(kubernetes), local});
}

void read_files(const Value& value, std::vector<ReadSource>& kinds) {
  FilesConfig files;
  bool local = false;
  const bool valid = value.fields({
      {"path", [&](const Value& v) { v.read(files.path, parse_path); }},
      {"local", [&](const Value& v) { v.read(local, parse_bool); }},
      {"required", [&](const Value& v) { v.read(files.required, parse_bool); }},
  });
  if (!valid) return;
  if (files.path.empty()) return value.complain("found no path, expected { path: PATH }");
  kinds.push_back({std::move(files), local});
}

/// `has_local`: one of those before this is the local one.
void read_source(const Value& value, std::vector<SourceConfig>& sources, bool& has_local) {
  std::vector<ReadSource> kinds;
  const bool valid = value.fields({
      {"kubernetes", [&](const Value& v) { read_kubernetes(v, kinds); }},
      {"files", [&](const Value& v) { read_files(v, kinds); }},
  });
  if (!valid) return;
  if (kinds.size() != 1) return value.complain("found both or neither, expected one of kubernetes and files");
  auto& [source, local] = kinds.front();
  const auto is_same = [name = source_name(source)](const SourceConfig& other) { return source_name(other) == name; };
  if (std::ranges::any_of(sources, is_same)) {
    return value.complain("found the source " + quote(source_name(source)) +
                          " again, expected each cluster and path once");
  }
  if (local && std::exchange(has_local, true)) return value.complain("found a second local source, expected one");
  sources.insert(local ? sources.begin() : sources.end(), std::move(source));
}

void read_sources(const Value& value, Config& config) {
  std::vector<SourceConfig>& sources = config.sources;
  bool has_local = false;
  sources.clear();
  config.names_sources = true;
  const bool is_list = value.each(0, [&](const Value& v) { read_source(v, sources, has_local); });
  if (is_list && sources.size() > kMostSources) {
    value.complain("found " + std::to_string(sources.size()) + " sources, expected at most " +
                   std::to_string(kMostSources));
  }
}

void read_publish(const Value& value, CatalogOptions& publish, PublishRules& rules) {
  using WithoutAddress = PublishRules::WithoutAddress;
  std::optional<WithoutAddress> without_address;
  const bool valid = value.fields({
      {"visibility", [&](const Value& v) { v.read(rules.visibility, parse_visibility); }},
      {"claims", [&](const Value& v) { v.read(publish.claims, parse_claims); }},
      {"withoutAddress", [&](const Value& v) { without_address = v.get(parse_without_address); }},
      {"defaultAddress", [&](const Value& v) { v.read(rules.default_address, parse_default_address); }},
      {"conflicts", [&](const Value& v) { v.read(publish.conflicts, parse_conflicts); }},
      {"reverse", [&](const Value& v) { v.read_list(0, publish.reverse, parse_block); }},
      {"services", [&](const Value& v) { v.read(publish.services, parse_bool); }},
  });
  if (!valid) return;
  const auto otherwise = rules.default_address ? WithoutAddress::kDefault : WithoutAddress::kSkip;
  rules.without_address = without_address.value_or(otherwise);
  if (rules.without_address == WithoutAddress::kDefault && !rules.default_address) {
    value.complain("found withoutAddress: default without an address, expected defaultAddress: IP");
  }
}

void read_transfer(const Value& value, TransferConfig& transfer) {
  value.fields({{"allow", [&](const Value& v) { v.read_list(0, transfer.allow, parse_block); }}});
}

void read_limits(const Value& value, ServerLimits& limits) {
  constexpr uint32_t kMostConnections = 1'000'000;  // beyond what a process may have of open files
  value.fields({
      {"tcpConnections", [&](const Value& v) { v.read(limits.tcp_connections, number(1, kMostConnections)); }},
      {"tcpPerClient", [&](const Value& v) { v.read(limits.tcp_per_client, number(1, kMostConnections)); }},
      {"tcpIdle", [&](const Value& v) { v.read(limits.tcp_idle, duration(100ms, 1h)); }},
      {"tcpMessage", [&](const Value& v) { v.read(limits.tcp_message, duration(100ms, 1h)); }},
      {"udpSize", [&](const Value& v) { v.read(limits.udp_size, parse_udp_size); }},
  });
}

void read_cookies(const Value& value, std::string& secrets) {
  value.fields({{"secretFile", [&](const Value& v) { v.read(secrets, any_text); }}});
}

void read_identity(const Value& value, Identity& identity) {
  value.fields({
      {"nsid", [&](const Value& v) { v.read(identity.nsid, parse_identity); }},
      {"version", [&](const Value& v) { v.read(identity.version, parse_version); }},
  });
}

void read_listen(const Value& value, std::vector<SocketAddress>& listen) {
  value.read_list(1, listen, parse_socket_address);
}

void read_admin(const Value& value, AdminConfig& admin) {
  value.fields({
      {"listen", [&](const Value& v) { v.read(admin.listen, parse_socket_address); }},
      {"allow", [&](const Value& v) { v.read_list(0, admin.allow, parse_block); }},
  });
}

void read_log(const Value& value, LogConfig& log) {
  value.fields({
      {"level", [&](const Value& v) { v.read(log.level, parse_log_level); }},
      {"format", [&](const Value& v) { v.read(log.format, parse_log_format); }},
      {"queries", [&](const Value& v) { v.read(log.queries, parse_query_log); }},
  });
}

void read_all(const Value& value, const std::string& directory, Config& config) {
  value.fields({
      {"listen", [&](const Value& v) { read_listen(v, config.listen); }},
      {"workers", [&](const Value& v) { v.read(config.workers, parse_workers); }},
      {"zones", [&](const Value& v) { read_zones(v, directory, config.zones); }},
      {"sources", [&](const Value& v) { read_sources(v, config); }},
      {"sourceWait", [&](const Value& v) { v.read(config.source_wait, duration(0ms, 1h)); }},
      {"publish", [&](const Value& v) { read_publish(v, config.publish, config.rules); }},
      {"transfer", [&](const Value& v) { read_transfer(v, config.transfer); }},
      {"limits", [&](const Value& v) { read_limits(v, config.limits); }},
      {"cookies", [&](const Value& v) { read_cookies(v, config.cookie_secrets); }},
      {"identity", [&](const Value& v) { read_identity(v, config.identity); }},
      {"admin", [&](const Value& v) { read_admin(v, config.admin); }},
      {"state", [&](const Value& v) { v.read(config.state, any_text); }},
      {"log", [&](const Value& v) { read_log(v, config.log); }},
      {"lameduck", [&](const Value& v) { v.read(config.lameduck, duration(0ms, 1h)); }},
  });
}

}  // namespace

Result<Config> read_config(const std::string& file, std::string_view text) {
  Config config;
  Complaints complaints{file, {}};
  const std::string directory = std::filesystem::path(file).parent_path().string();
  read_yaml(text, complaints, [&](const Value& root) { read_all(root, directory, config); });
  const size_t zones = complaints.lines.empty() ? all_zones(config).size() : 0;  // what is wrong may have left none
  if (zones > kMostZones) {
    complaints.lines.push_back(
        file + ": found " + std::to_string(zones) + " zones with those that publish.reverse makes, expected at most " +
        std::to_string(kMostZones) + ": name blocks whose prefix ends with an octet (IPv4) or a half (IPv6)");
  }
  if (complaints.lines.empty()) return config;
  std::string message;
  for (const std::string& line : complaints.lines) message += (message.empty() ? "" : "\n") + line;
  return Error{std::move(message)};
}

}  // namespace meshdns
