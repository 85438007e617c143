#include "server/server.h"

#include <algorithm>
#include <span>

#include "server/connection_limits.h"
#include "server/counters.h"
#include "server/sockets.h"
#include "server/transfers.h"
#include "server/worker.h"
#include "zone/directory.h"

namespace meshdns {
namespace {

/// Whether a socket on one keeps the other from being claimed.
bool overlap(const SocketAddress& a, const SocketAddress& b) {
  return a.port == b.port && a.address.is_v4() == b.address.is_v4() &&
         (a.address == b.address || a.address.is_unspecified() || b.address.is_unspecified());
}

}  // namespace

struct Server::State {
  State(Directory& zones, CopyZone copy_zone) : directory(zones), transfers(std::move(copy_zone)) {}

  Result<SocketAddress> listen(const SocketAddress& address, const State* before);

  Directory& directory;
  Transfers transfers;
  std::unique_ptr<ConnectionLimits> limits;
  std::vector<std::unique_ptr<Counters>> counters;
  std::vector<std::unique_ptr<Worker>> workers;
  std::vector<SocketsOn> sockets;  // the workers'
};

/// Opens a pair of sockets a worker, or more where `before` has more. Returns the address with its port.
Result<SocketAddress> Server::State::listen(const SocketAddress& address, const State* before) {
  const SocketsOn* shared = nullptr;
  bool ours = false;  // the claim would meet ourselves
  for (const SocketsOn& on : before == nullptr ? std::span<const SocketsOn>() : before->sockets) {
    if (on.address == address) shared = &on;
    ours = ours || overlap(on.address, address);
  }
  SocketsOn& on = sockets.emplace_back(SocketsOn{address, {}});
  const size_t count = std::max(workers.size(), shared == nullptr ? 0 : shared->pairs.size());
  for (size_t i = 0; i < count; ++i) {
    const bool has = shared != nullptr && i < shared->pairs.size();
    const auto pair = has             ? share_sockets(shared->pairs[i])
                      : ours || i > 0 ? open_sockets(on.address)
                                      : claim_sockets(on.address);
    if (!pair) return Error{pair.error()};
    on.pairs.push_back(*pair);
    if (const auto opened = workers[i % workers.size()]->listen(on.address, *pair); !opened)
      return Error{opened.error()};
  }
  return on.address;
}

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
    const auto opened = state_->listen(address, options.before == nullptr ? nullptr : options.before->state_.get());
    if (!opened) return Error{opened.error()};
    listening.push_back(*opened);
  }
  for (const auto& worker : state_->workers) worker->start();
  return listening;
}

void Server::begin_stop(bool superseded) {
  for (const auto& worker : state_->workers) worker->begin_end(superseded);
}

void Server::stop() {
  begin_stop(false);
  state_->transfers.stop();
  state_->workers.clear();
}

const std::vector<std::unique_ptr<Counters>>& Server::counters() const { return state_->counters; }

}  // namespace meshdns
