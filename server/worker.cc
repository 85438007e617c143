#include "server/worker.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "server/connection_limits.h"
#include "server/sockets.h"
#include "server/tcp.h"
#include "server/udp.h"
#include "zone/directory.h"

namespace meshdns {
namespace {

ResponderOptions responder_options(const ServerOptions& options) {
  constexpr std::chrono::milliseconds kKeepaliveUnit{100};
  constexpr auto kLongest = std::numeric_limits<uint16_t>::max() * kKeepaliveUnit;
  return {.udp_size = options.limits.udp_size,
          .keepalive = static_cast<uint16_t>(std::min(options.limits.tcp_idle, kLongest) / kKeepaliveUnit),
          .cookies = options.cookies,
          .transfer_allow = options.transfer_allow,
          .identity = options.identity};
}

}  // namespace

Worker::Worker(Directory& directory, const ServerOptions& options, ConnectionLimits& limits, Transfers& transfers,
               Counters& counters)
    : limits_(options.limits),
      connection_limits_(limits),
      reader_(directory.epochs()),
      responder_(directory, counters, responder_options(options)),
      context_{responder_, counters, reader_, limits_, options.query_log, transfers, mailbox_} {}

Worker::~Worker() {
  if (!open_) return;
  begin_end(false);
  end();
  uv_loop_close(&loop_);
}

Result<std::monostate> Worker::open() {
  const auto failure = [](int error) { return Error{std::string("cannot start a worker: ") + uv_strerror(error)}; };
  if (const int error = uv_loop_init(&loop_)) return failure(error);
  if (const int error = mailbox_.open(loop_)) {
    uv_loop_close(&loop_);
    return failure(error);
  }
  open_ = true;
  return std::monostate();
}

Result<std::monostate> Worker::listen(const SocketAddress& address, const SocketPair& sockets) {
  udp_.push_back(std::make_unique<UdpListener>(loop_, sockets.udp, address.address.is_unspecified(), context_));
  tcp_.push_back(std::make_unique<TcpListener>(loop_, sockets.tcp, connection_limits_, context_));
  if (const int error = tcp_.back()->listen()) {
    return Error{"cannot listen on " + address.text() + " (TCP): " + uv_strerror(error)};
  }
  return std::monostate();
}

void Worker::start() {
  thread_ = std::thread([this] { uv_run(&loop_, UV_RUN_DEFAULT); });
  pthread_setname_np(thread_.native_handle(), "worker");
}

void Worker::begin_end(bool superseded) {
  if (open_ && !std::exchange(ending_, true)) mailbox_.post([this, superseded] { close_all(superseded); });
}

void Worker::end() {
  if (thread_.joinable()) {
    thread_.join();
  } else {
    uv_run(&loop_, UV_RUN_DEFAULT);  // never started: what was opened still has to be closed
  }
  mailbox_.close();
  uv_run(&loop_, UV_RUN_DEFAULT);
}

void Worker::close_all(bool superseded) {
  for (const auto& listener : udp_) listener->close(superseded);
  for (const auto& listener : tcp_) listener->close();
  mailbox_.let_loop_end();  // transfers that wait are told by it that there are none any more
}

}  // namespace meshdns
