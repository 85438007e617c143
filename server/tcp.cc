#include "server/tcp.h"

#include <algorithm>

#include "server/mailbox.h"
#include "server/worker_context.h"

namespace meshdns {
namespace {

constexpr int kBacklog = 511;
constexpr size_t kReadSize = 16384;  // octets a read: dozens of pipelined queries

uint64_t milliseconds(std::chrono::milliseconds duration) { return static_cast<uint64_t>(duration.count()); }

}  // namespace

TcpListener::TcpListener(uv_loop_t& loop, int fd, ConnectionLimits& limits, WorkerContext& context)
    : loop_(loop), limits_(limits), context_(context), input_(kReadSize) {
  output_.bytes.resize(kFlush + 2 + kMessage);
  uv_tcp_init(&loop, &listener_);
  uv_tcp_open(&listener_, fd);
  listener_.data = this;
  uv_timer_init(&loop, &timer_);
  timer_.data = this;
}

TcpListener::~TcpListener() = default;

int TcpListener::listen() {
  // A tenth of the shortest deadline: nothing is closed much later than it should be.
  const uint64_t period =
      std::max<uint64_t>(milliseconds(std::min(context_.limits.tcp_idle, context_.limits.tcp_message)) / 10, 5);
  uv_timer_start(
      &timer_, [](uv_timer_t* timer) { static_cast<TcpListener*>(timer->data)->close_late(); }, period, period);
  return uv_listen(reinterpret_cast<uv_stream_t*>(&listener_), kBacklog, [](uv_stream_t* server, int status) {
    if (status == 0) static_cast<TcpListener*>(server->data)->accept();
  });
}

void TcpListener::close() {
  draining_ = true;
  uv_close(reinterpret_cast<uv_handle_t*>(&listener_), nullptr);
  while (!idle_.empty()) idle_.front()->close();
  end_when_drained();
}

void TcpListener::end_when_drained() {
  if (!draining_ || !busy_.empty() || uv_is_closing(reinterpret_cast<uv_handle_t*>(&timer_)) != 0) return;
  uv_close(reinterpret_cast<uv_handle_t*>(&timer_), nullptr);
}

// Who may connect ----------------------------------------------------------------------------------------------------

void TcpListener::accept() {
  idle_.push_back(std::make_unique<TcpConnection>(*this, loop_, context_));
  TcpConnection& connection = *idle_.back();
  connection.place_ = std::prev(idle_.end());
  connection.since_ = uv_now(&loop_);
  if (connection.accept(reinterpret_cast<uv_stream_t*>(&listener_)) != 0 || !admit(connection)) {
    connection.close();
    return;
  }
  context_.counters.tcp_connections.store(context_.counters.tcp_connections.load(std::memory_order_relaxed) + 1,
                                          std::memory_order_relaxed);
  connection.start();
}

bool TcpListener::admit(TcpConnection& connection) {
  const auto [seat, displaced] = limits_.open(connection.client(), uv_hrtime(), *this);
  if (seat == nullptr || displaced) bump(context_.counters.tcp_refused);
  connection.seat_ = seat;
  return seat != nullptr;
}

/// Whatever it is doing by now: its place is taken.
void TcpListener::seat_lost(uint64_t number) {
  context_.mailbox.post([this, number] {
    for (const TcpConnection::List* connections : {&idle_, &busy_}) {
      const auto has_it = [number](const auto& each) {
        return each->seat_ != nullptr && each->seat_->number() == number;
      };
      const auto found = std::ranges::find_if(*connections, has_it);
      if (found != connections->end()) return (*found)->close();
    }
  });
}

// For how long -------------------------------------------------------------------------------------------------------

void TcpListener::connection_goes_on(TcpConnection& connection, bool progress) {
  const bool busy = connection.is_busy();
  if (!busy && draining_) return connection.close();
  if (busy) connection.seat_->set_busy();
  // Still the same message; or, as we end, the next one, for which we do not wait longer.
  if (busy && connection.in_busy_ && (!progress || draining_)) return;
  (busy ? busy_ : idle_)
      .splice(busy ? busy_.end() : idle_.end(), connection.in_busy_ ? busy_ : idle_, connection.place_);
  connection.in_busy_ = busy;
  connection.since_ = uv_now(&loop_);
}

void TcpListener::connection_closes(TcpConnection& connection) {
  closing_.splice(closing_.end(), connection.in_busy_ ? busy_ : idle_, connection.place_);
  if (connection.seat_ == nullptr) return;
  limits_.closed(*std::exchange(connection.seat_, nullptr));
  context_.counters.tcp_connections.store(context_.counters.tcp_connections.load(std::memory_order_relaxed) - 1,
                                          std::memory_order_relaxed);
}

void TcpListener::connection_closed(TcpConnection& connection) {
  closing_.erase(connection.place_);
  end_when_drained();
}

void TcpListener::close_late() {
  const auto is_late = [now = uv_now(&loop_)](const auto& connection, std::chrono::milliseconds allowed) {
    return connection->since_ + milliseconds(allowed) <= now;
  };
  while (!idle_.empty() && is_late(idle_.front(), context_.limits.tcp_idle)) idle_.front()->close();
  while (!busy_.empty() && is_late(busy_.front(), context_.limits.tcp_message)) {
    TcpConnection& connection = *busy_.front();
    if (connection.transfer_moves() && !draining_) {
      connection_goes_on(connection, true);
    } else {
      connection.close();
    }
  }
}

}  // namespace meshdns
