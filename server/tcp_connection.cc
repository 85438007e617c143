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

constexpr size_t kLengthSize = TcpFraming::kLengthSize;

}  // namespace

TcpConnection::TcpConnection(TcpListener& listener, uv_loop_t& loop, WorkerContext& context)
    : listener_(listener), loop_(loop), context_(context) {
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
  if (transfer_ != nullptr) transfer_->detach();
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
  seat_->set_idle(uv_hrtime());  // before anything is answered: who has an answer is not idle since the one before
  go_on(take(listener_.input().first(static_cast<size_t>(size))));
}

/// Answers what is complete of `bytes` behind what came before. Returns whether a message was complete.
bool TcpConnection::take(std::span<const uint8_t> bytes) {
  const Epochs::Guard guard(context_.reader);
  const bool complete = framing_.take(bytes, [this](std::span<const uint8_t> message) { return answer(message); });
  flush();
  start_transfer();
  return complete;
}

TcpFraming::Next TcpConnection::answer(std::span<const uint8_t> message) {
  using Next = TcpFraming::Next;
  TcpListener::Output& output = listener_.output();
  const std::span<uint8_t> room = std::span(output.bytes).subspan(output.size, kLengthSize + TcpListener::kMessage);
  const auto start = Clock::now();
  const size_t size = context_.responder.respond(message, {transport_, reinterpret_cast<const sockaddr&>(peer_)},
                                                 room.subspan(kLengthSize));
  if (size == 0) {  // no answer is due, which over TCP means: close
    flush();
    close();
    return Next::kEnd;
  }
  const auto duration = Clock::now() - start;
  context_.counters.duration.observe(duration);
  const std::span<const uint8_t> response = room.subspan(kLengthSize, size);
  if (context_.query_log != QueryLog::kNone) {
    log_query(context_.query_log, reinterpret_cast<const sockaddr&>(peer_), transport_, message, response, duration);
  }
  if (const Zone* zone = context_.responder.take_transfer()) {
    transfer_ = std::make_shared<TransferStream>(static_cast<TransferStream::Client&>(*this), loop_, *zone, response);
    uv_read_stop(stream());
    return Next::kWait;
  }
  put16(room.data(), static_cast<unsigned>(size));
  output.size += kLengthSize + size;
  if (output.size >= TcpListener::kFlush) flush();
  if (closing_) return Next::kEnd;
  return unsent_.empty() ? Next::kMore : Next::kWait;
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
  send_unsent();
}

void TcpConnection::send_unsent() {
  uv_buf_t buffer = uv_buf_init(reinterpret_cast<char*>(unsent_.data()), static_cast<unsigned>(unsent_.size()));
  uv_write(&write_, stream(), &buffer, 1,
           [](uv_write_t* write, int status) { static_cast<TcpConnection*>(write->data)->on_written(status); });
}

void TcpConnection::on_written(int status) {
  unsent_.clear();
  unsent_.shrink_to_fit();
  if (closing_) return;
  if (status < 0) return close();
  if (transfer_ == nullptr) return resume();
  start_transfer();
  go_on(true);
}

/// Goes on with what came while the client did not take what it had asked for.
void TcpConnection::resume() {
  seat_->set_idle(uv_hrtime());
  take({});
  if (closing_) return;
  if (unsent_.empty() && transfer_ == nullptr) start();
  go_on(true);
}

void TcpConnection::go_on(bool progress) {
  if (!closing_) listener_.connection_goes_on(*this, progress);
}

// Zone transfers -----------------------------------------------------------------------------------------------------

/// Behind the replies to what was asked before.
void TcpConnection::start_transfer() {
  if (transfer_ != nullptr && unsent_.empty() && !closing_) transfer_->start(context_.transfers, context_.mailbox);
}

std::string TcpConnection::address_text() const {
  return socket_address(reinterpret_cast<const sockaddr&>(peer_)).text();
}

void TcpConnection::transfer_done() {
  transfer_.reset();
  if (!closing_) resume();
}

void TcpConnection::transfer_refused() {
  const std::span<const uint8_t> response = transfer_->response();
  TcpListener::Output& output = listener_.output();
  put16(output.bytes.data(), static_cast<unsigned>(response.size()));
  uint8_t* header = output.bytes.data() + kLengthSize;
  std::ranges::copy(response, header);
  put16(header + 2, (get16(header + 2) & ~kFlagAa) | static_cast<unsigned>(Rcode::kServFail));
  output.size = kLengthSize + response.size();
  flush();
  transfer_.reset();
  if (!closing_ && unsent_.empty()) resume();  // else when the client has taken it
}

}  // namespace meshdns
