#pragma once

// A zone at one moment: the pointers to its owners, and the epoch in which they live. At a million names the copy takes 8 MB; what it
// is used for may take its time, as the zone goes on changing beside it.
//
// The writer only says when the moment is, and from then on writes down what comes and goes. Another thread walks over the owners
// meanwhile, takes out what came, and puts back what went: the writer never waits for the size of the zone.
//
// Threads: made by any but the writer's; used and destroyed on any one.

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "zone/epochs.h"
#include "zone/name.h"
#include "zone/owner_index.h"

namespace meshdns {

class OwnerNode;
class OwnerTree;
class Zone;

class ZoneCopy {
 public:
  /// Has the zone's writer do something between two batches, and waits for it. False where it was not done in time; it may then be done
  /// later.
  using OnWriter = std::function<bool(std::function<void()>)>;

  /// May take as long as OnWriter does, twice. `zone` and `epochs` must outlive the copy. Null where the writer was busy.
  static std::shared_ptr<const ZoneCopy> make(const Zone& zone, Epochs& epochs, const OnWriter& on_writer);

  ZoneCopy(const Zone& zone, Epochs& epochs) : zone_(zone), reader_(epochs) {}
  ~ZoneCopy() { reader_.leave(); }
  ZoneCopy(const ZoneCopy&) = delete;
  ZoneCopy& operator=(const ZoneCopy&) = delete;

  const Zone& zone() const { return zone_; }
  const Name& apex() const;
  uint32_t serial() const { return serial_; }

  /// All owners, the apex first, the others in no order. Empty non-terminals are among them. None of a zone without a tree.
  std::span<const OwnerNode* const> owners() const { return owners_; }

 private:
  void begin();
  void walk();
  void end();
  void undo_changes();

  const Zone& zone_;
  uint32_t serial_ = 0;
  Epochs::Reader reader_;
  const OwnerTree* tree_ = nullptr;  // that of the moment; retired, it lives as long as the epoch
  std::vector<const OwnerNode*> owners_;
  std::shared_ptr<OwnerChanges> recording_;  // the writer's, from begin() to end()
  OwnerChanges recorded_;
};

/// Makes a copy on a thread that is not the writer's; may block for seconds. Null where the writer did not answer in time.
using CopyZone = std::function<std::shared_ptr<const ZoneCopy>(const Zone&)>;

}  // namespace meshdns
