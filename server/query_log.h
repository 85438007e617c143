#pragma once

// The query log, in CoreDNS's common format: remote:port, id, "type class name proto size do bufsize", rcode, flags, size,
// duration. Off by default: it formats and allocates for every line.
//
// Threads: any; it hands lines to the asynchronous logger.

#include <sys/socket.h>

#include <chrono>
#include <cstdint>
#include <span>

#include "server/counters.h"
#include "server/server.h"

namespace meshdns {

/// Logs one exchange where `mode` wants it: kErrors all but NOERROR and NXDOMAIN. `query` was answered by `response`.
void log_query(QueryLog mode, const sockaddr& client, Transport transport, std::span<const uint8_t> query,
               std::span<const uint8_t> response, std::chrono::nanoseconds duration);

}  // namespace meshdns
