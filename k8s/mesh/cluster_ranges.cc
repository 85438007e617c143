#include "k8s/mesh/cluster_ranges.h"

#include <algorithm>

#include "k8s/api/json_fields.h"
#include "k8s/istio/manifest.h"
#include "k8s/istio/service_entry.h"
#include "k8s/mesh/vip_pool.h"

namespace meshdns {
namespace {

using Json = nlohmann::json;

Json parsed(std::string_view json) { return Json::parse(json, nullptr, false); }

std::string name_of(const Json& object) { return shown(text_member(member(object, "metadata"), "name")); }

void add(const std::string& text, const std::string& what, std::vector<ClusterRange>& ranges) {
  if (const auto block = IpBlock::parse(text)) ranges.push_back({*block, what});
}

void add_all(const Json& texts, const std::string& what, std::vector<ClusterRange>& ranges) {
  if (!texts.is_array()) return;
  for (const Json& text : texts) {
    if (text.is_string()) add(text.get<std::string>(), what, ranges);
  }
}

/// "10.244.0.0/16,fd00:10:244::/56"
void add_listed(const std::string& texts, const std::string& what, std::vector<ClusterRange>& ranges) {
  for (size_t at = 0; at < texts.size();) {
    const size_t comma = std::min(texts.find(',', at), texts.size());
    add(texts.substr(at, comma - at), what, ranges);
    at = comma + 1;
  }
}

}  // namespace

std::vector<ClusterRange> ranges_of_service_cidr(std::string_view json) {
  const Json object = parsed(json);
  std::vector<ClusterRange> ranges;
  add_all(member(member(object, "spec"), "cidrs"), "the Services (ServiceCIDR " + name_of(object) + ")", ranges);
  return ranges;
}

std::vector<ClusterRange> ranges_of_service(std::string_view json) {
  const Json object = parsed(json);
  const std::string name_space = shown(text_member(member(object, "metadata"), "namespace"));
  std::vector<ClusterRange> ranges;
  add_all(member(member(object, "spec"), "clusterIPs"), "Service " + name_space + "/" + name_of(object), ranges);
  return ranges;
}

std::vector<ClusterRange> ranges_of_node(std::string_view json) {
  const Json object = parsed(json);
  const Json& spec = member(object, "spec");
  const std::string node = "Node " + name_of(object);
  std::vector<ClusterRange> ranges;
  add_all(member(spec, "podCIDRs"), "the pods of " + node, ranges);
  if (ranges.empty()) add(text_member(spec, "podCIDR"), "the pods of " + node, ranges);
  const Json& addresses = member(member(object, "status"), "addresses");
  for (const Json& address : addresses.is_array() ? addresses : Json::array()) {
    add(text_member(address, "address"), node, ranges);
  }
  return ranges;
}

std::vector<ClusterRange> ranges_of_kubeadm_config(std::string_view config_map) {
  const Json object = parsed(config_map);
  const auto documents = parse_manifest(text_member(member(object, "data"), "ClusterConfiguration"), "");
  std::vector<ClusterRange> ranges;
  if (!documents || documents->empty()) return ranges;
  const Json config = parsed(documents->front().json);
  const Json& networking = member(config, "networking");
  add_listed(text_member(networking, "serviceSubnet"), "the Services (ConfigMap kube-system/kubeadm-config)", ranges);
  add_listed(text_member(networking, "podSubnet"), "the pods (ConfigMap kube-system/kubeadm-config)", ranges);
  return ranges;
}

const ClusterRange* overlapping(const IpBlock& block, const std::vector<ClusterRange>& ranges) {
  const auto found = std::ranges::find_if(ranges, [&](const auto& range) { return overlap(range.block, block); });
  return found == ranges.end() ? nullptr : &*found;
}

}  // namespace meshdns
