#pragma once

// A zone at one moment: the pointers to its owners, and the epoch in which they live. At a million names the copy takes 8 MB and the
// writer some milliseconds; what it is used for may take its time, as the zone goes on changing beside it.
//
// Threads: made on the thread of the zone's writer, between two batches; used and destroyed on any one.

#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "zone/epochs.h"
#include "zone/name.h"

namespace meshdns {

class OwnerNode;
class Zone;

class ZoneCopy {
 public:
  /// All of it must outlive the copy.
  ZoneCopy(const Zone& zone, Epochs& epochs);
  ~ZoneCopy();
  ZoneCopy(const ZoneCopy&) = delete;
  ZoneCopy& operator=(const ZoneCopy&) = delete;

  const Zone& zone() const { return zone_; }
  const Name& apex() const;
  uint32_t serial() const { return serial_; }

  /// All owners, the apex first, the others in no order. Empty non-terminals are among them. None of a zone without a tree.
  std::span<const OwnerNode* const> owners() const { return {owners_.get(), count_}; }

 private:
  const Zone& zone_;
  const uint32_t serial_;
  Epochs::Reader reader_;
  std::unique_ptr<const OwnerNode*[]> owners_;
  size_t count_ = 0;
};

/// Asks the writer's thread for a copy, from any other thread; may block for seconds. Null where it did not answer in time.
using CopyZone = std::function<std::shared_ptr<const ZoneCopy>(const Zone&)>;

}  // namespace meshdns
