#include "k8s/mesh/cluster_ranges.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "k8s/mesh/vip_pool.h"
#include "zone/joined.h"

namespace meshdns {
namespace {

std::string said(const std::vector<ClusterRange>& ranges) {
  return joined(ranges, [](const ClusterRange& range) { return text(range.block) + " " + range.what; });
}

TEST_CASE("what objects say of a cluster's addresses") {
  struct Case {
    std::vector<ClusterRange> (*read)(std::string_view);
    const char* json;
    const char* expected;
  };
  for (
      const Case& c : std::vector<Case>{
          {ranges_of_service_cidr,
           R"({"metadata":{"name":"kubernetes"},"spec":{"cidrs":["10.96.0.0/16","fd00::/112",7,"x"]}})",
           "10.96.0.0/16 the Services (ServiceCIDR kubernetes), fd00::/112 the Services (ServiceCIDR kubernetes)"},
          {ranges_of_service_cidr, R"({"spec":{"cidrs":{}}})", ""},
          {ranges_of_service_cidr, "", ""},
          {ranges_of_service,
           R"({"metadata":{"name":"a","namespace":"b"},"spec":{"clusterIPs":["10.0.0.1","fd00::1"]}})",
           "10.0.0.1/32 Service b/a, fd00::1/128 Service b/a"},
          {ranges_of_service, R"({"metadata":{"name":"a","namespace":"b"},"spec":{"clusterIPs":["None"]}})", ""},
          {ranges_of_service, R"({"metadata":7,"spec":[]})", ""},
          {ranges_of_node,
           R"({"metadata":{"name":"n1"},"spec":{"podCIDR":"10.1.0.0/24","podCIDRs":["10.1.0.0/24"]},
                "status":{"addresses":[{"type":"Hostname","address":"n1"},{"type":"InternalIP","address":"192.0.2.1"}]}})",
           "10.1.0.0/24 the pods of Node n1, 192.0.2.1/32 Node n1"},
          {ranges_of_node, R"({"metadata":{"name":"n1"},"spec":{"podCIDR":"10.1.0.0/24"}})",
           "10.1.0.0/24 the pods of Node n1"},
          {ranges_of_node, R"({"metadata":[],"status":{"addresses":[7,{"address":7}]}})", ""},
          {ranges_of_kubeadm_config,
           R"({"data":{"ClusterConfiguration":"networking:\n  podSubnet: 10.244.0.0/16,fd01::/48\n  serviceSubnet: 10.96.0.0/12\n"}})",
           "10.96.0.0/12 the Services (ConfigMap kube-system/kubeadm-config), "
           "10.244.0.0/16 the pods (ConfigMap kube-system/kubeadm-config), "
           "fd01::/48 the pods (ConfigMap kube-system/kubeadm-config)"},
          {ranges_of_kubeadm_config, R"({"data":{"ClusterConfiguration":"networking: {podSubnet: ["}})", ""},
          {ranges_of_kubeadm_config, R"({"data":{"ClusterConfiguration":"7"}})", ""},
          {ranges_of_kubeadm_config, "{}", ""}}) {
    CAPTURE(c.json);
    CHECK(said(c.read(c.json)) == c.expected);
  }
}

TEST_CASE("the range that has an address of the pool") {
  const auto ranges =
      ranges_of_node(R"({"metadata":{"name":"n1"},"spec":{"podCIDRs":["10.1.0.0/24","240.0.3.0/24"]}})");
  CHECK(overlapping(*IpBlock::parse("240.0.0.0/16"), ranges)->what == "the pods of Node n1");
  CHECK(overlapping(*IpBlock::parse("240.0.3.7"), ranges) != nullptr);
  CHECK(overlapping(*IpBlock::parse("240.1.0.0/16"), ranges) == nullptr);
}

}  // namespace
}  // namespace meshdns
