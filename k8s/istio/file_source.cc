#include "k8s/istio/file_source.h"

#include <optional>
#include <utility>

#include "k8s/api/file_watch.h"
#include "k8s/istio/manifest_files.h"

namespace meshdns {

using std::chrono::milliseconds;

class FileSource::Impl {
 public:
  Impl(uv_loop_t* loop, EntryFeed feed, milliseconds poll)
      : feed_(std::move(feed)),
        watch_(
            loop, "source " + feed_.source().name(), poll, [this] { feed_.event(); }, [this] { check(); }) {}

  std::optional<std::string> open(const std::string& path) {
    auto files = ManifestFiles::at(path, feed_);
    if (!files) return files.error();
    files_.emplace(*std::move(files));
    return std::nullopt;
  }

  void start() {
    list_ = feed_.begin_list();  // what a snapshot has and no file any more goes when all files have been read
    check();
  }

  void check() {
    watch_.watch({files_->directory()});
    feed_.event();
    files_->check();
    feed_.flush();
    if (!synced_ && files_->all_read()) {
      synced_ = true;
      for (const std::string& object : feed_.finish_list(list_, "")) feed_.remove(object);
      feed_.flush();
      feed_.set_synced();
    }
  }

 private:
  EntryFeed feed_;
  FileWatch watch_;
  std::optional<ManifestFiles> files_;
  bool synced_ = false;
  uint32_t list_ = 0;  // the first reading of all files
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

void FileSource::start() { impl_->start(); }

}  // namespace meshdns
