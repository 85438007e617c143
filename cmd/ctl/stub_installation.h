#pragma once

// The stub domain in the cluster's ConfigMaps: what has to be changed, in which order, and back again. An order that may be cut off
// anywhere: the record first, then the keys; on the way back the keys first, then the record. Nothing is held in between, so what others
// edit meanwhile is read again and kept.
//
// Every function may end the command (stop.h): with kFailed where the API server does not do what it is asked, with kRefused where a text
// cannot be changed.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "cmd/ctl/config_maps.h"
#include "k8s/stub/stub_record.h"
#include "k8s/stub/stub_text.h"
#include "zone/result.h"

namespace meshdns {

class Cluster;

/// The record of an installation, and the ConfigMap that it was read from.
struct StoredRecord {
  ConfigMap map;
  std::optional<StubRecord> record;  // nothing: no installation
};

struct PlannedChange {
  StubSite site;
  ConfigMap map;   // as it was read
  bool created;    // the ConfigMap is ours
  KeyText before;  // without the stub domain
  KeyText kept;    // for the record: what stood there, with a block that was made by hand
  KeyText now;
  KeyText then;
  KeyText back{};  // what a roll-back returns to

  bool changes() const { return now != then; }
};

struct StubPlan {
  StoredRecord stored;
  std::vector<PlannedChange> changes;

  bool changes_nothing() const;
  bool is_recorded(const StubDomain& stub) const;  // verified, with these servers; or it was not we who installed
  std::vector<std::string> places() const;         // what changes
  std::string diff() const;                        // unified

  /// `earlier` was carried out in part before this was made: a roll-back returns to what stood there before either.
  void resume(const StubPlan& earlier);
};

class StubInstallation {
 public:
  /// `name_space`: of the record.
  StubInstallation(Cluster& cluster, std::string name_space, Name zone);

  /// What has to change so that the stub domain stands at `sites`.
  StubPlan plan_install(const std::vector<StubSite>& sites, const StubDomain& stub, const CorefileStyle& style) const;

  /// So that it stands at none of `sites`, nor anywhere that the record knows.
  StubPlan plan_remove(const std::vector<StubSite>& sites) const;

  /// Asks the API server whether it would take it; changes nothing.
  void rehearse(const StubPlan& plan, const StubDomain& stub) const;

  /// Writes record and keys. kConflict: others were faster with some of it, plan again.
  Change install(const StubPlan& plan, const StubDomain& stub) const;

  /// Writes keys and deletes the record.
  Change remove(const StubPlan& plan) const;

  /// Notes that the installation has come to its end.
  void confirm() const;

  /// Back to what stood there when `plan` was made, but for what others have edited since.
  void roll_back(const StubPlan& plan) const;

 private:
  StoredRecord read_record() const;
  PlannedChange look_at(const StubSite& site, const StoredRecord& stored) const;
  Change write_record(const StoredRecord& stored, const StubRecord& record, bool dry_run) const;
  Change carry_out(const PlannedChange& change) const;

  Cluster& cluster_;
  const std::string name_space_;
  const Name zone_;
};

/// Calls `attempt` until others are not faster any more.
void until_done(Cluster& cluster, const std::function<Change()>& attempt);

}  // namespace meshdns
