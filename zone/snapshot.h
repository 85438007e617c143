#pragma once

// The last known data, as octets to be kept across restarts: what every source publishes, and the zones' serials.
//
//   "meshdns\n" │ version │ SHA-256 of all that follows │ taken │ shape │ zones: (apex, serial) │ sources: (identity, …, publications)
//
// Numbers are in network byte order, lists and texts follow their length. What was skipped is not in it: that explains, it does not
// answer. The digest tells a torn file, not a forged one: whoever may write to the file decides what is answered, and so the content
// is checked to be what the catalog may be given.
//
// Threads: any; values.

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "zone/name.h"
#include "zone/publication.h"
#include "zone/result.h"

namespace meshdns {

/// SHA-256.
using Digest = std::array<uint8_t, 32>;
Digest digest_of(std::span<const uint8_t> octets);

/// What stands before the publications.
struct SnapshotHead {
  struct Serial {
    Name apex;
    uint32_t serial;
    bool operator==(const Serial&) const = default;
  };

  int64_t taken = 0;  // Unix seconds
  Digest shape{};     // of the rules by which objects became publications: under others they would be others
  std::vector<Serial> serials;
  bool operator==(const SnapshotHead&) const = default;
};

/// What stands before the publications of a source.
struct SnapshotSource {
  std::string identity;  // what makes it the same source after a restart
  int64_t as_of =
      0;  // Unix seconds: when its data was what the source had; before `taken` where the source has been away since
  bool whole = false;  // its data was all that it had
  uint32_t publications = 0;
  bool operator==(const SnapshotSource&) const = default;
};

/// Writes a snapshot from front to back: each source, and behind it as many publications as it says.
class SnapshotWriter {
 public:
  /// `octets`: about how many there will be.
  SnapshotWriter(const SnapshotHead& head, size_t sources, size_t octets);

  void source(const SnapshotSource& source);
  void publication(const Publication& publication);

  std::vector<uint8_t> finish();

 private:
  std::vector<uint8_t> out_;
};

class Snapshot {
 public:
  /// Checks all of it; afterwards nothing in it is a surprise. The error: what is wrong with it.
  static Result<Snapshot> read(std::string octets);

  const SnapshotHead& head() const { return head_; }
  const std::vector<SnapshotSource>& sources() const { return sources_; }

  /// Visits the publications of the source with that index, in the order in which they were written.
  void for_each(size_t source, const std::function<void(Publication)>& visit) const;

 private:
  std::string octets_;
  SnapshotHead head_;
  std::vector<SnapshotSource> sources_;
  std::vector<size_t> offsets_;  // of each source's publications
};

}  // namespace meshdns
