#include "tests/k8s/api/fake_api.h"

#include <arpa/inet.h>
#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <sstream>
#include <utility>

namespace meshdns {

struct FakeApi::Connection {
  uv_tcp_t tcp;
  FakeApi* api;
  std::string received;
};

namespace {

struct Write {
  uv_write_t request;
  std::string bytes;
};

void write(uv_tcp_t& tcp, std::string bytes) {
  auto* write = new Write{{}, std::move(bytes)};
  write->request.data = write;
  const uv_buf_t buffer = uv_buf_init(write->bytes.data(), static_cast<unsigned>(write->bytes.size()));
  uv_write(&write->request, reinterpret_cast<uv_stream_t*>(&tcp), &buffer, 1,
           [](uv_write_t* request, int) { delete static_cast<Write*>(request->data); });
}

std::string chunk(const std::string& bytes) {
  if (bytes.empty()) return "";
  std::ostringstream text;
  text << std::hex << bytes.size() << "\r\n" << bytes << "\r\n";
  return text.str();
}

}  // namespace

FakeApi::FakeApi(uv_loop_t* loop) : loop_(loop) { listen(); }

FakeApi::~FakeApi() { stop(); }

void FakeApi::listen(uint16_t port) {
  server_ = new uv_tcp_t;
  uv_tcp_init(loop_, server_);
  server_->data = this;
  sockaddr_in address{};
  uv_ip4_addr("127.0.0.1", port, &address);
  REQUIRE(uv_tcp_bind(server_, reinterpret_cast<sockaddr*>(&address), 0) == 0);
  REQUIRE(uv_listen(reinterpret_cast<uv_stream_t*>(server_), 16,
                    [](uv_stream_t* server, int) { static_cast<FakeApi*>(server->data)->accept(); }) == 0);
  int length = sizeof address;
  uv_tcp_getsockname(server_, reinterpret_cast<sockaddr*>(&address), &length);
  port_ = ntohs(address.sin_port);
}

void FakeApi::stop() {
  if (server_ == nullptr) return;
  uv_close(reinterpret_cast<uv_handle_t*>(std::exchange(server_, nullptr)),
           [](uv_handle_t* closed) { delete reinterpret_cast<uv_tcp_t*>(closed); });
  while (!connections_.empty()) close(connections_.back());
}

void FakeApi::accept() {
  auto* connection = new Connection{{}, this, ""};
  uv_tcp_init(loop_, &connection->tcp);
  connection->tcp.data = connection;
  connections_.push_back(connection);
  auto* stream = reinterpret_cast<uv_stream_t*>(&connection->tcp);
  REQUIRE(uv_accept(reinterpret_cast<uv_stream_t*>(server_), stream) == 0);
  uv_read_start(
      stream,
      [](uv_handle_t*, size_t, uv_buf_t* buffer) {
        static char space[65536];
        *buffer = uv_buf_init(space, sizeof space);
      },
      [](uv_stream_t* from, ssize_t length, const uv_buf_t* buffer) {
        auto* connection = static_cast<Connection*>(from->data);
        if (length < 0) return connection->api->close(connection);
        connection->received.append(buffer->base, static_cast<size_t>(length));
        if (!connection->received.ends_with("\r\n\r\n")) return;
        connection->api->answer(*connection, std::exchange(connection->received, ""));
      });
}

void FakeApi::answer(Connection& connection, const std::string& request) {
  requests.push_back(request);
  const std::string line = request.substr(0, request.find('\r'));
  if (script.empty() || line.find(script.front().request) == std::string::npos) {
    surprises.push_back(line + (script.empty() ? "" : " where " + script.front().request + " was expected"));
    return;  // and no answer, so that no loop of retries begins
  }
  const Exchange next = std::move(script.front());
  script.pop_front();
  std::string response = "HTTP/1.1 " + std::to_string(next.status) + " Scripted\r\nTransfer-Encoding: chunked\r\n" +
                         next.headers + "\r\n" + chunk(next.body);
  if (next.ending == Ending::kComplete) response += "0\r\n\r\n";
  write(connection.tcp, std::move(response));
  if (next.ending == Ending::kOpen) stream_ = &connection;
  if (next.ending == Ending::kBroken) close(&connection);
}

void FakeApi::close(Connection* connection) {
  std::erase(connections_, connection);
  if (stream_ == connection) stream_ = nullptr;
  auto* tcp = reinterpret_cast<uv_stream_t*>(&connection->tcp);
  uv_read_stop(tcp);
  auto* shutdown = new uv_shutdown_t;  // after what was written
  const int error = uv_shutdown(shutdown, tcp, [](uv_shutdown_t* done, int) {
    if (!uv_is_closing(reinterpret_cast<uv_handle_t*>(done->handle))) {
      uv_close(reinterpret_cast<uv_handle_t*>(done->handle),
               [](uv_handle_t* closed) { delete static_cast<Connection*>(closed->data); });
    }
    delete done;
  });
  if (error == 0) return;
  delete shutdown;
  uv_close(reinterpret_cast<uv_handle_t*>(tcp),
           [](uv_handle_t* closed) { delete static_cast<Connection*>(closed->data); });
}

void FakeApi::push(const std::string& bytes) {
  REQUIRE(stream_ != nullptr);
  write(stream_->tcp, chunk(bytes));
}

void FakeApi::finish() {
  REQUIRE(stream_ != nullptr);
  write(std::exchange(stream_, nullptr)->tcp, "0\r\n\r\n");
}

bool run_until(uv_loop_t* loop, const std::function<bool()>& done) {
  // The tick ends a uv_run() in which a timer has done the last thing that was to happen.
  constexpr int kTick = 5, kTicks = 4000;
  int ticks = 0;
  bool closed = false;
  uv_timer_t tick;
  uv_timer_init(loop, &tick);
  tick.data = &ticks;
  uv_timer_start(
      &tick, [](uv_timer_t* timer) { ++*static_cast<int*>(timer->data); }, kTick, kTick);
  while (!done() && ticks < kTicks) uv_run(loop, UV_RUN_ONCE);
  tick.data = &closed;
  uv_close(reinterpret_cast<uv_handle_t*>(&tick),
           [](uv_handle_t* handle) { *static_cast<bool*>(handle->data) = true; });
  while (!closed) uv_run(loop, UV_RUN_NOWAIT);
  return ticks < kTicks;
}

TestLoop::TestLoop() { REQUIRE(uv_loop_init(&loop_) == 0); }

TestLoop::~TestLoop() {
  uv_run(&loop_, UV_RUN_DEFAULT);
  CHECK(uv_loop_close(&loop_) == 0);
}

}  // namespace meshdns
