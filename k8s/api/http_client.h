#pragma once

// Requests over HTTP/1.1 whose responses are streams: libcurl's multi interface, driven by a libuv loop. One API server, one set of TLS
// settings at a time, one proxy or none.
//
// A dead peer is noticed by TCP within 30 s (keepalive, TCP_USER_TIMEOUT), a peer that acknowledges and says nothing by
// the request's deadline on silence. What the environment says (proxies, CA bundles, netrc) is not looked at; redirects
// are not followed.
//
// The process ignores SIGPIPE from the first client on.
//
// Threads: the loop's alone. The loop must run once more after the client is gone, as libuv closes its handles in the
// loop.

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "k8s/api/tls.h"

typedef struct uv_loop_s uv_loop_t;  // NOLINT(modernize-use-using): as uv.h declares it

namespace meshdns {

struct HttpRequest {
  std::string url;                   // http or https
  std::vector<std::string> headers;  // "Name: value"
  std::chrono::seconds silence{60};  // without a byte received for this long, the request fails
  std::string method = "GET";
  std::string body{};           // empty: none is sent
  bool own_connection = false;  // made for it, and closed behind it
};

/// Why no whole response came.
struct HttpError {
  enum class Kind : uint8_t {
    kUnreachable,  // no connection was made: refused, no route, no answer to it
    kBroken,       // a connection broke
    kSilent,       // a connection fell silent
    kUntrusted,    // the server's certificate, or its proxy's: of an unknown authority, expired, of another name
    kRotated,      // the client has other TLS settings by now: nothing is wrong
    kIdentity,     // no credentials to be had (ApiClient)
    kOther,        // TLS, the URL, a response that is not HTTP
  };
  Kind kind;
  int code;          // libcurl's CURLcode: tells others apart
  std::string text;  // for people
};

/// Who gets a response: on_header …, on_headers, on_body …, then on_done; or on_done alone. All of them may cancel any request, begin
/// new ones, or destroy the client.
class HttpReceiver {
 public:
  virtual ~HttpReceiver() = default;

  /// One header, the name as the server spells it.
  virtual void on_header(std::string_view, std::string_view) {}

  /// `retry_after`: the header Retry-After, 0 without one; as the server sent it, so without a bound.
  virtual void on_headers(int status, std::chrono::seconds retry_after) = 0;
  virtual void on_body(std::string_view bytes) = 0;

  /// After one or more calls of on_body: all that has arrived so far was delivered.
  virtual void on_pause() = 0;

  /// The last call for this request. `error` is null when the response is complete, whatever its status.
  virtual void on_done(const HttpError* error) = 0;
};

class HttpClient {
 public:
  using Id = uint64_t;  // of a request; never 0, never used twice

  /// `proxy`: a URL as check_proxy_url() takes it; empty: none.
  HttpClient(uv_loop_t* loop, TlsSettings tls, std::string proxy = "");

  /// Cancels what is under way.
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  /// The receiver, which must outlive the request, is called from the loop, never from within send().
  Id send(HttpRequest request, HttpReceiver& receiver) { return send(std::move(request), receiver, reserve()); }

  /// An id for a request that begins later: send() is called with it at most once.
  Id reserve();
  Id send(HttpRequest request, HttpReceiver& receiver, Id id);

  /// The receiver is not called any more. A request that is over already is nothing.
  void cancel(Id id);

  /// Other settings from now on. No connection outlives it: the requests under way end with kRotated, from the loop.
  void rotate(TlsSettings tls);

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace meshdns
