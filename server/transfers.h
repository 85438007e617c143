#pragma once

// Who waits for a zone transfer, and the images that are there to be transferred (transfer_image.h).
//
// A thread of low priority makes one image after the other: it asks the zone's writer for a copy of the zone's pointers, and writes the
// file. An image serves all who asked before its pointers were copied, and whoever asks while the zone's serial is still the same. It
// lives until the last of them has read it. At most kMostImages live; what would need another is refused: slow readers of many states
// of a large zone could fill a disk.
//
// Threads: any; what is asked for is handed over on the thread that makes it.

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "server/transfer_image.h"
#include "server/zone_copy.h"

namespace meshdns {

class Transfers {
 public:
  static constexpr size_t kMostImages = 4;

  /// Null: there is none, for a reason that stands in the log.
  using Image = std::shared_ptr<const TransferImage>;

  explicit Transfers(CopyZone copy_zone);
  ~Transfers();  // stops
  Transfers(const Transfers&) = delete;
  Transfers& operator=(const Transfers&) = delete;

  /// Calls `ready` when the zone's image is there, or cannot be. It may not block. Not at all where `asker` is gone by then.
  void ask(const Zone& zone, std::weak_ptr<const void> asker, std::function<void(const Image&)> ready);

  /// Ends the thread, and what it is doing: whoever waits gets no image, nor does who asks from now on. CopyZone must not block any
  /// more.
  void stop();

 private:
  struct Request {
    const Zone* zone;
    std::weak_ptr<const void> asker;
    std::function<void(const Image&)> ready;
  };

  void run();
  std::vector<Request> take_requests_for_one_zone();
  Image image_of(const Zone& zone);

  const CopyZone copy_zone_;
  std::atomic<bool> stopping_{false};
  std::mutex mutex_;
  std::condition_variable news_;
  std::vector<Request> waiting_;
  std::thread thread_;  // begins with the first request: most servers allow no transfers
  std::vector<std::pair<const Zone*, std::weak_ptr<const TransferImage>>> images_;  // the thread's
};

}  // namespace meshdns
