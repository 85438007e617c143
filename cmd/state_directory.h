#pragma once

// The directory in which a replica keeps its snapshot: one process at a time, a whole file or none.
//
//   DIR/lock          locked (flock) for as long as the process lives; says who it is
//   DIR/snapshot      the last that was written
//   DIR/snapshot.new  the next one on its way; left behind by a crash, it is removed
//
// A new snapshot is written aside, synced and renamed over the last, so that after a crash or on a full disk there is the last one
// or the new one. A disk that is full or cannot be written to is no reason not to serve: everything but another process in there and a path
// that is wrong is an error of write(), which tries everything again.
//
// Threads: open() and read() are for the control thread; the others for any.

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>

#include "zone/descriptor.h"
#include "zone/result.h"

namespace meshdns {

class StateDirectory {
 public:
  /// Makes the directory where its parent exists: a path that is wrong further up is a mistake, or a volume that is not mounted. One that
  /// this process has open, under whatever path, is shared: the lock would not tell us from others. The error: it is missing, no
  /// directory, or another process uses it.
  static Result<std::shared_ptr<StateDirectory>> open(const std::string& path);

  StateDirectory(const StateDirectory&) = delete;
  StateDirectory& operator=(const StateDirectory&) = delete;

  /// Why nothing could be written when that was tried last, as far as the lock tells; nothing where it could. Does not wait for a write.
  std::optional<Error> problem() const;

  std::string file() const { return path_ + "/snapshot"; }

  /// The snapshot's octets; nothing where there is none. The error is the bare reason.
  Result<std::optional<std::string>> read() const;

  /// Blocks until the disk has it. Where the directory has been removed since, makes and locks it again. The error: which file, and
  /// why; the snapshot from before is then still there.
  std::optional<Error> write(std::span<const uint8_t> octets);

 private:
  explicit StateDirectory(std::string path) : path_(std::move(path)) {}

  static Result<std::shared_ptr<StateDirectory>> open_first(const std::string& path);

  enum class Lock { kOurs, kTheirs, kNobodys };

  bool locked() const;
  Lock lock();
  Lock conclude(Lock lock, std::optional<Error> problem);
  std::optional<Error> write_aside(const std::string& path, std::span<const uint8_t> octets) const;

  const std::string path_;
  std::mutex writing_;
  Descriptor lock_;  // under writing_
  mutable std::mutex telling_;
  std::optional<Error> problem_;  // under telling_: why there is no lock
};

}  // namespace meshdns
