#pragma once

// When to look whether files have changed: after events of the directories that have them, once these have been quiet,
// and at intervals where a file system sends none. A ConfigMap's or Secret's update is an event of its mount (the
// ..data swap).
//
// Threads: that of the loop. It may be destroyed at any time but from its own calls; the loop must run once more to
// close it.

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "k8s/api/timer.h"

typedef struct uv_fs_event_s uv_fs_event_t;  // NOLINT(modernize-use-using): as uv.h declares it

namespace meshdns {

class FileWatch {
 public:
  /// How often files are looked at without an event.
  static constexpr std::chrono::seconds kPoll{10};

  /// `who` begins the log's lines. `on_event`, if any, is called with each event; `check` when it is time to look,
  /// which begins with watch().
  FileWatch(uv_loop_t* loop, std::string who, std::chrono::milliseconds poll, std::function<void()> on_event,
            std::function<void()> check);
  ~FileWatch();

  /// Watches these directories from now on, and no others; again where one is another directory by now.
  void watch(const std::set<std::string>& directories);

 private:
  struct Close {
    void operator()(uv_fs_event_t* events) const;
  };
  struct Watched {
    std::unique_ptr<uv_fs_event_t, Close> events;
    std::pair<uint64_t, uint64_t> identity;  // device and inode
  };

  void watch_one(const std::string& directory);
  void on_event();

  uv_loop_t* const loop_;
  const std::string who_;
  const std::chrono::milliseconds poll_;
  const std::function<void()> on_event_;
  const std::function<void()> check_;
  Timer quiet_timer_;  // runs while a burst of events lasts
  Timer poll_timer_;
  std::map<std::string, Watched> watched_;
  std::optional<std::chrono::steady_clock::time_point> burst_;  // when its first event came
};

}  // namespace meshdns
