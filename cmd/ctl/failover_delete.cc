// meshdnsctl failover delete: what failover create wrote goes in the reverse of the order in which it came. Where endpoints are stays in the
// entry: it is so, and moves nothing by itself.

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cmd/ctl/command.h"
#include "cmd/ctl/entry_request.h"
#include "cmd/ctl/failover.h"
#include "cmd/ctl/failover_file.h"
#include "cmd/ctl/failover_flags.h"
#include "cmd/ctl/failover_host.h"
#include "cmd/ctl/keeper.h"
#include "cmd/ctl/object_plan.h"
#include "cmd/ctl/stop.h"
#include "k8s/mesh/failover_intent.h"
#include "k8s/mesh/failover_route.h"
#include "k8s/mesh/failover_rule.h"

namespace meshdns {
namespace {

class Deleting {
 public:
  Deleting(MeshHost host, const FailoverFlags& flags)
      : host_(std::move(host)), flags_(flags), clusters_(open_clusters(flags)) {}

  ChangeReport run() {
    ObjectCommand command{clusters_, {}, host_.text() + " does not fail over", "", flags_.dry_run};
    command.plan = [&] {
      ObjectPlan plan = make_plan();
      if (!way_back_ || way_back_->empty()) return plan;
      command.undo = *way_back_ + context_flags(flags_, "");
      if (!plan.changes().empty() && !flags_.dry_run) plan.note("undone by: " + command.undo);
      return plan;
    };
    return carry_out(command);
  }

 private:
  ObjectPlan make_plan() {
    ObjectPlan plan;
    std::vector<std::string> ways;
    for (size_t i = 0; i < clusters_.size(); ++i) ways.push_back(plan_in(i, plan));
    const auto is_first = [&](const std::string& way) { return way == ways.front(); };
    if (!way_back_) way_back_ = std::ranges::all_of(ways, is_first) ? ways.front() : "";
    return plan;
  }

  /// The command that makes it again; empty: none does.
  std::string plan_in(size_t index, ObjectPlan& plan) {
    const FailoverHost host = read_failover_host(clusters_[index], host_);
    for (const std::string& note : host.notes) plan.note(note);
    if (const LiveObject* route = host.route_object()) {
      take_out(index, *route, without_retries(host_, route->json, host.services.views[*host.route]), plan);
    }
    if (const auto& rule = host.objects.rule) {
      const std::string prefix = clusters_[index].prefix();
      take_out(index, *rule, value_or_stop(rule_without_failover(rule->json), kRefused, prefix), plan);
    }
    return way_back(host);
  }

  std::string way_back(const FailoverHost& host) const {
    const auto& entry = host.objects.entry;
    const auto read = entry ? parse_mesh_entry(entry->json) : Result<MeshEntry>(Error{});
    if (!read || !host.objects.rule) return {};
    const LiveObject* route = host.route_object();
    const auto wish = failover_intent(host_, *read, host.objects.rule->json, route != nullptr ? route->json : "");
    return wish ? failover_command(*wish) : "";
  }

  /// `json`: what is left of it; empty: nothing.
  void take_out(size_t index, const LiveObject& object, const std::string& json, ObjectPlan& plan) {
    if (!json.empty() && says_the_same(json, object.json)) return;
    require_unkept(clusters_[index], object, flags_, "meshdnsctl failover delete " + host_.text());
    if (json.empty()) return plan.remove(index, object);
    plan.replace(index, object, json);
  }

  const MeshHost host_;
  const FailoverFlags& flags_;
  std::vector<MeshCluster> clusters_;
  std::optional<std::string> way_back_;  // as it was before anything was taken out
};

Ended remove(const FailoverFlags& flags) {
  const OutputForm form = check_mesh_flags(flags);
  MeshHost host = host_or_stop(flags.host, flags.name_space);
  if (flags.on_files()) return delete_failover_in_files(host, flags);
  return printed(Deleting(std::move(host), flags).run(), form);
}

}  // namespace

void add_failover_delete(CtlCommand& failover) {
  CtlCommand command =
      failover.add("delete", "Take out what failover create wrote",
                   "  # In two clusters\n"
                   "  meshdnsctl failover delete serverservice04.bar.global --context west --context east\n"
                   "\n"
                   "  # In a manifest\n"
                   "  meshdnsctl failover delete serverservice04.bar.global --file mesh.yaml >new.yaml\n");
  const auto flags = std::make_shared<FailoverFlags>();
  add_failover_flags(command, *flags);
  command.runs([flags] { return remove(*flags); });
}

}  // namespace meshdns
