#pragma once

// Requests to one API server, as one identity that rotates without a restart: the token's file is read again each minute
// (BearerToken), and with the files of CA, client certificate and key after events of their directories, each 5 min, and when server or
// client do not accept each other. Another CA or certificate ends the requests under way (HttpError::Kind::kRotated): no connection
// outlives what it was made with. An exec plugin's credential is had before a request begins (ExecPlugin), and again after a 401; where
// there is none to be had, the request ends with kIdentity.
//
// Threads: the loop's alone. Receivers may not destroy the client. The loop must run on until a plugin under way has ended.

#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "k8s/api/credentials.h"
#include "k8s/api/exec_plugin.h"
#include "k8s/api/file_watch.h"
#include "k8s/api/http_client.h"

namespace meshdns {

/// What is asked of the API server.
struct ApiRequest {
  std::string path;  // begins with a slash, may have a query
  std::string method = "GET";
  std::string content_type{};  // of the body
  std::string body{};
};

class ApiClient {
 public:
  ApiClient(uv_loop_t* loop, ClusterAccess access);

  /// See HttpClient::send(). Where a connection breaks, nobody knows whether a request that changes something was carried out.
  HttpClient::Id ask(ApiRequest request, std::chrono::seconds silence, HttpReceiver& receiver);
  void cancel(HttpClient::Id id);

  /// A request was answered with 401: whether the next one may have another identity.
  bool unauthorized();

  /// A request ended with kUntrusted: whether the next one trusts others.
  bool untrusted() { return read_tls(); }

  const std::string& server() const { return server_; }
  const std::string& proxy() const { return proxy_; }  // HOST:PORT; empty: none
  uv_loop_t* loop() const { return loop_; }

 private:
  /// A request that waits for the plugin.
  struct Waiting {
    ApiRequest request;
    std::chrono::seconds silence;
    HttpReceiver* receiver;
  };

  void send(HttpClient::Id id, Waiting waiting);
  void identified(const Error* error);
  bool read_tls();
  bool use_tls();
  void watch_files();

  uv_loop_t* loop_;
  std::string server_;
  std::string proxy_;
  BearerToken token_;
  TlsSettings tls_;       // as configured
  TlsSettings used_tls_;  // with the plugin's certificate
  bool tls_failing_ = false;
  HttpClient http_;
  std::optional<ExecPlugin> plugin_;
  std::map<HttpClient::Id, Waiting> waiting_;
  std::set<std::string> directories_;  // of the files
  std::optional<FileWatch> watch_;     // where there are any
};

}  // namespace meshdns
