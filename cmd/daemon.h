#pragma once

// The running server: zones, sources, workers and the admin endpoints, wired together, and the signals.
//
//   SIGTERM, SIGINT   readiness fails at once; answers go on for `lameduck`, so that whoever looks for ready servers has time to see
//                     it; then what is in flight is finished. A second one ends the process on the spot.
//   SIGHUP            the configuration is read again. A wrong one changes nothing. Of a right one log.level and lameduck apply at
//                     once; for everything else the log says that it takes a restart. A mass withdrawal that is held is carried out.
//
// Threads: the calling one becomes the control thread.

#include <functional>
#include <string>

#include "cmd/config.h"
#include "zone/result.h"

namespace meshdns {

/// Serves until a signal ends it. Returns the exit code: 0 after a clean stop, 1 where something could not start, which the log
/// names. `reload` reads the configuration as it was read at the start.
int run_daemon(Config config, const std::string& version, const std::function<Result<Config>()>& reload);

}  // namespace meshdns
