// meshdnsctl failover create: what a host's entry, rule and route must say for its requests to find a cluster that lives.
//
//   entry: where endpoints are ─▶ rule: when one is ejected, who comes then ─▶ route: what is tried again ─▶ carry out, in that order

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cmd/ctl/command.h"
#include "cmd/ctl/failover.h"
#include "cmd/ctl/failover_file.h"
#include "cmd/ctl/failover_flags.h"
#include "cmd/ctl/failover_host.h"
#include "cmd/ctl/failover_places.h"
#include "cmd/ctl/failover_sidecars.h"
#include "cmd/ctl/keeper.h"
#include "cmd/ctl/object_plan.h"
#include "cmd/ctl/route_cluster.h"
#include "cmd/ctl/route_obstacles.h"
#include "cmd/ctl/stop.h"
#include "cmd/text_value.h"
#include "k8s/mesh/failover_entry.h"
#include "k8s/mesh/failover_losses.h"
#include "k8s/mesh/failover_route.h"
#include "k8s/mesh/failover_rule.h"
#include "k8s/mesh/failover_tls.h"
#include "k8s/mesh/route_choice.h"
#include "k8s/mesh/route_creation.h"

namespace meshdns {
namespace {

using Json = nlohmann::ordered_json;

/// Of one cluster.
struct Present {
  FailoverHost host;
  MeshEntry entry;         // as it is to be, with all localities
  std::string entry_json;  // the same
  std::vector<std::string> node_localities;
  std::vector<std::string> notes;

  void add_notes(const std::vector<std::string>& more) { notes.insert(notes.end(), more.begin(), more.end()); }
};

class Creating {
 public:
  Creating(const FailoverFlags& flags, const FailoverWish& wish)
      : flags_(flags), wish_(wish), clusters_(open_clusters(flags)) {}

  ChangeReport run() {
    ObjectCommand command{clusters_, {}, wish_.host.text() + " fails over", "", flags_.dry_run};
    command.plan = [&] {
      ObjectPlan plan = make_plan();
      if (!*was_new_) return plan;
      command.undo = "meshdnsctl failover delete " + wish_.host.text() + context_flags(flags_, "");
      if (!plan.changes().empty() && !flags_.dry_run) plan.note("undone by: " + command.undo);
      return plan;
    };
    return carry_out(command);
  }

 private:
  ObjectPlan make_plan() {
    std::vector<Present> present;
    for (MeshCluster& cluster : clusters_) present.push_back(read(cluster));
    check_across(present);
    if (!was_new_) was_new_ = std::ranges::all_of(present, [&](const Present& each) { return is_new(each.host); });
    ObjectPlan plan;
    for (size_t i = 0; i < clusters_.size(); ++i) plan_in(i, present[i], plan);
    for (std::string& loss : failover_losses(state_of(present))) plan.note(std::move(loss));
    return plan;
  }

  Present read(MeshCluster& cluster) {
    Present present{read_failover_host(cluster, wish_.host), {}, "", {}, {}};
    present.notes = present.host.notes;
    const std::string create = "it is made with: " + entry_command(wish_.host, flags_);
    const auto& object = present.host.objects.entry;
    if (!object) refuse(cluster, "there is no ServiceEntry for " + wish_.host.text() + "; " + create);
    require_no_http_route(cluster, wish_.host.text());
    ClusterPlaces places(cluster);
    present.entry_json =
        value_or_stop(failover_entry(localities(*object, places), object->json), kRefused, cluster.prefix());
    present.entry = value_or_stop(parse_mesh_entry(present.entry_json), kRefused, cluster.prefix());
    if (const auto error = check_failover(wish_, present.entry, create)) refuse(cluster, error->message);
    present.add_notes(require_sidecars(cluster, present.entry.name_space));
    present.add_notes(require_recent_sidecars(cluster));
    if (wish_.distribute.empty()) present.add_notes(require_local_endpoint(cluster, places, present.entry));
    present.node_localities = places.localities();
    present.add_notes(places.notes());
    return present;
  }

  [[noreturn]] static void refuse(const MeshCluster& cluster, const std::string& why) {
    stop(kRefused, cluster.prefix() + escape_controls(why));
  }

  /// Those that are asked for, and of the endpoints that say none, what the cluster knows.
  TextMap localities(const LiveObject& object, ClusterPlaces& places) const {
    TextMap found = wish_.localities;
    for (const std::string& address : unlocated(value_or_stop(parse_mesh_entry(object.json), kRefused))) {
      if (found.contains(address)) continue;
      if (std::string locality = places.locality_of(address); !locality.empty()) found[address] = std::move(locality);
    }
    return found;
  }

  /// What one cluster alone does not show.
  void check_across(const std::vector<Present>& present) const {
    std::vector<MeshEntry> entries;
    std::vector<std::string> nodes;
    bool are_known = present.size() > 1;
    for (const Present& each : present) {
      entries.push_back(each.entry);
      nodes.insert(nodes.end(), each.node_localities.begin(), each.node_localities.end());
      are_known = are_known && !each.node_localities.empty();
    }
    if (const auto error = check_addresses(wish_.localities, entries)) stop(kRefused, escape_controls(error->message));
    for (size_t i = 0; are_known && i < entries.size(); ++i) {
      if (const auto error = check_nodes(entries[i], nodes)) refuse(clusters_[i], error->message);
    }
  }

  /// Whether failover delete leaves what is there now.
  bool is_new(const FailoverHost& host) const {
    const auto& rule = host.objects.rule;
    if (rule && !says_the_same(value_or_stop(rule_without_failover(rule->json), kRefused), rule->json)) return false;
    return !host.route || !has_retries(wish_.host, host.services.views[*host.route]);
  }

