#include "cmd/ctl/entry_clusters.h"

#include <algorithm>
#include <functional>

#include "cmd/ctl/mesh_views.h"
#include "cmd/ctl/stop.h"
#include "k8s/istio/service_entry.h"
#include "k8s/mesh/host_objects.h"
#include "k8s/mesh/shell_word.h"

namespace meshdns {
namespace {

const ObjectKind kServiceCidrs{"ServiceCIDR", "networking.k8s.io", "servicecidrs", {"v1", "v1beta1"}};

void hold(const LiveObject& object, const MeshCluster& cluster, VipHolders& holders) {
  const auto entry = parse_service_entry(object.json);
  if (entry) holders.add(*entry, cluster.prefix() + object.meta.text());
}

std::string gateway_text(const EntryEndpoint& gateway) {
  const bool v6 = gateway.address.find(':') != std::string::npos;
  return (v6 ? "[" + gateway.address + "]" : gateway.address) + ":" + std::to_string(*gateway.gateway);
}

}  // namespace

EntryClusters::EntryClusters(const MeshFlags& flags, const std::string& ledger_context)
    : clusters_(open_clusters(flags)), clients_(clusters_.size()) {
  if (ledger_context.empty()) return;
  ledger_ = static_cast<size_t>(std::ranges::find(clusters_, ledger_context, &MeshCluster::name) - clusters_.begin());
  if (ledger_ == clients_) clusters_.push_back(open_cluster(flags, ledger_context));
}

HostObjects read_host_objects(MeshCluster& cluster, const MeshHost& host, VipHolders& holders) {
  HostObjects found;
  found.name_space = host.name_space;
  const auto entries = read_views<MeshEntry>(cluster, kServiceEntries, parse_mesh_entry);
  for (const LiveObject& object : entries.objects) hold(object, cluster, holders);
  for (const UnreadObject& unread : entries.unread) hold(unread.object, cluster, holders);
  if (const auto place = value_or_stop(entry_of_host(entries.views, host), kRefused, cluster.prefix())) {
    found.entry = entries.objects[*place];
    found.vips = entry_vips(entries.views[*place]);
    found.shared = shared_entry(entries.views[*place]).has_value();
    found.name_space = entries.views[*place].name_space;
  }
  const auto rules = read_views<DestinationRule>(cluster, kDestinationRules, parse_destination_rule);
  const auto rule = value_or_stop(rule_of_host(rules.views, host, found.name_space), kRefused, cluster.prefix());
  if (rule) found.rule = rules.objects[*rule];
  for (const auto* unread : {&entries.unread, &rules.unread}) {
    for (const UnreadObject& each : *unread) found.notes.push_back(each.text + "; it is passed over");
  }
  for (const std::string& other : rules_of_clients(rules.views, host, found.name_space)) {
    found.notes.push_back(cluster.prefix() + other +
                          " is what some clients follow instead: it needs the same trafficPolicy");
  }
  return found;
}

void require_alone(const MeshCluster& cluster, const HostObjects& objects, const MeshHost& host) {
  if (!objects.shared) return;
  stop(kRefused, cluster.prefix() + objects.entry->meta.text() + " has other hosts, too, expected one for " +
                     host.text() + " alone: split it");
}

void add_holders(MeshCluster& cluster, VipHolders& holders) {
  for (const LiveObject& object : cluster.list(kServiceEntries)) hold(object, cluster, holders);
}

std::vector<ClusterRange> cluster_ranges(MeshCluster& cluster, std::vector<std::string>& notes) {
  std::vector<ClusterRange> ranges;
  const auto add = [&](const std::function<void()>& read) {
    try {
      read();
    } catch (const Stop& stopped) {
      notes.push_back("whether virtual addresses are outside the cluster's own is not known: " + stopped.ended.text);
    }
  };
  const auto add_ranges = [&](const std::vector<ClusterRange>& more) {
    ranges.insert(ranges.end(), more.begin(), more.end());
  };
  add([&] {
    for (const LiveObject& each : cluster.list(kServiceCidrs)) add_ranges(ranges_of_service_cidr(each.json));
    if (!ranges.empty()) return;  // Kubernetes has them from 1.33 on
    for (const LiveObject& each : cluster.list(kServices)) add_ranges(ranges_of_service(each.json));
  });
  add([&] {
    for (const LiveObject& node : cluster.list(kNodes)) add_ranges(ranges_of_node(node.json));
  });
  add([&] {
    const auto config = cluster.get(kConfigMaps, "kube-system", "kubeadm-config");
    if (config) add_ranges(ranges_of_kubeadm_config(config->json));
  });
  return ranges;
}

std::string context_flags(const MeshFlags& flags, const std::string& ledger_context) {
  std::string text;
  for (const std::string& context : flags.contexts) text += " --context " + shell_word(context);
  if (!ledger_context.empty()) text += " --ledger-context " + shell_word(ledger_context);
  return text + (flags.kubeconfig.empty() ? "" : " --kubeconfig " + shell_word(flags.kubeconfig));
}

std::string flag_of(const EntryEndpoint& endpoint) {
  return endpoint.gateway ? " --gateway " + gateway_text(endpoint) : " --endpoint " + endpoint.address;
}

std::string flags_of(const ServingName& serving, bool with_gateways) {
  std::string text = " --from-context " + shell_word(serving.context) + " " + serving.text();
  if (!with_gateways) return text;
  for (const EntryEndpoint& gateway : serving.gateways) {
    text += " --gateway " + shell_word(serving.context + "=" + gateway_text(gateway));
  }
  return text;
}

}  // namespace meshdns
