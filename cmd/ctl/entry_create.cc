// meshdnsctl entry create: a service of other clusters, by a name and an address of its own.
//
//   read the serving clusters ─▶ plan: address ─▶ ledger, and in each cluster DestinationRule, ServiceEntry ─▶ carry out

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cmd/ctl/command.h"
#include "cmd/ctl/entry.h"
#include "cmd/ctl/entry_clusters.h"
#include "cmd/ctl/entry_request.h"
#include "cmd/ctl/entry_text.h"
#include "cmd/ctl/keeper.h"
#include "cmd/ctl/object_plan.h"
#include "cmd/ctl/serving_clusters.h"
#include "cmd/ctl/stop.h"
#include "cmd/ctl/stored_ledger.h"
#include "k8s/mesh/entry_manifest.h"
#include "k8s/mesh/shell_word.h"
#include "k8s/mesh/vip_choice.h"
#include "zone/joined.h"
#include "zone/unix_time.h"

namespace meshdns {
namespace {

using Json = nlohmann::ordered_json;

class Creating {
 public:
  Creating(const EntryRequest& request, const CreateFlags& flags, ServingClusters& serving)
      : request_(request), flags_(flags), serving_(serving), clusters_(flags, flags.ledger_context) {
    for (size_t i = 0; i < clusters_.clients(); ++i) {
      wishes_.push_back(serving_.wish_for(request_.wish, &clusters_[i]));
    }
    serving_.require_gateways_asked();
    notes_ = serving_.notes(request_.wish);
  }

  ChangeReport run() {
    for (size_t i = 0; i < clusters_.clients(); ++i) check_cluster(clusters_[i]);
    ObjectCommand command{clusters_.all(), {}, "", "", flags_.dry_run, kSettle};
    command.plan = [&] {
      ObjectPlan plan = make_plan();
      command.done = host().text() + " has " + joined(addresses(), &IpAddress::text);
      if (*was_new_) command.undo = undo();
      return plan;
    };
    return carry_out(command);
  }

 private:
  const MeshHost& host() const { return request_.wish.host; }
  const std::vector<IpAddress>& addresses() const { return wishes_.front().addresses; }

  void check_cluster(MeshCluster& cluster) {
    if (!cluster.get(kNamespaces, "", host().name_space)) {
      const std::string context = cluster.name().empty() ? "" : "--context " + cluster.name() + " ";
      stop(kRefused, cluster.prefix() + "there is no namespace " + host().name_space + "; kubectl " + context +
                         "create namespace " + host().name_space + " makes it");
    }
    ranges_.push_back(cluster_ranges(cluster, notes_));
    for (const VipPool& pool : request_.pools) {
      require_outside(cluster, ranges_.back(), pool.block(), "the pool " + pool.text(),
                      "--pool names another, such as " + std::string(kDefaultPool));
    }
  }

  /// An address that was leased for other clients can be taken here.
  void require_addresses_outside(size_t index, const std::vector<IpAddress>& present) {
    for (const IpAddress& address : addresses()) {
      if (std::ranges::count(present, address) > 0) continue;
      require_outside(clusters_[index], ranges_[index], *IpBlock::parse(address.text()), address.text(),
                      "--address names another, for all clusters");
    }
  }

  static void require_outside(const MeshCluster& cluster, const std::vector<ClusterRange>& ranges, const IpBlock& block,
                              const std::string& what, const std::string& way_out) {
    const ClusterRange* range = overlapping(block, ranges);
    if (range == nullptr) return;
    stop(kRefused,
         cluster.prefix() + what + " overlaps " + text(range->block) + ", which is " + range->what + "; " + way_out);
  }

  ObjectPlan make_plan() {
    ObjectPlan plan;
    for (const std::string& note : notes_) plan.note(note);
    std::vector<HostObjects> present;
    VipRules rules{request_.pools, {}, unix_now()};
    std::vector<PresentVips> vips;
    for (size_t i = 0; i < clusters_.clients(); ++i) {
      HostObjects objects = read_host_objects(clusters_[i], host(), rules.holders);
      for (const std::string& note : objects.notes) plan.note(note);
      require_alone(clusters_[i], objects, host());
      if (objects.entry) vips.push_back({clusters_[i].prefix() + objects.entry->meta.text(), objects.vips});
      present.push_back(std::move(objects));
    }
    for (size_t i = clusters_.clients(); i < clusters_.all().size(); ++i) add_holders(clusters_[i], rules.holders);
    for (ServingCluster& serving : serving_.all()) add_holders(serving.cluster(), rules.holders);
    const auto is_new = [](const HostObjects& objects) { return !objects.entry && !objects.rule; };
    if (!was_new_) was_new_ = std::ranges::all_of(present, is_new);
    plan_addresses(plan, vips, rules);
    for (size_t i = 0; i < clusters_.clients(); ++i) {
      require_addresses_outside(i, present[i].vips);
      wishes_[i].rule_name_space = present[i].name_space;
      plan_object(plan, i, kDestinationRules, present[i].rule, rule_manifest);
      plan_object(plan, i, kServiceEntries, present[i].entry, entry_manifest);
    }
    return plan;
  }