  FailoverState state_of(const std::vector<Present>& present) const {
    FailoverState state = failover_state(wish_, present.front().entry);
    for (const Present& each : present) {
      const FailoverState there = failover_state(wish_, each.entry);
      state.http = state.http || there.http;
      state.streams = state.streams || there.streams;
    }
    return state;
  }

  void plan_in(size_t index, const Present& present, ObjectPlan& plan) {
    MeshCluster& cluster = clusters_[index];
    for (const std::string& note : present.notes) plan.note(note);
    const HostObjects& objects = present.host.objects;
    for (const std::string& note : overriding(objects.rule ? objects.rule->json : "")) {
      plan.note(cluster.prefix() + note);
    }
    const std::string rule = value_or_stop(failover_rule(wish_, present.entry, objects.rule ? objects.rule->json : ""),
                                           kRefused, cluster.prefix());
    for (const std::string& note :
         gateway_tls_notes(wish_, present.entry, objects.rule ? objects.rule->json : "", rule)) {
      plan.note(cluster.prefix() + note);
    }
    const std::string route = route_json(index, present, plan);
    judge(index, present,
          {{kServiceEntries.kind, present.entry_json}, {kDestinationRules.kind, rule}, {kVirtualServices.kind, route}},
          plan);
    plan_object(index, kServiceEntries, &*objects.entry, present.entry_json, plan);
    plan_object(index, kDestinationRules, objects.rule ? &*objects.rule : nullptr, rule, plan);
    if (!route.empty()) plan_object(index, kVirtualServices, present.host.route_object(), route, plan);
  }

  /// As it is to be; empty: the host's ports need none.
  std::string route_json(size_t index, const Present& present, ObjectPlan& plan) {
    MeshCluster& cluster = clusters_[index];
    if (std::ranges::none_of(present.entry.ports, may_carry_http)) return {};
    if (const LiveObject* object = present.host.route_object()) {
      const VirtualService& service = present.host.services.views[*present.host.route];
      if (!may_have_retries(wish_.host, service)) plan.note(cluster.prefix() + not_retried(service, wish_.host));
      for (std::string& note : also_changed(service, {}, wish_.host.text())) plan.note(std::move(note));
      return with_retries(wish_, present.entry, object->json, service);
    }
    if (const auto error = routed_by_wildcard(present.host.services.views, wish_.host.text()))
      refuse(cluster, error->message);
    const auto is_taken = [&](const ObjectIdentity& each) {
      return cluster.get(kVirtualServices, each.name_space, each.name).has_value();
    };
    const ObjectIdentity identity =
        named_apart({kVirtualServices.kind, present.entry.name_space, wish_.host.object(), 0, ""}, is_taken);
    return failover_route(wish_, present.entry, identity, cluster.api_version_of(kVirtualServices));
  }

  void judge(size_t index, const Present& present, const std::vector<std::pair<std::string, std::string>>& objects,
             ObjectPlan& plan) {
    MeshCluster& cluster = clusters_[index];
    std::vector<ManifestObject> before = read_route_mesh(cluster).objects;
    for (const LiveObject& object : present.host.services.objects) {
      before.push_back({"", cluster.api_version_of(kVirtualServices), kVirtualServices.kind, object.json});
    }
    std::vector<ManifestObject> after;
    for (const auto& [kind, json] : objects) {
      if (!json.empty()) after.push_back({"", kManifestVersion, kind, json});
    }
    for (std::string& note : judge_failover(before, after, /*live=*/true, kRefused, cluster.prefix()))
      plan.note(std::move(note));
  }

  void plan_object(size_t index, const ObjectKind& kind, const LiveObject* present, const std::string& json,
                   ObjectPlan& plan) {
    MeshCluster& cluster = clusters_[index];
    if (present != nullptr) {
      if (!says_the_same(json, present->json)) require_unkept(cluster, *present, flags_, failover_command(wish_));
      return plan.replace(index, *present, json);
    }
    Json object = Json::parse(json);
    object["apiVersion"] = cluster.api_version_of(kind);
    const auto metadata = object.at("metadata");
    if (const auto other =
            cluster.get(kind, metadata.at("namespace").get<std::string>(), metadata.at("name").get<std::string>())) {
      refuse(cluster, other->meta.text() + " is there for another host than " + wish_.host.text() +
                          ", or for some workloads alone, expected none of that name: delete or rename it");
    }
    plan.create(index, cluster, kind, object.dump());
  }

  const FailoverFlags& flags_;
  const FailoverWish& wish_;
  std::vector<MeshCluster> clusters_;
  std::optional<bool> was_new_;  // to every cluster, before anything was made: then all of it can be taken away again
};

Ended create(const FailoverFlags& flags) {
  const OutputForm form = check_mesh_flags(flags);
  const FailoverWish wish = failover_wish(flags);
  if (flags.on_files()) return create_failover_in_files(wish, flags);
  return printed(Creating(flags, wish).run(), form);
}

}  // namespace

void add_failover_create(CtlCommand& failover) {
  CtlCommand command = failover.add(
      "create", "Make a host's requests go to another cluster when the servers of one are dead",
      "  # Each client's own cluster first; requests may be sent twice, and none takes half a second\n"
      "  meshdnsctl failover create serverservice04.bar.global --repeatable --per-try-timeout 0.5s --connect-timeout "
      "500ms --context west --context east\n"
      "\n"
      "  # Three quarters here and one there, and all of them where servers live\n"
      "  meshdnsctl failover create serverservice04.bar.global --distribute region1=75 region2=25\n");
  const auto flags = std::make_shared<FailoverFlags>();
  add_failover_flags(command, *flags);
  add_failover_wish_flags(command, *flags);
  command.runs([flags] { return create(*flags); });
}

}  // namespace meshdns
