#pragma once

// Requests to one API server, as one identity that rotates without a restart: the token's file is read again each minute
// (BearerToken), and with the files of CA, client certificate and key after events of their directories, each 5 min, and when server or
// client do not accept each other. Another CA or certificate ends the requests under way (HttpError::Kind::kRotated): no connection
// outlives what it was made with.
//
// Threads: the loop's alone.

#include <chrono>
#include <optional>
#include <set>
#include <string>

#include "k8s/api/credentials.h"
#include "k8s/api/file_watch.h"
#include "k8s/api/http_client.h"

namespace meshdns {

class ApiClient {
 public:
  ApiClient(uv_loop_t* loop, ClusterAccess access);

  /// GET `path`, which begins with a slash and may have a query. See HttpClient::get().
  HttpClient::Id get(const std::string& path, std::chrono::seconds silence, HttpReceiver& receiver);
  void cancel(HttpClient::Id id) { http_.cancel(id); }

  /// A request was answered with 401, or ended with kUntrusted: reads the files. Whether the next request has another identity, or
  /// trusts others.
  bool refused();

  const std::string& server() const { return server_; }
  uv_loop_t* loop() const { return loop_; }

 private:
  bool read_tls();
  void watch_files();

  uv_loop_t* loop_;
  std::string server_;
  BearerToken token_;
  TlsSettings tls_;
  bool tls_failing_ = false;
  HttpClient http_;
  std::set<std::string> directories_;  // of the files
  std::optional<FileWatch> watch_;     // where there are any
};

}  // namespace meshdns