  void plan_addresses(ObjectPlan& plan, const std::vector<PresentVips>& vips, const VipRules& rules) {
    MeshCluster& cluster = clusters_[clusters_.ledger()];
    const StoredLedger stored = read_ledger(cluster);
    VipLedger then = stored.ledger;
    auto chosen = choose_vips(then, host().text(), request_.address, vips, rules);
    if (!chosen) stop(kRefused, chosen.error());
    for (EntryWish& wish : wishes_) wish.addresses = *chosen;
    plan_ledger(plan, clusters_.ledger(), cluster, stored, std::move(then), rules.now);
  }

  template <class Manifest>
  void plan_object(ObjectPlan& plan, size_t index, const ObjectKind& kind, const std::optional<LiveObject>& present,
                   Manifest manifest) {
    MeshCluster& cluster = clusters_[index];
    const std::string json =
        value_or_stop(manifest(wishes_[index], present ? present->json : ""), kRefused, cluster.prefix());
    if (json.empty() || (present && Json::parse(json) == Json::parse(present->json))) return;
    if (present) {
      require_unkept(cluster, *present, flags_, command(index));
      return plan.replace(index, *present, json);
    }
    Json object = Json::parse(json);
    object["apiVersion"] = cluster.api_version_of(kind);
    require_free_name(cluster, kind, object["metadata"]["namespace"].get<std::string>());
    plan.create(index, cluster, kind, object.dump());
  }

  /// An object of that name is another host's, or some workloads' alone.
  void require_free_name(MeshCluster& cluster, const ObjectKind& kind, const std::string& name_space) const {
    const auto other = cluster.get(kind, name_space, host().object());
    if (!other) return;
    stop(kRefused, cluster.prefix() + other->meta.text() + " is there for another host than " + host().text() +
                       ", or for some workloads alone, expected none of that name: delete or rename it");
  }

  std::string undo() const {
    return "meshdnsctl entry delete " + host().text() + context_flags(flags_, flags_.ledger_context);
  }

  /// What makes the same of a manifest of that client's.
  std::string command(size_t index) {
    std::string text = "meshdnsctl entry create " + host().text();
    const EntryWish& wish = wishes_[index];
    if (serving_.none()) {
      for (const EntryPort& port : wish.ports) {
        text += " --port " + port.name + ":" + std::to_string(port.number) + "/" + port.protocol;
      }
      for (const EntryEndpoint& endpoint : wish.endpoints) text += flag_of(endpoint);
    }
    const ServingCluster* own = serving_.own(&clusters_[index]);
    for (const ServingCluster& each : serving_.all()) text += flags_of(each.name(), &each != own);
    if (own != nullptr) text += " --context " + shell_word(own->name().context);
    if (!serving_.none() && !flags_.kubeconfig.empty()) text += " --kubeconfig " + shell_word(flags_.kubeconfig);
    return text + " --address " + wish.addresses.front().text() + (wish.sni == Sni::kGlobal ? " --sni global" : "");
  }

  const EntryRequest& request_;
  const CreateFlags& flags_;
  ServingClusters& serving_;
  std::vector<std::string> notes_;
  EntryClusters clusters_;
  std::vector<EntryWish> wishes_;                  // of each client
  std::vector<std::vector<ClusterRange>> ranges_;  // of each client
  std::optional<bool> was_new_;  // to every client, before anything was made: then all of it can be taken away again
};

Ended create(const CreateFlags& flags) {
  const OutputForm form = check_mesh_flags(flags, !flags.from_context.empty());
  const EntryRequest request = entry_request(flags);
  ServingClusters serving(flags, request.serving);
  if (flags.on_files()) return create_in_files(request, flags, serving);
  return printed(Creating(request, flags, serving).run(), form);
}

}  // namespace

void add_entry_create(CtlCommand& entry) {
  CtlCommand command = entry.add(
      "create", "Make a service of another cluster known by a name",
      "  # East's service bar/serverservice04, for the pods of two other clusters\n"
      "  meshdnsctl entry create serverservice04.bar.global --from-context east bar/serverservice04 --context "
      "west --context north\n"
      "\n"
      "  # East's and west's, for the pods of both: each its own first, once it fails over\n"
      "  meshdnsctl entry create serverservice04.bar.global --from-context east bar/serverservice04 --from-context "
      "west bar/serverservice01 --context west --context east\n"
      "\n"
      "  # The first by hand, into a manifest in Git\n"
      "  meshdnsctl entry create serverservice04.bar.global --port http:8000/http --gateway 172.25.55.50 --file "
      "mesh.yaml >new.yaml\n");
  const auto flags = std::make_shared<CreateFlags>();
  add_create_flags(command, *flags);
  command.runs([flags] { return create(*flags); });
}

}  // namespace meshdns
