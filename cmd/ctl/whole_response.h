#pragma once

// A response that is waited for as a whole. Threads: one, which runs the loop meanwhile.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "k8s/api/http_client.h"
#include "k8s/api/timer.h"
#include "zone/result.h"

namespace meshdns {

class EventLoop;

struct Fetched {
  int status;
  std::string body;
  std::chrono::seconds retry_after{0};  // as the server sent it
};

/// To be given to one request, which is cancelled when wait() has returned an error.
class WholeResponse : public HttpReceiver {
 public:
  static constexpr size_t kLargest = 16 << 20;

  /// `largest`: octets of a body, whole MiB.
  WholeResponse(EventLoop& loop, std::chrono::milliseconds patience, size_t largest = kLargest);

  /// The response, whatever its status. The error, one phrase: no whole one came within `patience`, or it was too large.
  Result<Fetched> wait();

  void on_headers(int status, std::chrono::seconds retry_after) override;
  void on_body(std::string_view bytes) override;
  void on_pause() override {}
  void on_done(const HttpError* error) override;

 private:
  void end(std::optional<std::string> error);

  EventLoop& loop_;
  const std::chrono::milliseconds patience_;
  const size_t largest_;
  Timer deadline_;
  bool ended_ = false;
  std::optional<std::string> error_;
  Fetched fetched_{};
};

}  // namespace meshdns
