#pragma once

// The admin endpoints, for probes, Prometheus and people:
//
//   /health          200 while the process works, in the lame duck too
//   /ready           200 once every required source has synced or a snapshot of it is served (a line says of which), else 503 and a line
//                    for each that has not; 503 in the lame duck
//   /metrics         metrics.h
//   /zones/NAME      the zone as a master file (zone_text.h), one reader at a time; only for clients within `allow`
//   /explain         ?name=NAME&type=A: why a name is answered as it is, JSON; only for clients within `allow`
//   /                a status page
//
// Threads: made and told by one thread, the control thread; stop() by any. /explain asks the control thread: it must run while explain()
// may be called, or explain() must give up. All other endpoints read atomics and wait for nobody.

#include <cstdint>
#include <memory>
#include <vector>

#include "server/admin_view.h"
#include "server/server.h"
#include "zone/address.h"
#include "zone/result.h"

namespace meshdns {

struct AdminOptions {
  SocketAddress listen;        // port 0: a free one
  std::vector<IpBlock> allow;  // who may read /zones and /explain
};

class AdminServer {
 public:
  /// Listens and serves. `before` is about to stop: where it was given the same address, its socket is shared. The error names address,
  /// port and reason.
  static Result<std::unique_ptr<AdminServer>> start(AdminOptions options, AdminView view,
                                                    const AdminServer* before = nullptr);

  ~AdminServer();  // stops
  AdminServer(const AdminServer&) = delete;
  AdminServer& operator=(const AdminServer&) = delete;

  uint16_t port() const;

  /// The lame duck begins: readiness fails from now on.
  void set_shutting_down();

  /// Accepts nothing more; stop() is due. Returns at once.
  void begin_stop();

  /// Finishes what is in flight and joins the threads: takes a second at most, and what explain() takes. Idle clients take all of it.
  void stop();

 private:
  struct State;
  explicit AdminServer(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

}  // namespace meshdns
