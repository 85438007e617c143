#pragma once

// The running server: the instance that answers (instance.h), and the signals.
//
//   SIGTERM, SIGINT   readiness fails at once; answers go on for `lameduck`, so that whoever looks for ready servers has time to see
//                     it; then what is in flight is finished. A second one ends the process on the spot.
//   SIGHUP            the configuration is read again. A wrong one changes nothing. Of a right one log and lameduck apply at once.
//                     Anything else makes a new instance, which takes the place of the old one as soon as it knows as much; where its
//                     sources, files or ports cannot be opened, the old one stays. With a right one, a mass withdrawal that is held is
//                     carried out.
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
