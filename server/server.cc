#include "server/server.h"

#include <algorithm>

#include "server/connection_limits.h"
#include "server/counters.h"
#include "server/sockets.h"
#include "server/transfers.h"
#include "server/worker.h"
#include "zone/directory.h"

namespace meshdns {

struct Server::State {
  State(Directory& zones, CopyZone copy_zone) : directory(zones), transfers(std::move(copy_zone)) {}

  Directory& directory;
  Transfers transfers;
  std::unique_ptr<ConnectionLimits> limits;
  std::vector<std::unique_ptr<Counters>> counters;
  std::vector<std::unique_ptr<Worker>> workers;
};

Server::Server(Directory& directory, CopyZone copy_zone)
    : state_(std::make_unique<State>(directory, std::move(copy_zone))) {}

Server::~Server() { stop(); }

Result<std::vector<SocketAddress>> Server::start(const ServerOptions& options) {
  state_->limits = std::make_unique<ConnectionLimits>(options.limits.tcp_connections, options.limits.tcp_per_client);
  for (unsigned i = 0; i < options.workers; ++i) {
    state_->counters.push_back(std::make_unique<Counters>(state_->directory.zones().size()));
    state_->workers.push_back(std::make_unique<Worker>(state_->directory, options, *state_->limits, state_->transfers,
                                                       *state_->counters.back()));
    if (const auto opened = state_->workers.back()->open(); !opened) return Error{opened.error()};
  }
  std::vector<SocketAddress> listening;
  for (const SocketAddress& address : options.listen) {
    const auto claimed = claim_port(address);
    if (!claimed) return Error{claimed.error()};
    for (const auto& worker : state_->workers) {
      if (const auto opened = worker->listen(*claimed); !opened) return Error{opened.error()};
    }
    listening.push_back(*claimed);
  }
  for (const auto& worker : state_->workers) worker->start();
  return listening;
}

void Server::stop() {
  for (const auto& worker : state_->workers) worker->begin_end();
  state_->transfers.stop();
  state_->workers.clear();
}

const std::vector<std::unique_ptr<Counters>>& Server::counters() const { return state_->counters; }

}  // namespace meshdns
