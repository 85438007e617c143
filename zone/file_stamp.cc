#include "zone/file_stamp.h"

#include <sys/stat.h>

#include <algorithm>
#include <ctime>

namespace meshdns {
namespace {

// File systems stamp to some milliseconds, the worst (FAT) to two seconds.
constexpr int64_t kSettledAfter = 2'000'000'000;  // nanoseconds

int64_t nanoseconds(const timespec& time) { return int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec; }

}  // namespace

FileStamp FileStamp::of(const struct ::stat& status) {
  return {status.st_dev, status.st_ino, static_cast<uint64_t>(status.st_size), nanoseconds(status.st_mtim),
          nanoseconds(status.st_ctim)};
}

std::optional<FileStamp> FileStamp::at(const std::string& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) return std::nullopt;
  return of(status);
}

bool FileStamp::settled() const {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  return nanoseconds(now) - std::max(modified, changed) > kSettledAfter;
}

}  // namespace meshdns
