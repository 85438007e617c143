#pragma once

// A zone as a master file (RFC 1035 §5): $ORIGIN, the SOA, then all owners in canonical order (RFC 4034 §6.1), so that the files of
// two moments or of two replicas can be compared line by line. Empty non-terminals have no line.
//
// Threads: any, one at a time for one object. The constructor copies the zone's records (about 100 octets a name); afterwards nothing of
// the zone is used, however slowly the text is read.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace meshdns {

class OwnerNode;
class ZoneCopy;

class ZoneText {
 public:
  explicit ZoneText(const ZoneCopy& zone);

  /// Appends the next few hundred owners to `out`; whether more follows.
  bool next(std::string& out);

 private:
  // An owner in copies_: its name in wire form and, behind it, its records in answer form.
  struct Owner {
    size_t name;
    size_t records;
    size_t end;
  };

  void copy(const OwnerNode& node);
  void append(const Owner& owner, std::string& out) const;

  std::vector<uint8_t> copies_;
  std::vector<Owner> owners_;
  size_t next_ = 0;
  std::string origin_;
};

}  // namespace meshdns
