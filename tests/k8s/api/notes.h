#pragma once

// A receiver that writes down what it gets, with a hook in each call.

#include <functional>
#include <string>
#include <string_view>

#include "k8s/api/http_client.h"

namespace meshdns {

class Notes : public HttpReceiver {
 public:
  void on_header(std::string_view name, std::string_view value) override {
    headers.append(name).append("=").append(value).append(";");
  }
  void on_headers(int code, std::chrono::seconds after) override {
    status = code;
    retry_after = after;
    if (headers_hook) headers_hook();
  }
  void on_body(std::string_view bytes) override {
    body += bytes;
    if (body_hook) body_hook();
  }
  void on_pause() override {
    if (pause_hook) pause_hook();
  }
  void on_done(const HttpError* failure) override {
    ++done;
    error = failure == nullptr ? "" : failure->text;
    if (failure != nullptr) kind = failure->kind;
    if (done_hook) done_hook();
  }

  int status = 0;
  std::chrono::seconds retry_after{0};
  std::string headers, body, error;
  HttpError::Kind kind{};
  int done = 0;
  std::function<void()> headers_hook, body_hook, pause_hook, done_hook;
};

}  // namespace meshdns
