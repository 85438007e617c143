#pragma once

// One manifest file on disk, read again when it changes.
//
// Threads: the control thread alone. Reading blocks it: some 200 ms a MiB, nearly all of it for YAML.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "k8s/istio/service_entry.h"
#include "zone/file_stamp.h"
#include "zone/sources.h"

namespace meshdns {

class ManifestFile {
 public:
  explicit ManifestFile(std::string path) : path_(std::move(path)) {}

  const std::string& path() const { return path_; }

  /// Whether it has been read to its end, now or at an earlier time.
  bool was_read() const { return was_read_; }

  /// Whether it has to be read (again): it looks other than when it was read last, or was too young then to tell.
  bool looks_changed() const;

  /// The ServiceEntries in the file, in order. One that has no usable name is named for its place and unusable.
  /// Nothing where the content is as it was and `always` is not set; nor where the file cannot be read or is no good
  /// YAML: that is logged, when the reason is a new one, and counted at `source`.
  std::optional<std::vector<ServiceEntry>> read(Source& source, bool always);

 private:
  std::optional<std::string> content(Source& source);
  void fail(Source& source, const std::string& error);

  std::string path_;
  std::optional<FileStamp> stamp_;  // when it was read last; nothing: it has to be read
  size_t hash_ = 0;                 // of the content
  bool was_read_ = false;
  std::string error_;  // that was logged last; empty after a good read
};

}  // namespace meshdns
