#pragma once

// An API server that follows a script, on the loop of the test: plain HTTP on a free port of 127.0.0.1. Each request
// that comes takes the next line of the script.

#include <uv.h>

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace meshdns {

enum class Ending : uint8_t {
  kComplete,  // a whole response
  kOpen,      // a stream that goes on: push() adds to it, finish() ends it
  kBroken,    // the connection is closed in the middle
};

struct Exchange {
  std::string request;  // a part of the target that is expected
  int status = 200;
  std::string body;
  Ending ending = Ending::kComplete;
  std::string headers = "";  // further ones, each with CRLF
};

class FakeApi {
 public:
  explicit FakeApi(uv_loop_t* loop);
  ~FakeApi();
  FakeApi(const FakeApi&) = delete;
  FakeApi& operator=(const FakeApi&) = delete;

  /// Port 0: a free one. Listening again after stop() may name the port that it had.
  void listen(uint16_t port = 0);

  /// Closes everything, connections too.
  void stop();

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  uint16_t port() const { return port_; }

  /// On the stream that was opened last.
  void push(const std::string& bytes);
  void finish();

  std::deque<Exchange> script;
  std::vector<std::string> requests;   // what came: request line and headers
  std::vector<std::string> surprises;  // requests that the script did not expect

 private:
  struct Connection;

  void accept();
  void answer(Connection& connection, const std::string& request);
  void close(Connection* connection);

  uv_loop_t* loop_;
  uv_tcp_t* server_ = nullptr;  // closed by the loop
  uint16_t port_ = 0;
  std::vector<Connection*> connections_;  // each freed by the loop when it has closed it
  Connection* stream_ = nullptr;
};

/// Runs the loop until `done` or until a deadline that only a hanging test meets; whether it was done.
bool run_until(uv_loop_t* loop, const std::function<bool()>& done);

/// A loop that is drained and closed at the end of a test: what is still open then would leak.
class TestLoop {
 public:
  TestLoop();
  ~TestLoop();
  operator uv_loop_t*() { return &loop_; }  // NOLINT(google-explicit-constructor)

 private:
  uv_loop_t loop_;
};

}  // namespace meshdns
