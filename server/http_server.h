#pragma once

// The HTTP front of the admin endpoints: GET and HEAD, no request bodies, one request a connection. cpp-httplib parses the requests
// and writes the responses; accepting and reading are ours, because its own loop gives every idle connection a thread and puts no
// bound on the length of a line or the number of header lines.
//
// Bounds: 128 connections (beyond, the one that has waited longest for its request is closed), 8 KiB and 5 s for a request, 30 s for
// a response, 8 handlers at a time. An idle or slow client costs a descriptor and not a thread.
//
// Threads: one that accepts and reads, eight that call the handler: it is called from several threads at a time.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "server/server.h"
#include "zone/address.h"
#include "zone/result.h"

namespace meshdns {

struct AdminRequest {
  std::string path;                                // decoded; bytes of the client's choice
  std::multimap<std::string, std::string> params;  // the query, decoded
  IpAddress client;                                // an IPv4 client of an IPv6 socket is an IPv4 address

  /// The first value of the parameter; `otherwise` where there is none.
  std::string param(const std::string& name, const std::string& otherwise) const;
};

struct AdminResponse {
  int status = 200;
  std::string body;
  std::string type = "text/plain; charset=utf-8";

  /// Where set, called for the body instead, piece by piece, as the client takes it: appends a piece and says whether more follows.
  std::function<bool(std::string& piece)> pieces = nullptr;
};

using HttpHandler = std::function<AdminResponse(const AdminRequest&)>;

class HttpServer {
 public:
  /// Listens and serves. `before` is a server that is about to stop: where it was given the same address, its socket is shared, so that
  /// no connection is lost. Port 0: a free one. The error names the address and says why.
  static Result<std::unique_ptr<HttpServer>> start(const SocketAddress& address, HttpHandler handler,
                                                   const HttpServer* before = nullptr);

  ~HttpServer();  // stops
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  uint16_t port() const;

  /// Accepts nothing more; stop() is due. Returns at once.
  void begin_stop();

  /// Serves what it has accepted for at most a second, cuts off the rest, and joins the threads: returns once the handlers have.
  void stop();

 private:
  struct State;
  explicit HttpServer(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

}  // namespace meshdns
