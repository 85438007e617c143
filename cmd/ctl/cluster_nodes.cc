#include "cmd/ctl/cluster_nodes.h"

#include <utility>

#include "cmd/ctl/stop.h"

namespace meshdns {

std::vector<ServingNode> read_nodes(MeshCluster& cluster, const std::string& unknown, std::vector<std::string>& notes) {
  std::vector<ServingNode> nodes;
  try {
    for (const LiveObject& object : cluster.list(kNodes)) {
      if (auto node = parse_serving_node(object.json)) nodes.push_back(*std::move(node));
    }
  } catch (const Stop& stopped) {
    notes.push_back(unknown + ": " + stopped.ended.text);
  }
  return nodes;
}

std::vector<LiveObject> slices_of(MeshCluster& cluster, const std::string& name_space, const std::string& service) {
  std::vector<LiveObject> slices = cluster.list(kEndpointSlices, name_space);
  std::erase_if(slices, [&](const LiveObject& slice) {
    const auto label = slice.meta.labels.find("kubernetes.io/service-name");
    return label == slice.meta.labels.end() || label->second != service;
  });
  return slices;
}

}  // namespace meshdns
