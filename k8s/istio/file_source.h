#pragma once

// The ServiceEntries in manifest files, watched for changes: by the directory's events, and by a look at the files'
// stamps every 10 s where a file system sends none. See ManifestFiles for what is read.
//
// The source has synced once each file that is there has been read: before that, a name that is not known may stand in
// the file that could not be read.
//
// Threads: the control thread alone, that of the loop.

#include <chrono>
#include <memory>
#include <string>

#include "k8s/istio/entry_feed.h"
#include "zone/result.h"

typedef struct uv_loop_s uv_loop_t;  // NOLINT(modernize-use-using): as uv.h declares it

namespace meshdns {

class FileSource {
 public:
  /// How often the files are looked at without an event.
  static constexpr std::chrono::seconds kPoll{10};

  /// The error: there is nothing at `path`.
  static Result<FileSource> open(uv_loop_t* loop, const std::string& path, EntryFeed feed,
                                 std::chrono::milliseconds poll = kPoll);

  /// Ends silently; the loop must run once more to close what it watched with.
  ~FileSource();
  FileSource(FileSource&&) noexcept;
  FileSource& operator=(FileSource&&) noexcept;

  /// Reads all there is, and watches from now on.
  void start();

 private:
  class Impl;
  explicit FileSource(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace meshdns
