#include "k8s/mesh/mesh_entry.h"

#include <algorithm>
#include <utility>

#include "k8s/mesh/field.h"

namespace meshdns {
namespace {

uint16_t required_port(const Field& field) {
  const auto number = field.port();
  if (!number) field.wrong("a number from 1 to 65535");
  return *number;
}

MeshEntry::Port read_port(const Field& field) {
  MeshEntry::Port port{field.at("name").text(), required_port(field.at("number")), field.at("protocol").text(), {}};
  if (port.name.empty()) field.at("name").wrong("a name");
  if (field.at("targetPort").number(0, 65535).value_or(0) != 0) port.target_port = field.at("targetPort").port();
  return port;
}

MeshEntry::Endpoint read_endpoint(const Field& field) {
  MeshEntry::Endpoint endpoint;
  endpoint.pointer = field.pointer();
  endpoint.address = field.at("address").text();
  const Field ports = field.at("ports");
  for (const std::string& name : ports.keys()) endpoint.ports.emplace_back(name, required_port(ports.at(name)));
  endpoint.locality = field.at("locality").text();
  endpoint.network = field.at("network").text();
  endpoint.weight = field.at("weight").number(0, kMostUint32);
  endpoint.labels = field.at("labels").text_map();
  endpoint.service_account = field.at("serviceAccount").text();
  return endpoint;
}

/// The status has no schema: what is wrong in it is no fault of who wrote the entry, and is passed over.
void read_allocated(const Field& object, std::vector<MeshEntry::Allocated>& allocated) {
  try {
    for (const Field& item : object.at("status").at("addresses").items()) {
      allocated.push_back({item.at("value").text(), item.at("host").text()});
    }
  } catch (const WrongField&) {
    return;
  }
}

std::string text_or(const Field& field, const char* otherwise) {
  std::string text = field.text();
  return text.empty() ? otherwise : text;
}

}  // namespace

uint16_t MeshEntry::Endpoint::number_of(const Port& port) const {
  const auto own = std::ranges::find(ports, port.name, [](const auto& named) { return named.first; });
  return own != ports.end() ? own->second : port.target_port.value_or(port.number);
}

const MeshEntry::Port* MeshEntry::port(uint16_t number) const {
  const auto found = std::ranges::find(ports, number, &Port::number);
  return found == ports.end() ? nullptr : &*found;
}

const MeshEntry::Port* MeshEntry::port(std::string_view name) const {
  const auto found = std::ranges::find(ports, name, &Port::name);
  return found == ports.end() ? nullptr : &*found;
}

bool MeshEntry::is_gateway(const Endpoint& endpoint) const {
  return std::ranges::any_of(ports, [&](const Port& port) { return endpoint.is_gateway_for(port); });
}

bool MeshEntry::has_automatic_mtls(const Endpoint& endpoint) const {
  if (location != kMeshInternal) return false;
  const auto mode = endpoint.labels.find(kTlsMode);
  return mode == endpoint.labels.end() ? !endpoint.service_account.empty() : mode->second == "istio";
}

Result<MeshEntry> parse_mesh_entry(std::string_view json, std::string_view name_space) {
  MeshEntry entry;
  const auto error = read_object(json, [&](const Field& object) {
    static_cast<ObjectIdentity&>(entry) = read_identity(object, "ServiceEntry", name_space);
    const Field spec = object.at("spec");
    entry.hosts = spec.at("hosts").texts();
    entry.addresses = spec.at("addresses").texts();
    for (const Field& port : spec.at("ports").items()) entry.ports.push_back(read_port(port));
    for (const Field& endpoint : spec.at("endpoints").items()) entry.endpoints.push_back(read_endpoint(endpoint));
    entry.location = text_or(spec.at("location"), "MESH_EXTERNAL");
    entry.resolution = text_or(spec.at("resolution"), "NONE");
    entry.export_to = spec.at("exportTo").texts();
    entry.subject_alt_names = spec.at("subjectAltNames").texts();
    entry.workload_selector = spec.at("workloadSelector").at("labels").text_map();
    read_allocated(object, entry.allocated);
  });
  if (error) return *error;
  return entry;
}

}  // namespace meshdns
