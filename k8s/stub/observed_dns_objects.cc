#include "k8s/stub/observed_dns_objects.h"

#include <algorithm>
#include <utility>

#include "k8s/api/json_fields.h"

namespace meshdns {
namespace {

using Json = nlohmann::json;

/// Of a volume: `source` is its configMap, or one of a projected volume's.
void add_mount(const Json& source, const std::string& path, std::vector<ObservedWorkload::Mount>& mounts) {
  if (!source.is_object()) return;
  ObservedWorkload::Mount mount{path, text_member(source, "name"), member(source, "optional") == true, {}};
  for (const Json& item : member(source, "items")) mount.keys[text_member(item, "path")] = text_member(item, "key");
  mounts.push_back(std::move(mount));
}

ObservedWorkload::Container observed_container(const Json& container, const Json& volumes) {
  ObservedWorkload::Container observed{text_member(container, "name"), text_member(container, "image"), {}, {}};
  for (const char* list : {"command", "args"}) {
    for (const Json& argument : member(container, list)) observed.arguments.push_back(argument.get<std::string>());
  }
  for (const Json& mount : member(container, "volumeMounts")) {
    const auto is_mounted = [&](const Json& volume) {
      return text_member(volume, "name") == text_member(mount, "name");
    };
    const auto volume = std::ranges::find_if(volumes, is_mounted);
    if (volume == volumes.end() || !text_member(mount, "subPath").empty()) continue;
    const std::string path = text_member(mount, "mountPath");
    add_mount(member(*volume, "configMap"), path, observed.mounts);
    for (const Json& source : member(member(*volume, "projected"), "sources")) {
      add_mount(member(source, "configMap"), path, observed.mounts);
    }
  }
  return observed;
}

/// The port of a replica that DNS goes to: of EndpointSlices and Endpoints.
std::optional<uint16_t> dns_port(const Json& ports) {
  for (const Json& port : ports) {
    const Json& number = member(port, "port");
    if (text_member(port, "protocol") != "UDP" || !number.is_number_unsigned() || number > 65535) continue;
    return number.get<uint16_t>();
  }
  return std::nullopt;
}

void add_replica(const std::string& address, const Json& endpoint, uint16_t port, std::vector<DnsReplica>& replicas) {
  if (const auto parsed = IpAddress::parse(address)) {
    replicas.push_back({text_member(member(endpoint, "targetRef"), "name"), {*parsed, port}});
  }
}

}  // namespace

ObservedService observed_service(const Json& object) {
  ObservedService service;
  static_cast<ObservedObject&>(service) = observed_object(object, "Service");
  const Json& spec = member(object, "spec");
  std::vector<std::string> addresses{text_member(spec, "clusterIP")};
  for (const Json& address : member(spec, "clusterIPs")) addresses.push_back(address.get<std::string>());
  for (const std::string& each : addresses) {
    const auto address = IpAddress::parse(each);
    if (address && std::ranges::count(service.addresses, *address) == 0) service.addresses.push_back(*address);
  }
  service.selector = texts_member(spec, "selector");
  for (const Json& port : member(spec, "ports")) {
    service.ports.push_back({text_member(port, "name"), text_member(port, "protocol"), port.at("port").get<int64_t>()});
  }
  return service;
}

ObservedWorkload observed_workload(const Json& object, const std::string& kind) {
  ObservedWorkload workload;
  static_cast<ObservedObject&>(workload) = observed_object(object, kind);
  const Json& spec = member(object, "spec");
  workload.running = member(spec, "replicas") != 0;
  const Json& pod = member(spec, "template");
  workload.pod_labels = texts_member(member(pod, "metadata"), "labels");
  const Json& volumes = member(member(pod, "spec"), "volumes");
  for (const Json& container : member(member(pod, "spec"), "containers")) {
    workload.containers.push_back(observed_container(container, volumes));
  }
  return workload;
}

ObservedConfigMap observed_config_map(const Json& object) {
  ObservedConfigMap config_map;
  static_cast<ObservedObject&>(config_map) = observed_object(object, "ConfigMap");
  config_map.data = texts_member(object, "data");
  config_map.immutable = member(object, "immutable") == true;
  return config_map;
}

ObservedNode observed_node(const Json& object) {
  ObservedNode node;
  static_cast<ObservedObject&>(node) = observed_object(object, "Node");
  node.kubelet_version = text_member(member(member(object, "status"), "nodeInfo"), "kubeletVersion");
  node.provider_id = text_member(member(object, "spec"), "providerID");
  return node;
}

std::vector<DnsReplica> slice_replicas(const Json& slice) {
  std::vector<DnsReplica> replicas;
  const auto port = dns_port(member(slice, "ports"));
  if (!port) return replicas;
  for (const Json& endpoint : member(slice, "endpoints")) {
    if (member(member(endpoint, "conditions"), "ready") == false) continue;
    for (const Json& address : member(endpoint, "addresses")) {
      add_replica(address.get<std::string>(), endpoint, *port, replicas);
    }
  }
  return replicas;
}

std::vector<DnsReplica> endpoints_replicas(const Json& endpoints) {
  std::vector<DnsReplica> replicas;
  for (const Json& subset : member(endpoints, "subsets")) {
    const auto port = dns_port(member(subset, "ports"));
    if (!port) continue;
    for (const Json& endpoint : member(subset, "addresses")) {
      add_replica(text_member(endpoint, "ip"), endpoint, *port, replicas);
    }
  }
  return replicas;
}

}  // namespace meshdns
