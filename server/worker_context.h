#pragma once

// What the sockets of one worker share. For that worker's thread.

#include <cstdint>
#include <span>

#include "server/counters.h"
#include "server/responder.h"
#include "server/server.h"
#include "zone/epochs.h"

namespace meshdns {

class Mailbox;
class Transfers;

struct WorkerContext {
  Responder& responder;
  Counters& counters;
  Epochs::Reader& reader;
  const ServerLimits& limits;
  QueryLog query_log;
  Transfers& transfers;  // all workers'
  Mailbox& mailbox;      // this worker's
};

}  // namespace meshdns
