#pragma once

// Requests to one API server, as one identity. Threads: the loop's alone.

#include <chrono>
#include <string>

#include "k8s/api/credentials.h"
#include "k8s/api/http_client.h"

namespace meshdns {

class ApiClient {
 public:
  ApiClient(uv_loop_t* loop, ClusterAccess access);

  /// GET `path`, which begins with a slash and may have a query. See HttpClient::get().
  HttpClient::Id get(const std::string& path, std::chrono::seconds silence, HttpReceiver& receiver);
  void cancel(HttpClient::Id id) { http_.cancel(id); }

  /// A request was answered with 401: the token is read again before the next.
  void unauthorized() { token_.refused(); }

  const std::string& server() const { return server_; }
  uv_loop_t* loop() const { return loop_; }

 private:
  uv_loop_t* loop_;
  std::string server_;
  BearerToken token_;
  HttpClient http_;
};

}  // namespace meshdns
