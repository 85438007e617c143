#include "k8s/stub/observed_dns_objects.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace meshdns {
namespace {

using Json = nlohmann::json;

const Json kNone;

/// The member, or null where there is none.
const Json& member(const Json& object, const char* key) {
  const auto found = object.is_object() ? object.find(key) : object.end();
  return found == object.end() ? kNone : *found;
}

std::string text(const Json& object, const char* key) {
  const Json& value = member(object, key);
  return value.is_string() ? value.get<std::string>() : "";
}

TextMap texts(const Json& object) {
  TextMap all;
  if (!object.is_object()) return all;
  for (const auto& [key, value] : object.items()) {
    if (value.is_string()) all.emplace(key, value.get<std::string>());
  }
  return all;
}

void fill(ObservedObject& observed, const Json& object, std::string kind) {
  const Json& metadata = object.at("metadata");
  observed.kind = std::move(kind);
  observed.name = metadata.at("name").get<std::string>();
  observed.name_space = text(metadata, "namespace");
  observed.uid = text(metadata, "uid");
  observed.resource_version = text(metadata, "resourceVersion");
  observed.labels = texts(member(metadata, "labels"));
  observed.annotations = texts(member(metadata, "annotations"));
  for (const Json& fields : member(metadata, "managedFields")) {
    const std::string manager = text(fields, "manager");
    if (std::ranges::count(observed.managers, manager) == 0) observed.managers.push_back(manager);
  }
  for (const Json& owner : member(metadata, "ownerReferences")) {
    if (member(owner, "controller") == true) observed.controller = text(owner, "kind") + " " + text(owner, "name");
  }
}

/// Of a volume: `source` is its configMap, or one of a projected volume's.
void add_mount(const Json& source, const std::string& path, std::vector<ObservedWorkload::Mount>& mounts) {
  if (!source.is_object()) return;
  ObservedWorkload::Mount mount{path, text(source, "name"), member(source, "optional") == true, {}};
  for (const Json& item : member(source, "items")) mount.keys[text(item, "path")] = text(item, "key");
  mounts.push_back(std::move(mount));
}

ObservedWorkload::Container observed_container(const Json& container, const Json& volumes) {
  ObservedWorkload::Container observed{text(container, "name"), text(container, "image"), {}, {}};
  for (const char* list : {"command", "args"}) {
    for (const Json& argument : member(container, list)) observed.arguments.push_back(argument.get<std::string>());
  }
  for (const Json& mount : member(container, "volumeMounts")) {
    const auto is_mounted = [&](const Json& volume) { return text(volume, "name") == text(mount, "name"); };
    const auto volume = std::ranges::find_if(volumes, is_mounted);
    if (volume == volumes.end() || !text(mount, "subPath").empty()) continue;
    const std::string path = text(mount, "mountPath");
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
    if (text(port, "protocol") != "UDP" || !number.is_number_unsigned() || number > 65535) continue;
    return number.get<uint16_t>();
  }
  return std::nullopt;
}

void add_replica(const std::string& address, const Json& endpoint, uint16_t port, std::vector<DnsReplica>& replicas) {
  if (const auto parsed = IpAddress::parse(address)) {
    replicas.push_back({text(member(endpoint, "targetRef"), "name"), {*parsed, port}});
  }
}

}  // namespace

ObservedService observed_service(const Json& object) {
  ObservedService service;
  fill(service, object, "Service");
  const Json& spec = member(object, "spec");
  std::vector<std::string> addresses{text(spec, "clusterIP")};
  for (const Json& address : member(spec, "clusterIPs")) addresses.push_back(address.get<std::string>());
  for (const std::string& each : addresses) {
    const auto address = IpAddress::parse(each);
    if (address && std::ranges::count(service.addresses, *address) == 0) service.addresses.push_back(*address);
  }
  service.selector = texts(member(spec, "selector"));
  for (const Json& port : member(spec, "ports")) {
    service.ports.push_back({text(port, "name"), text(port, "protocol"), port.at("port").get<int64_t>()});
  }
  return service;
}

ObservedWorkload observed_workload(const Json& object, const std::string& kind) {
  ObservedWorkload workload;
  fill(workload, object, kind);
  const Json& spec = member(object, "spec");
  workload.running = member(spec, "replicas") != 0;
  const Json& pod = member(spec, "template");
  workload.pod_labels = texts(member(member(pod, "metadata"), "labels"));
  const Json& volumes = member(member(pod, "spec"), "volumes");
  for (const Json& container : member(member(pod, "spec"), "containers")) {
    workload.containers.push_back(observed_container(container, volumes));
  }
  return workload;
}

ObservedConfigMap observed_config_map(const Json& object) {
  ObservedConfigMap config_map;
  fill(config_map, object, "ConfigMap");
  config_map.data = texts(member(object, "data"));
  config_map.immutable = member(object, "immutable") == true;
  return config_map;
}

ObservedNode observed_node(const Json& object) {
  ObservedNode node;
  fill(node, object, "Node");
  node.kubelet_version = text(member(member(object, "status"), "nodeInfo"), "kubeletVersion");
  node.provider_id = text(member(object, "spec"), "providerID");
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
      add_replica(text(endpoint, "ip"), endpoint, *port, replicas);
    }
  }
  return replicas;
}

}  // namespace meshdns
