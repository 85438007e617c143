#pragma once

// The addresses that a cluster uses itself, as far as its objects say so: those of Services, pods and nodes. No VIP may be among them: a
// sidecar would take what is meant for one of these.
//
// Source: https://kubernetes.io/docs/reference/networking/virtual-ips/#ip-address-objects, …/kubeadm-config.v1beta4/

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "zone/address.h"

namespace meshdns {

struct ClusterRange {
  IpBlock block;
  std::string what;  // "the pods of Node n1"
};

/// Each reads an object's JSON; what cannot be read is no range.
std::vector<ClusterRange> ranges_of_service_cidr(std::string_view json);
std::vector<ClusterRange> ranges_of_service(
    std::string_view json);  // its ClusterIPs: where nothing else tells the range
std::vector<ClusterRange> ranges_of_node(std::string_view json);
std::vector<ClusterRange> ranges_of_kubeadm_config(std::string_view config_map);

/// The first that has an address of the block; null: none has.
const ClusterRange* overlapping(const IpBlock& block, const std::vector<ClusterRange>& ranges);

}  // namespace meshdns
