// meshdnsctl entry delete: the host's objects go in the reverse of the order in which they came, then its lease ends.

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "cmd/ctl/command.h"
#include "cmd/ctl/entry.h"
#include "cmd/ctl/entry_clusters.h"
#include "cmd/ctl/entry_request.h"
#include "cmd/ctl/entry_text.h"
#include "cmd/ctl/keeper.h"
#include "cmd/ctl/mesh_views.h"
#include "cmd/ctl/object_plan.h"
#include "cmd/ctl/stop.h"
#include "cmd/ctl/stored_ledger.h"
#include "k8s/mesh/failover_route.h"
#include "k8s/mesh/host_objects.h"
#include "zone/unix_time.h"

namespace meshdns {
namespace {

struct DeleteFlags : MeshFlags {
  std::string host;
  std::string ledger_context;
};

class Deleting {
 public:
  Deleting(MeshHost host, const DeleteFlags& flags)
      : host_(std::move(host)), flags_(flags), clusters_(flags, flags.ledger_context) {}

  ChangeReport run() {
    return carry_out(
        {clusters_.all(), [this] { return make_plan(); }, host_.text() + " has no entry", "", flags_.dry_run, kSettle});
  }

 private:
  ObjectPlan make_plan() {
    ObjectPlan plan;
    VipHolders holders;
    for (size_t i = 0; i < clusters_.clients(); ++i) plan_cluster(plan, i, holders);
    for (size_t i = clusters_.clients(); i < clusters_.all().size(); ++i) add_holders(clusters_[i], holders);
    plan_release(plan, holders);
    return plan;
  }

  void plan_cluster(ObjectPlan& plan, size_t index, VipHolders& holders) {
    MeshCluster& cluster = clusters_[index];
    const HostObjects present = read_host_objects(cluster, host_, holders);
    for (const std::string& note : present.notes) plan.note(note);
    require_no_route(cluster, plan);
    require_alone(cluster, present, host_);
    for (const auto& object : {present.entry, present.rule}) {
      if (!object) continue;
      require_unkept(cluster, *object, flags_, "meshdnsctl entry delete " + host_.text());
      plan.remove(index, *object);
    }
  }

  void require_no_route(MeshCluster& cluster, ObjectPlan& plan) const {
    const auto services = read_views<VirtualService>(cluster, kVirtualServices, parse_virtual_service);
    for (const UnreadObject& unread : services.unread)
      plan.note(unread.text + "; whether it sends requests there is not known");
    for (size_t i = 0; i < services.views.size(); ++i) {
      const VirtualService& service = services.views[i];
      const std::string field = sends_to(service, host_);
      if (field.empty()) continue;
      const bool is_failover = without_retries(host_, services.objects[i].json, service).empty();
      stop(kRefused, cluster.prefix() + service.object() + " sends requests to " + host_.text() + " (" + field +
                         "), which would fail; take that out first: " +
                         (is_failover ? "meshdnsctl failover delete " + host_.text() + context_flags(flags_, "")
                                      : edit_command(cluster, service)));
    }
  }

  static std::string edit_command(const MeshCluster& cluster, const VirtualService& service) {
    const std::string context = cluster.name().empty() ? "" : "--context " + cluster.name() + " ";
    return "kubectl " + context + "-n " + service.name_space + " edit virtualservice " + service.name;
  }

  /// The lease ends where the cluster of the ledger has no entry for the host any more; of others, only these are known.
  void plan_release(ObjectPlan& plan, const VipHolders& holders) {
    MeshCluster& cluster = clusters_[clusters_.ledger()];
    const StoredLedger stored = read_ledger(cluster);
    VipLedger then = stored.ledger;
    const int64_t now = unix_now();
    release(then, host_.text(), now);
    if (then == stored.ledger) return;
    const bool is_client = clusters_.ledger() < clusters_.clients();
    if (!is_client && holders.has(host_.text())) {
      plan.note(cluster.prefix() + "the host has an entry there, and so keeps its address");
      return;
    }
    plan.note(
        "its address leads nowhere for a day, and is kept for the host to come back; other clusters that have the "
        "entry are "
        "to be named by --context, too");
    plan_ledger(plan, clusters_.ledger(), cluster, stored, std::move(then), now);
  }

  const MeshHost host_;
  const DeleteFlags& flags_;
  EntryClusters clusters_;
};

Ended remove(const DeleteFlags& flags) {
  const OutputForm form = check_mesh_flags(flags);
  check_ledger_flag(flags, flags.ledger_context);
  MeshHost host = host_or_stop(flags.host, flags.name_space);
  if (flags.on_files()) return delete_in_files(host, flags);
  return printed(Deleting(std::move(host), flags).run(), form);
}

}  // namespace

void add_entry_delete(CtlCommand& entry) {
  CtlCommand command = entry.add("delete", "Take a service's name away, and release its address",
                                 "  # From two clusters; refused while a VirtualService sends requests there\n"
                                 "  meshdnsctl entry delete serverservice04.bar.global --context west --context north\n"
                                 "\n"
                                 "  # From a manifest\n"
                                 "  meshdnsctl entry delete serverservice04.bar.global --file mesh.yaml >new.yaml\n");
  const auto flags = std::make_shared<DeleteFlags>();
  command.option("HOST", flags->host, "NAME.NAMESPACE.ZONE", "");
  add_ledger_flag(command, flags->ledger_context);
  add_mesh_cluster_flags(command, *flags, "the host's second label");
  add_mesh_change_flags(command, *flags);
  add_output_flag(command, flags->output);
  command.runs([flags] { return remove(*flags); });
}

}  // namespace meshdns
