#pragma once

// A zone transfer (RFC 5936) as a file: the messages of an answer to AXFR, each with two octets of length before it (RFC 1035 §4.2.2),
// from the SOA to the SOA.
//
// A transfer lasts as long as its client likes to read, and the zone cannot be held for that long. So its messages are written once, to
// a file that has no name, and every client of that state of the zone reads the file. What differs from client to client is patched into
// each message as it leaves: the header's first four octets, and the question, which has the same length for all.
//
// Threads: made by one; afterwards constant, for all.

#include <atomic>
#include <cstdint>
#include <memory>

#include "zone/descriptor.h"
#include "zone/result.h"

namespace meshdns {

class ZoneCopy;

struct TransferImage {
  /// Octets of a message without its length; one of them and its length are a burst (transfer_stream.cc). Owner names in a message of 16 KiB
  /// can all be pointed to. A record that is larger gets a message of its own.
  static constexpr size_t kMessage = 16382;

  Descriptor file;
  uint64_t octets = 0;
  uint64_t records = 0;  // the SOA counts twice
  uint32_t serial = 0;

  /// Writes a file in $TMPDIR, or /tmp; takes a second or so for a million names. The error says what failed; that it was told to
  /// `stop`, too.
  static Result<std::shared_ptr<const TransferImage>> write(const ZoneCopy& zone, const std::atomic<bool>& stop);
};

}  // namespace meshdns
