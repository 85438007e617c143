#include "k8s/api/file_watch.h"

#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <uv.h>

#include <algorithm>

namespace meshdns {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// An edit comes as several events. Longer: answers lag behind edits. Shorter: files are read half written.
constexpr milliseconds kQuiet{100};
constexpr milliseconds kLongestQuiet{500};  // a directory in which something always moves is looked at all the same

}  // namespace

/// Closed from the loop, which then frees it.
void FileWatch::Close::operator()(uv_fs_event_t* events) const {
  uv_close(reinterpret_cast<uv_handle_t*>(events),
           [](uv_handle_t* closed) { delete reinterpret_cast<uv_fs_event_t*>(closed); });
}

FileWatch::FileWatch(uv_loop_t* loop, std::string who, milliseconds poll, std::function<void()> on_event,
                     std::function<void()> check)
    : loop_(loop),
      who_(std::move(who)),
      poll_(poll),
      on_event_(std::move(on_event)),
      check_(std::move(check)),
      quiet_timer_(loop, [this] { check_(); }),
      poll_timer_(loop, [this] { check_(); }) {}

FileWatch::~FileWatch() = default;

void FileWatch::watch(const std::set<std::string>& directories) {
  std::erase_if(watched_, [&](const auto& watched) { return !directories.contains(watched.first); });
  for (const std::string& directory : directories) watch_one(directory);
  burst_.reset();
  quiet_timer_.stop();
  poll_timer_.start(poll_);
}

void FileWatch::watch_one(const std::string& directory) {
  struct stat status {};
  if (stat(directory.c_str(), &status) != 0) return;
  const std::pair<uint64_t, uint64_t> identity(status.st_dev, status.st_ino);
  const auto known = watched_.find(directory);
  if (known != watched_.end() && known->second.identity == identity) return;
  Watched& watched = watched_[directory];
  watched.identity = identity;
  watched.events.reset(new uv_fs_event_t);
  uv_fs_event_init(loop_, watched.events.get());
  watched.events->data = this;
  const auto on_event = [](uv_fs_event_t* events, const char*, int, int) {
    static_cast<FileWatch*>(events->data)->on_event();
  };
  const int error = uv_fs_event_start(watched.events.get(), on_event, directory.c_str(), 0);
  if (error == 0) return;
  spdlog::warn("{}: cannot watch {}: {}; changes are seen within {} s", who_, directory, uv_strerror(error),
               std::chrono::ceil<std::chrono::seconds>(poll_).count());
}

void FileWatch::on_event() {
  const auto now = steady_clock::now();
  if (!burst_) burst_ = now;
  if (on_event_) on_event_();
  quiet_timer_.start(std::min(kQuiet, std::chrono::ceil<milliseconds>(*burst_ + kLongestQuiet - now)));
}

}  // namespace meshdns
