#include "cmd/ctl/stub_installation.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "cmd/ctl/cluster.h"
#include "cmd/ctl/stop.h"
#include "cmd/ctl/unified_diff.h"
#include "cmd/text_value.h"

namespace meshdns {
namespace {

// Others who edit are people or controllers: they do not come back within milliseconds for ever.
constexpr int kAttempts = 50;
constexpr std::chrono::milliseconds kPause{100};

StubForm form_of(const StubTarget& target) {
  if (target.key == "stubDomains") return StubForm::kStubDomains;
  return target.key == "Corefile" ? StubForm::kCorefile : StubForm::kServerFile;
}

/// Whether nothing is left of a ConfigMap that we have made.
bool is_emptied(const PlannedChange& change) {
  return change.created && !change.then && change.map.exists() && change.map.data.size() == (change.now ? 1 : 0);
}

/// What others have edited since, without what we have written: the servers of before, or none.
KeyText without_ours(const PlannedChange& change, const PlannedChange& now, const Name& zone) {
  const auto servers = stub_servers(change.site.form, change.back, zone);
  if (!servers || !*servers) return now.before;
  StubDomain stub{zone, {}};
  for (const std::string& text : **servers) {
    if (const auto server = parse_dns_server(text)) stub.servers.push_back(*server);
  }
  auto with = with_stub(change.site.form, now.now, stub, {});
  return with ? *std::move(with) : now.before;
}

void require_mutable(const PlannedChange& change) {
  if (!change.map.immutable || !change.changes()) return;
  stop(kRefused, "ConfigMap " + change.map.name_space + "/" + change.map.name +
                     " is immutable: whoever made it has to replace it by another");
}

StubRecord record_of(const StubPlan& plan, const StubDomain& stub) {
  StubRecord record{stub.zone.text(), stub.server_texts(), false, {}};
  for (const PlannedChange& change : plan.changes) {
    record.changes.push_back({change.site.target, change.created, change.kept, text_hash(change.then.value_or(""))});
  }
  return record;
}

}  // namespace

bool StubPlan::changes_nothing() const { return std::ranges::none_of(changes, &PlannedChange::changes); }

bool StubPlan::is_recorded(const StubDomain& stub) const {
  if (!stored.record) return true;
  return stored.record->verified && stored.record->has_servers(stub.server_texts());
}

std::vector<std::string> StubPlan::places() const {
  std::vector<std::string> all;
  for (const PlannedChange& change : changes) {
    if (change.changes()) all.push_back(change.site.target.text());
  }
  return all;
}

std::string StubPlan::diff() const {
  std::string all;
  for (const PlannedChange& change : changes) {
    all += unified_diff(change.site.target.text(), change.now.value_or(""), change.then.value_or(""));
  }
  return all;
}

void StubPlan::resume(const StubPlan& earlier) {
  stored = earlier.stored;
  for (PlannedChange& change : changes) {
    const auto is_it = [&](const PlannedChange& each) { return each.site.target == change.site.target; };
    const auto last = std::ranges::find_if(earlier.changes, is_it);
    if (last == earlier.changes.end()) continue;
    if (last->back == last->before) {
      change.back = change.before;
    } else if (change.now == last->then) {
      change.back = last->back;
    }
  }
}

StubInstallation::StubInstallation(Cluster& cluster, std::string name_space, Name zone)
    : cluster_(cluster), name_space_(std::move(name_space)), zone_(std::move(zone)) {}

// ---- plans

StoredRecord StubInstallation::read_record() const {
  auto map = value_or_stop(read_config_map(cluster_, name_space_, record_name(zone_)), kFailed);
  if (!map.exists()) return {std::move(map), {}};
  const std::string where = "ConfigMap " + map.name_space + "/" + map.name + ": ";
  auto record = value_or_stop(parse_record(map.data), kRefused, where);
  const auto zone = Name::parse(record.zone);
  if (!zone || *zone != zone_) {
    stop(kRefused, where + "found the backup of the zone " + quote(record.zone) + ", expected that of " + zone_.text() +
                       "; remove the one before the other is installed");
  }
  return {std::move(map), std::move(record)};
}

/// What stands there now, and what stood or would stand there without us.
PlannedChange StubInstallation::look_at(const StubSite& site, const StoredRecord& stored) const {
  auto map = value_or_stop(read_config_map(cluster_, site.target.name_space, site.target.config_map), kFailed);
  const RecordedChange* change = stored.record ? stored.record->change_of(site.target) : nullptr;
  const bool created = !map.exists() || (change != nullptr && change->created);
  KeyText now = map.text(site.target.key);
  const bool as_written = change != nullptr && change->is_as_written(now);
  const bool untouched = change == nullptr || now == change->before;
  KeyText before = value_or_stop(without_stub(site.form, as_written ? change->before : now, zone_), kRefused,
                                 site.target.text() + ": ");
  KeyText kept = as_written ? change->before : untouched ? now : before;
  const bool cut_off = as_written && !stored.record->verified;
  KeyText back = cut_off ? kept : now;
  return {site, std::move(map), created, std::move(before), std::move(kept), std::move(now), {}, std::move(back)};
}

StubPlan StubInstallation::plan_install(const std::vector<StubSite>& sites, const StubDomain& stub,
                                        const CorefileStyle& style) const {
  StubPlan plan{read_record(), {}};
  for (const StubSite& site : sites) {
    PlannedChange change = look_at(site, plan.stored);
    change.then = value_or_stop(with_stub(site.form, change.now, stub, style), kRefused, site.target.text() + ": ");
    require_mutable(change);
    plan.changes.push_back(std::move(change));
  }
  return plan;
}

StubPlan StubInstallation::plan_remove(const std::vector<StubSite>& sites) const {
  StubPlan plan{read_record(), {}};
  std::vector<StubSite> all = sites;
  for (const RecordedChange& change :
       plan.stored.record ? plan.stored.record->changes : std::vector<RecordedChange>()) {
    if (std::ranges::find(all, change.target, &StubSite::target) == all.end()) {
      all.push_back({change.target, form_of(change.target)});
    }
  }
  for (const StubSite& site : all) {
    PlannedChange change = look_at(site, plan.stored);
    change.then = change.before;
    require_mutable(change);
    plan.changes.push_back(std::move(change));
  }
  return plan;
}

// ---- what is written

Change StubInstallation::write_record(const StoredRecord& stored, const StubRecord& record, bool dry_run) const {
  std::string json = record_json(record, name_space_, stored.map.resource_version);
  return value_or_stop(write_config_map(cluster_, stored.map, std::move(json), dry_run), kFailed);
}

void StubInstallation::rehearse(const StubPlan& plan, const StubDomain& stub) const {
  write_record(plan.stored, record_of(plan, stub), true);
  for (const PlannedChange& change : plan.changes) {
    if (change.changes()) {
      value_or_stop(change_key(cluster_, change.map, change.site.target.key, change.then, true), kFailed);
    }
  }
}

Change StubInstallation::install(const StubPlan& plan, const StubDomain& stub) const {
  if (write_record(plan.stored, record_of(plan, stub), false) == Change::kConflict) return Change::kConflict;
  for (const PlannedChange& change : plan.changes) {
    if (change.changes() && carry_out(change) == Change::kConflict) return Change::kConflict;
  }
  return Change::kDone;
}

/// From `now` to `then`.
Change StubInstallation::carry_out(const PlannedChange& change) const {
  if (is_emptied(change)) return value_or_stop(delete_config_map(cluster_, change.map), kFailed);
  if (!change.changes()) return Change::kDone;
  return value_or_stop(change_key(cluster_, change.map, change.site.target.key, change.then, false), kFailed);
}

Change StubInstallation::remove(const StubPlan& plan) const {
  for (const PlannedChange& change : plan.changes) {
    if (carry_out(change) == Change::kConflict) return Change::kConflict;
  }
  if (!plan.stored.map.exists()) return Change::kDone;
  return value_or_stop(delete_config_map(cluster_, plan.stored.map), kFailed);
}

void StubInstallation::confirm() const {
  until_done(cluster_, [this] {
    const StoredRecord stored = read_record();
    if (!stored.record) stop(kFailed, "somebody has removed the stub domain meanwhile: its backup is gone");
    StubRecord verified = *stored.record;
    verified.verified = true;
    return write_record(stored, verified, false);
  });
}

void StubInstallation::roll_back(const StubPlan& plan) const {
  for (const PlannedChange& change : plan.changes) {
    until_done(cluster_, [&] {
      PlannedChange back = look_at(change.site, plan.stored);
      back.created = change.created;
      back.then = back.now == change.then ? change.back : without_ours(change, back, zone_);
      return back.now == change.back ? Change::kDone : carry_out(back);
    });
  }
  const bool delegated =
      std::ranges::any_of(plan.changes, [](const PlannedChange& change) { return change.back != change.before; });
  const bool stays = plan.stored.record && (plan.stored.record->verified || delegated);
  until_done(cluster_, [&] {
    const StoredRecord stored = read_record();
    if (stays) return write_record(stored, *plan.stored.record, false);
    return stored.map.exists() ? value_or_stop(delete_config_map(cluster_, stored.map), kFailed) : Change::kDone;
  });
}

void until_done(Cluster& cluster, const std::function<Change()>& attempt) {
  for (int i = 0; i < kAttempts; ++i) {
    if (i > 0) cluster.wait(kPause);
    if (attempt() == Change::kDone) return;
  }
  stop(kFailed, "others edit the same ConfigMaps all the time; try again when they are done");
}

}  // namespace meshdns
