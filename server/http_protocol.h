#pragma once

// HTTP/1.1 messages, by cpp-httplib: one request, complete or cut short, in; one response out. No sockets and no threads.

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "server/http_server.h"

namespace meshdns {

class HttpProtocol {
 public:
  explicit HttpProtocol(HttpHandler handler);
  ~HttpProtocol();

  /// Answers `request`: its head, with or without what follows. `write` takes the response as it is made and says whether it wants
  /// more. A request that is refused does not reach the handler. May be called from several threads at a time.
  void serve(const std::string& request, const IpAddress& client, std::function<bool(std::string_view)> write) const;

 private:
  class Parser;
  std::unique_ptr<Parser> parser_;
};

}  // namespace meshdns
