#pragma once

// What was read of a cluster to find out which DNS it has: the objects around the cluster's DNS, as far as anybody asks about them.
// Plain values; who observes gives the way to read.
//
// Source: https://kubernetes.io/docs/reference/kubernetes-api/

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "k8s/api/observed_object.h"
#include "k8s/stub/stub_domain.h"
#include "zone/address.h"
#include "zone/result.h"

namespace meshdns {

/// A Deployment or a DaemonSet.
struct ObservedWorkload : ObservedObject {
  struct Mount {
    std::string path;  // a directory
    std::string config_map;
    bool optional = false;  // pods start without that ConfigMap
    TextMap keys;           // file → key; empty: each key is a file of its name
  };
  struct Container {
    std::string name;
    std::string image;
    std::vector<std::string> arguments;  // those of the command, too
    std::vector<Mount> mounts;           // of ConfigMaps
  };
  bool running = true;  // false: no replicas are wanted
  TextMap pod_labels;
  std::vector<Container> containers;
};

/// NodeLocal DNSCache's program.
bool is_node_cache(const ObservedWorkload::Container& container);

struct ObservedService : ObservedObject {
  struct Port {
    std::string name;
    std::string protocol;
    int64_t number = 0;
  };
  std::vector<IpAddress> addresses;  // its ClusterIPs; none where it is headless
  TextMap selector;
  std::vector<Port> ports;

  /// Clients can ask it for names: it has an address, and port 53.
  bool answers_dns() const;
  bool selects(const ObservedWorkload& workload) const;
};

/// An address behind a Service, and the port there that answers DNS.
struct DnsReplica {
  std::string pod;  // empty where it is not known
  DnsServer server;

  bool operator==(const DnsReplica&) const = default;
};

struct ObservedConfigMap : ObservedObject {
  TextMap data;
  bool immutable = false;
};

struct ObservedNode : ObservedObject {
  std::string kubelet_version;
  std::string provider_id;
};

struct ObservedDns {
  std::string name_space;  // where the cluster's DNS is looked for
  std::vector<std::string> api_groups;
  std::vector<ObservedService> services;
  std::map<std::string, std::vector<DnsReplica>> replicas;  // the ready ones, by ObservedService::text()
  std::vector<ObservedWorkload> workloads;
  std::vector<ObservedConfigMap> config_maps;    // those that the DNS mounts
  std::vector<ObservedNode> nodes;               // the first few
  std::optional<std::string> helm_values;        // of the HelmChartConfig rke2-coredns
  std::optional<std::string> openshift_servers;  // spec.servers of dns.operator.openshift.io/default, JSON
  std::vector<std::string> unread;               // what could not be read, and why

  const ObservedConfigMap* config_map(const std::string& name_space, const std::string& name) const;
};

/// What an API server answers to a GET.
struct ObservedAnswer {
  int status;
  std::string body;
};

/// The error: no answer came.
using ClusterReader = std::function<Result<ObservedAnswer>(const std::string& path)>;

/// Reads what there is: of `name_space`, and of the platforms' own. Services, workloads and their ConfigMaps are needed, so the error may name the verb and the resource that are not
/// allowed; nodes and the like are further evidence.
Result<ObservedDns> observe_dns(const ClusterReader& read, const std::string& name_space = "kube-system");

}  // namespace meshdns
