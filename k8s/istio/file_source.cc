#include "k8s/istio/file_source.h"

#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <uv.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "k8s/api/timer.h"
#include "k8s/istio/manifest_files.h"

namespace meshdns {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// An edit comes as several events. Longer: answers lag behind edits. Shorter: files are read half written.
constexpr milliseconds kQuiet{100};
constexpr milliseconds kLongestQuiet{500};  // a directory in which something always moves is read all the same

/// Closed from the loop, which then frees it.
struct CloseEvents {
  void operator()(uv_fs_event_t* events) const {
    uv_close(reinterpret_cast<uv_handle_t*>(events),
             [](uv_handle_t* closed) { delete reinterpret_cast<uv_fs_event_t*>(closed); });
  }
};

}  // namespace

class FileSource::Impl {
 public:
  Impl(uv_loop_t* loop, EntryFeed feed, milliseconds poll)
      : feed_(std::move(feed)),
        poll_(poll),
        quiet_timer_(loop, [this] { check(); }),
        poll_timer_(loop, [this] { check(); }),
        events_(new uv_fs_event_t) {
    uv_fs_event_init(loop, events_.get());
    events_->data = this;
  }

  std::optional<std::string> open(const std::string& path) {
    auto files = ManifestFiles::at(path, feed_);
    if (!files) return files.error();
    files_.emplace(*std::move(files));
    return std::nullopt;
  }

  void check() {
    burst_.reset();
    quiet_timer_.stop();
    watch();
    feed_.event();
    files_->check();
    feed_.flush();
    if (!synced_ && files_->all_read()) {
      synced_ = true;
      feed_.set_synced();
    }
    poll_timer_.start(poll_);
  }

 private:
  /// Watches the directory; again where it is another one by now.
  void watch() {
    struct stat status {};
    const char* directory = files_->directory().c_str();
    if (stat(directory, &status) != 0) return;
    const std::pair<uint64_t, uint64_t> identity(status.st_dev, status.st_ino);
    if (watched_ == identity) return;
    uv_fs_event_stop(events_.get());
    const auto on_event = [](uv_fs_event_t* events, const char*, int, int) {
      static_cast<Impl*>(events->data)->on_event();
    };
    const int error = uv_fs_event_start(events_.get(), on_event, directory, 0);
    if (error != 0) {
      spdlog::warn("source {}: cannot watch {}: {}; changes are seen within {} s", feed_.source().name(), directory,
                   uv_strerror(error), std::chrono::ceil<std::chrono::seconds>(poll_).count());
    }
    watched_ = identity;
  }

  void on_event() {
    const auto now = steady_clock::now();
    if (!burst_) burst_ = now;
    feed_.event();
    quiet_timer_.start(std::min(kQuiet, std::chrono::ceil<milliseconds>(*burst_ + kLongestQuiet - now)));
  }

  EntryFeed feed_;
  const milliseconds poll_;
  Timer quiet_timer_;  // runs while a burst of events lasts
  Timer poll_timer_;
  std::unique_ptr<uv_fs_event_t, CloseEvents> events_;
  std::optional<ManifestFiles> files_;
  std::optional<steady_clock::time_point> burst_;         // when its first event came
  std::optional<std::pair<uint64_t, uint64_t>> watched_;  // device and inode
  bool synced_ = false;
};

FileSource::FileSource(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
FileSource::~FileSource() = default;
FileSource::FileSource(FileSource&&) noexcept = default;
FileSource& FileSource::operator=(FileSource&&) noexcept = default;

Result<FileSource> FileSource::open(uv_loop_t* loop, const std::string& path, EntryFeed feed, milliseconds poll) {
  auto impl = std::make_unique<Impl>(loop, std::move(feed), poll);
  if (const auto error = impl->open(path)) return Error{*error};
  return FileSource(std::move(impl));
}

void FileSource::start() { impl_->check(); }

}  // namespace meshdns
