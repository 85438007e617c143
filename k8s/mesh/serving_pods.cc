#include "k8s/mesh/serving_pods.h"

#include "k8s/mesh/field.h"
#include "k8s/mesh/mesh_entry.h"

namespace meshdns {

std::optional<Error> add_slice(std::string_view json, ServingPods& pods) {
  return read_object(json, [&](const Field& object) {
    for (const Field& port : object.at("ports").items()) {
      if (const auto number = port.at("port").port()) pods.ports.emplace(port.at("name").text(), *number);
    }
    for (const Field& endpoint : object.at("endpoints").items()) {
      pods.nodes.insert(endpoint.at("nodeName").text());
      const Field target = endpoint.at("targetRef");
      if (target.at("kind").text() == "Pod") pods.names.insert(target.at("name").text());
    }
    pods.nodes.erase("");
    pods.names.erase("");
  });
}

Result<bool> has_sidecar(std::string_view json) {
  bool found = false;
  const auto error = read_object(json, [&](const Field& object) {
    const TextMap labels = object.at("metadata").at("labels").text_map();
    const auto tls = labels.find(kTlsMode);
    found = tls != labels.end() && tls->second == "istio";
    for (const char* containers : {"containers", "initContainers"}) {  // the latter where sidecars are native
      for (const Field& container : object.at("spec").at(containers).items()) {
        found = found || container.at("name").text() == "istio-proxy";
      }
    }
  });
  if (error) return *error;
  return found;
}

}  // namespace meshdns
