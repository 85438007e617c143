#pragma once

// By what a file shows that it has changed, without being read. Any thread.

#include <cstdint>
#include <optional>
#include <string>

struct stat;  // sys/stat.h

namespace meshdns {

/// What an edit changes at least one of, the content aside.
struct FileStamp {
  uint64_t device = 0, inode = 0, size = 0;
  int64_t modified = 0, changed = 0;  // nanoseconds since 1970

  static FileStamp of(const struct ::stat& status);

  /// Nothing where no file can be seen.
  static std::optional<FileStamp> at(const std::string& path);

  /// Whether an edit from now on gives another stamp: one right behind another may not.
  bool settled() const;

  bool operator==(const FileStamp&) const = default;
};

}  // namespace meshdns
