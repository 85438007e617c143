// meshdnsctl stub remove and restore: the zone is not delegated any more.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cmd/ctl/change_report.h"
#include "cmd/ctl/command.h"
#include "cmd/ctl/stub.h"
#include "cmd/ctl/stub_dns.h"
#include "cmd/ctl/stub_file.h"
#include "cmd/ctl/stub_flags.h"
#include "cmd/ctl/stub_installation.h"
#include "cmd/ctl/stub_restart.h"
#include "cmd/ctl/unified_diff.h"

namespace meshdns {
namespace {

struct UndoFlags : StubFlags {
  std::optional<std::string> file;
  bool dry_run = false;
};

std::string nothing_there(const Name& zone) {
  return "the zone " + zone.text() + " is not delegated here; nothing to do";
}

/// Plans and carries out until others are not faster.
StubPlan carry_out(Cluster& cluster, const StubInstallation& installation, const std::function<StubPlan()>& make_plan,
                   bool dry_run) {
  StubPlan plan;
  until_done(cluster, [&] {
    plan = make_plan();
    return dry_run ? Change::kDone : installation.remove(plan);
  });
  return plan;
}

Ended remove(const UndoFlags& flags) {
  const Name zone = zone_of(flags);
  const OutputForm form = form_or_stop(flags.output);
  check_flags(flags);
  if (flags.file) {
    require_text(form);
    return remove_from_file(*flags.file, zone, flags.dry_run);
  }
  Cluster cluster = value_or_stop(Cluster::open(flags.cluster), kFailed);
  const ClusterDns dns = read_dns(cluster, flags);
  const std::vector<StubSite> sites = sites_of(dns, zone);
  const StubInstallation installation(cluster, flags.name_space, zone);
  const StubPlan plan = carry_out(
      cluster, installation, [&] { return installation.plan_remove(sites); }, flags.dry_run);
  if (plan.changes_nothing() && !plan.stored.record) return printed({nothing_there(zone)}, form);
  if (flags.dry_run) return printed({"it would be taken out", plan.places(), plan.diff()}, form);
  return printed({"the zone " + zone.text() + " is not delegated any more",
                  plan.places(),
                  {},
                  {},
                  plan.changes_nothing() ? std::vector<std::string>() : restart_notes(dns)},
                 form);
}

/// Back to every octet of before: refused where anything of others would be lost.
StubPlan plan_restore(const StubInstallation& installation, const Name& zone) {
  StubPlan plan = installation.plan_remove({});
  if (!plan.stored.record) {
    stop(kRefused, "there is no backup for the zone " + zone.text() +
                       ", as meshdnsctl stub install has not been here; meshdnsctl stub remove needs none");
  }
  std::string edits;
  for (PlannedChange& change : plan.changes) {
    const RecordedChange* recorded = plan.stored.record->change_of(change.site.target);
    change.then = recorded->before;
    if (!recorded->is_as_written(change.now) && change.changes()) {
      edits += unified_diff(change.site.target.text(), change.now.value_or(""), change.then.value_or(""));
    }
  }
  if (edits.empty()) return plan;
  stop(kRefused, edits +
                     "refused: others have edited it since, and the backup would undo that, as shown above; "
                     "meshdnsctl stub remove takes out our block alone");
}

Ended restore(const UndoFlags& flags) {
  const Name zone = zone_of(flags);
  const OutputForm form = form_or_stop(flags.output);
  check_flags(flags);
  Cluster cluster = value_or_stop(Cluster::open(flags.cluster), kFailed);
  const StubInstallation installation(cluster, flags.name_space, zone);
  const StubPlan plan = carry_out(
      cluster, installation, [&] { return plan_restore(installation, zone); }, flags.dry_run);
  if (flags.dry_run) return printed({"it would be restored", plan.places(), plan.diff()}, form);
  if (plan.changes_nothing()) return printed({"what the backup holds is in place already"}, form);
  return printed({"restored from the backup", plan.places(), {}, {}, restart_notes(read_dns(cluster, flags))}, form);
}

void add(CtlCommand& command, const std::shared_ptr<UndoFlags>& flags, Ended (*run)(const UndoFlags&)) {
  add_zone_flag(command, *flags);
  add_dns_flags(command, *flags);
  add_output_flag(command, flags->output);
  command.flag("--dry-run", flags->dry_run, "Print what would change, and change nothing");
  command.runs([flags, run] { return run(*flags); });
}

}  // namespace

void add_stub_remove(CtlCommand& stub) {
  CtlCommand command = stub.add("remove", "Take the zone's delegation out, and leave all else as it is",
                                "  # Of the cluster that kubectl speaks to\n"
                                "  meshdnsctl stub remove\n"
                                "\n"
                                "  # Of a file\n"
                                "  meshdnsctl stub remove --file Corefile\n");
  const auto flags = std::make_shared<UndoFlags>();
  command.option("--file", flags->file,
                 "A Corefile instead of a cluster; - for standard input; printed without the zone", "FILE");
  add(command, flags, remove);
}

void add_stub_restore(CtlCommand& stub) {
  CtlCommand command = stub.add("restore", "Put back, byte for byte, what stood there before stub install",
                                "  # Refused, with the difference, where others have edited it since\n"
                                "  meshdnsctl stub restore\n");
  add(command, std::make_shared<UndoFlags>(), restore);
}

}  // namespace meshdns
