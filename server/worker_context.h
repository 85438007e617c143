#pragma once

// What the sockets of one worker share. For that worker's thread.

#include <cstdint>
#include <span>

#include "server/counters.h"
#include "server/responder.h"
#include "server/server.h"
#include "zone/epochs.h"

namespace meshdns {

struct WorkerContext {
  Responder& responder;
  Counters& counters;
  Epochs::Reader& reader;
  const ServerLimits& limits;
  QueryLog query_log;
};

}  // namespace meshdns
