#include "server/tcp_connection.h"

#include <algorithm>
#include <chrono>

#include "server/query_log.h"
#include "server/socket_address.h"
#include "server/tcp.h"
#include "server/wire.h"
#include "server/worker_context.h"

namespace meshdns {
namespace {

using Clock = std::chrono::steady_clock;

constexpr size_t kLengthSize = 2;

}  // namespace

TcpConnection::TcpConnection(TcpListener& listener, uv_loop_t& loop, WorkerContext& context)
    : listener_(listener), context_(context) {
  uv_tcp_init(&loop, &handle_);
  handle_.data = this;
  write_.data = this;
}

int TcpConnection::accept(uv_stream_t* server) {
  if (const int error = uv_accept(server, stream())) return error;
  int size = sizeof peer_;
  if (const int error = uv_tcp_getpeername(&handle_, reinterpret_cast<sockaddr*>(&peer_), &size)) return error;
  const auto& peer = reinterpret_cast<const sockaddr&>(peer_);
  client_ = socket_address(peer).address;
  transport_ = peer.sa_family == AF_INET ? Transport::kTcp4 : Transport::kTcp6;
  return uv_tcp_nodelay(&handle_, 1);
}

void TcpConnection::start() {
  const auto allocate = [](uv_handle_t* handle, size_t, uv_buf_t* buffer) {
    const std::span<uint8_t> input = static_cast<TcpConnection*>(handle->data)->listener_.input();
    *buffer = uv_buf_init(reinterpret_cast<char*>(input.data()), static_cast<unsigned>(input.size()));
  };
  const auto read = [](uv_stream_t* stream, ssize_t size, const uv_buf_t*) {
    static_cast<TcpConnection*>(stream->data)->on_read(size);
  };
  uv_read_start(stream(), allocate, read);
}

void TcpConnection::close() {
  if (closing_) return;
  closing_ = true;
  listener_.connection_closes(*this);
  uv_close(reinterpret_cast<uv_handle_t*>(&handle_), [](uv_handle_t* handle) {
    auto& self = *static_cast<TcpConnection*>(handle->data);
    self.listener_.connection_closed(self);
  });
}

void TcpConnection::on_read(ssize_t size) {
  if (size == 0) return;
  // At a half close, too, all is done: every message that had come is answered, as nothing is read while replies wait.
  if (size < 0) return close();
  go_on(take(listener_.input().first(static_cast<size_t>(size))));
}

/// Answers what is complete of `bytes` behind what came before, and keeps the rest. Returns whether a message was complete.
bool TcpConnection::take(std::span<const uint8_t> bytes) {
  const Epochs::Guard guard(context_.reader);
  size_t answered;
  if (partial_.empty()) {
    answered = answer_messages(bytes);
    partial_.assign(bytes.begin() + static_cast<ptrdiff_t>(answered), bytes.end());
  } else {
    partial_.insert(partial_.end(), bytes.begin(), bytes.end());
    answered = answer_messages(partial_);
    partial_.erase(partial_.begin(), partial_.begin() + static_cast<ptrdiff_t>(answered));
    if (partial_.empty()) partial_.shrink_to_fit();
  }
  return answered > 0;
}

/// Returns the octets of the messages that were answered, or dropped.
size_t TcpConnection::answer_messages(std::span<const uint8_t> bytes) {
  size_t at = 0;
  while (unsent_.empty() && bytes.size() - at >= kLengthSize) {
    const size_t size = get16(bytes.data() + at);
    if (bytes.size() - at - kLengthSize < size) break;
    const bool answered = answer(bytes.subspan(at + kLengthSize, size));
    at += kLengthSize + size;
    if (answered) continue;
    flush();
    close();
    return bytes.size();
  }
  flush();
  return at;
}

/// False where no answer is due, which over TCP means: close.
bool TcpConnection::answer(std::span<const uint8_t> message) {
  TcpListener::Output& output = listener_.output();
  const std::span<uint8_t> room = std::span(output.bytes).subspan(output.size, kLengthSize + TcpListener::kMessage);
  const auto start = Clock::now();
  const size_t size = context_.responder.respond(message, {transport_, reinterpret_cast<const sockaddr&>(peer_)},
                                                 room.subspan(kLengthSize));
  if (size == 0) return false;
  const auto duration = Clock::now() - start;
  context_.counters.duration.observe(duration);
  if (context_.query_log != QueryLog::kNone) {
    log_query(context_.query_log, reinterpret_cast<const sockaddr&>(peer_), transport_, message,
              room.subspan(kLengthSize, size), duration);
  }
  put16(room.data(), static_cast<unsigned>(size));
  output.size += kLengthSize + size;
  if (output.size >= TcpListener::kFlush) flush();
  return true;
}

/// RFC 7766 §8: length and message in one write, and the replies to one read as well.
void TcpConnection::flush() {
  TcpListener::Output& output = listener_.output();
  const size_t size = std::exchange(output.size, 0);
  if (size == 0 || closing_) return;
  uv_buf_t buffer = uv_buf_init(reinterpret_cast<char*>(output.bytes.data()), static_cast<unsigned>(size));
  const int written = uv_try_write(stream(), &buffer, 1);
  if (written < 0 && written != UV_EAGAIN) return close();
  const auto sent = static_cast<size_t>(std::max(written, 0));
  if (sent == size) return;

  unsent_.assign(output.bytes.begin() + static_cast<ptrdiff_t>(sent),
                 output.bytes.begin() + static_cast<ptrdiff_t>(size));
  uv_read_stop(stream());
  buffer = uv_buf_init(reinterpret_cast<char*>(unsent_.data()), static_cast<unsigned>(unsent_.size()));
  uv_write(&write_, stream(), &buffer, 1,
           [](uv_write_t* write, int status) { static_cast<TcpConnection*>(write->data)->on_written(status); });
}

void TcpConnection::on_written(int status) {
  unsent_.clear();
  unsent_.shrink_to_fit();
  if (closing_) return;
  if (status < 0) return close();
  take({});
  if (!unsent_.empty() || closing_) return go_on(true);
  start();
  go_on(true);
}

void TcpConnection::go_on(bool progress) {
  if (!closing_) listener_.connection_goes_on(*this, progress);
}

}  // namespace meshdns
