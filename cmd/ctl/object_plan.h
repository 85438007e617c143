#pragma once

// Changes of objects in the clusters of a mesh, in the order in which they are to be made: rehearsed as a whole, made one by one, each only
// to the object as it was read.
//
//   plan ─▶ rehearse (the API server's dry run of each) ─▶ carry out ─┬─ done
//             ▲                                                      ├─ others were faster: plan again, which leaves what is done
//             └──────────────────────────────────────────────────────┘
//                                                                     └─ failed midway: what is there, what is not, how to go on
//
// Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#dry-run, RFC 6902

#include <chrono>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "cmd/ctl/change_report.h"
#include "cmd/ctl/mesh_cluster.h"

namespace meshdns {

/// Of one object. JSON texts.
struct ObjectChange {
  size_t cluster = 0;              // which of the clusters
  std::string object;              // "ServiceEntry bar/serverservice04-bar"
  std::string path;                // its own; where it is created, its collection's
  std::string resource_version{};  // as it was read; empty: it is created
  std::string uid{};
  std::string before{};  // empty: it is created
  std::string after{};   // empty: it is deleted
  std::string patch{};   // RFC 6902, in place of `after` as a whole; with a test of the resourceVersion
};

class ObjectPlan {
 public:
  /// The object's apiVersion, kind, and metadata.name and namespace are in `json`.
  void create(size_t cluster, MeshCluster& in, const ObjectKind& kind, const std::string& json);

  /// `json` in place of what was read; no change where it says the same.
  void replace(size_t cluster, const LiveObject& object, const std::string& json);

  /// `operations`, a JSON array, make `after` of what was read; the test of its resourceVersion is put in front. No change without
  /// operations.
  void patch(size_t cluster, const LiveObject& object, const std::string& operations, const std::string& after);

  void remove(size_t cluster, const LiveObject& object);

  /// What the user should know besides.
  void note(std::string text) { notes_.push_back(std::move(text)); }

  const std::vector<ObjectChange>& changes() const { return changes_; }
  const std::vector<std::string>& notes() const { return notes_; }

 private:
  std::vector<ObjectChange> changes_;
  std::vector<std::string> notes_;
};

/// What a command plans and says.
struct ObjectCommand {
  std::vector<MeshCluster>& clusters;
  std::function<ObjectPlan()> plan;  // reads what there is; called again after conflicts
  std::string done;                  // a sentence without a full stop: "the route is there"
  std::string undo;                  // the command that undoes it, for where it fails midway; empty: none does
  bool dry_run = false;
  // Of objects that routes name: how long sidecars are given to hear of them before the command ends, and before a deletion to hear that no
  // route names them any more.
  std::chrono::milliseconds settle{0};
};

/// Carries it out, or rehearses it. Stops with kRefused where an API server or a webhook of its finds an object wrong, else with kFailed: before
/// anything is changed, if the rehearsal shows it; else the text says which objects are there, which not, and what finishes or undoes it.
/// A dry run that a webhook refuses is a note beside the difference as we know it.
ChangeReport carry_out(const ObjectCommand& command);

}  // namespace meshdns
