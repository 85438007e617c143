#pragma once

// The ServiceEntries in manifest files, watched for changes. See FileWatch for when they are looked at, ManifestFiles
// for what is read.
//
// The source has synced once each file that is there has been read: before that, a name that is not known may stand in
// the file that could not be read.
//
// Threads: the control thread alone, that of the loop.

#include <chrono>
#include <memory>
#include <string>

#include "k8s/api/file_watch.h"
#include "k8s/istio/entry_feed.h"
#include "zone/result.h"

namespace meshdns {

class FileSource {
 public:
  /// The error: there is nothing at `path`.
  static Result<FileSource> open(uv_loop_t* loop, const std::string& path, EntryFeed feed,
                                 std::chrono::milliseconds poll = FileWatch::kPoll);

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
