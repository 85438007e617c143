#include "server/http_server.h"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <future>
#include <string>
#include <vector>

namespace meshdns {
namespace {

const IpAddress kLoopback = *IpAddress::parse("127.0.0.1");

/// A client that says what it likes, byte by byte.
class RawClient {
 public:
  explicit RawClient(const HttpServer& server) : fd_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(server.port());
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  }
  ~RawClient() { close(fd_); }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  bool send(const std::string& text) const {
    return ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size());
  }

  /// All that comes until the server closes.
  std::string read() const {
    std::string out;
    char buffer[4096];
    for (ssize_t n; (n = recv(fd_, buffer, sizeof buffer, 0)) > 0;) out.append(buffer, static_cast<size_t>(n));
    return out;
  }

  /// What has come by now, and whether the connection is still open.
  bool is_open() const {
    char byte;
    return recv(fd_, &byte, 1, MSG_DONTWAIT | MSG_PEEK) < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
  }

 private:
  const int fd_;
};

std::unique_ptr<HttpServer> serve(HttpHandler handler = [](const AdminRequest&) {
  return AdminResponse{200, "fine"};
}) {
  auto started = HttpServer::start({kLoopback, 0}, std::move(handler));
  REQUIRE(static_cast<bool>(started));
  return std::move(*started);
}

TEST_CASE("requests, good and bad") {
  struct Case {
    std::string request;
    const char* status;
  };
  std::string ranges = "bytes=0-0";
  while (ranges.size() < 7900) ranges += ",0-0";
  const std::vector<Case> cases = {
      {"GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 200 "},
      {"GET / HTTP/1.0\r\n\r\n", "HTTP/1.1 200 "},
      {"HEAD / HTTP/1.1\r\n\r\n", "HTTP/1.1 200 "},
      {"GET / HTTP/1.1\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 200 "},
      {"GET / HTTP/1.1\r\nRange: bytes=0-1\r\n\r\n", "HTTP/1.1 200 "},
      {"GET / HTTP/1.1\r\nRange: " + ranges + "\r\n\r\n", "HTTP/1.1 200 "},
      {"GET / HTTP/1.1\r\nContent-Length: 4\r\n\r\nbody", "HTTP/1.1 413 "},
      {"GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "HTTP/1.1 413 "},
      {"POST / HTTP/1.1\r\nContent-Length: 4\r\n\r\nbody", "HTTP/1.1 405 "},
      {"POST / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n" + std::string(100000, 'x'), "HTTP/1.1 405 "},
      {"POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n", "HTTP/1.1 417 "},
      {"DELETE / HTTP/1.1\r\n\r\n", "HTTP/1.1 405 "},
      {"BREW / HTTP/1.1\r\n\r\n", "HTTP/1.1 400 "},
      {"\r\n\r\n", "HTTP/1.1 400 "},
      {std::string("GET /\0 HTTP/1.1\r\n\r\n", 20), "HTTP/1.1 "},
      {"GET /" + std::string(8192, 'x'), "HTTP/1.1 400 "},
      {"GET / HTTP/1.1\r\nX: " + std::string(8192, 'x'), "HTTP/1.1 400 "},
      {std::string(8192, '\n'), "HTTP/1.1 400 "},
  };
  const auto server = serve();
  for (const Case& c : cases) {
    CAPTURE(c.request.substr(0, 60));
    const RawClient client(*server);
    REQUIRE(client.send(c.request));
    const std::string response = client.read();
    CHECK(response.substr(0, std::string(c.status).size()) == c.status);
    CHECK(response.find("Connection: close\r\n") != std::string::npos);
  }
}

TEST_CASE("a request may come byte by byte") {
  const auto server = serve([](const AdminRequest& request) {
    return AdminResponse{200, request.path + request.param("q", "")};
  });
  const RawClient client(*server);
  for (const char c : std::string("GET /a%20b?q=%26 HTTP/1.1\r\n\r\n")) REQUIRE(client.send({c}));
  CHECK(client.read().ends_with("\r\n\r\n/a b&"));
}

TEST_CASE("idle clients take no thread, and the longest idle goes when there are too many") {
  const auto server = serve();
  const RawClient first(*server);
  std::vector<std::unique_ptr<RawClient>> idle;
  for (int i = 0; i < 140; ++i) {
    idle.push_back(std::make_unique<RawClient>(*server));
    if (i % 2 == 0) idle.back()->send("GET / HT");
  }
  const RawClient client(*server);
  REQUIRE(client.send("GET / HTTP/1.1\r\n\r\n"));
  CHECK(client.read().ends_with("fine"));
  CHECK(first.read().empty());  // closed
  CHECK(idle.back()->is_open());
}

TEST_CASE("a handler that throws is an answer, not an end") {
  const auto server = serve([](const AdminRequest&) -> AdminResponse { throw std::runtime_error("a test"); });
  const RawClient client(*server);
  REQUIRE(client.send("GET / HTTP/1.1\r\n\r\n"));
  CHECK(client.read().starts_with("HTTP/1.1 500 "));
}

TEST_CASE("stopping cuts off a client that does not read") {
  std::promise<void> called;
  auto server = serve([&](const AdminRequest&) {
    called.set_value();
    return AdminResponse{200, std::string(64 << 20, 'x')};
  });
  const RawClient client(*server);
  REQUIRE(client.send("GET / HTTP/1.1\r\n\r\n"));
  called.get_future().wait();
  server->stop();
  server.reset();
}

TEST_CASE("a stop that begins waits for nobody") {
  const auto server = serve();
  const RawClient idle(*server);
  const RawClient slow(*server);
  REQUIRE(slow.send("GET / HTTP/1.1\r\n"));
  server->begin_stop();
  REQUIRE(slow.send("\r\n"));
  CHECK(slow.read().ends_with("fine"));
  CHECK(idle.is_open());
  server->stop();
  CHECK(idle.read().empty());
}

TEST_CASE("stopping answers whoever has connected") {
  std::promise<void> go;
  const auto may_go = go.get_future().share();
  const auto server = serve([&](const AdminRequest&) {
    may_go.wait();
    return AdminResponse{200, "fine"};
  });
  std::vector<std::unique_ptr<RawClient>> clients;  // more than there are handlers
  for (int i = 0; i < 20; ++i) {
    clients.push_back(std::make_unique<RawClient>(*server));
    REQUIRE(clients.back()->send("GET / HTTP/1.1\r\n"));
    if (i != 0) REQUIRE(clients.back()->send("\r\n"));
  }
  const auto stopping = std::async(std::launch::async, [&] { server->stop(); });
  REQUIRE(clients.front()->send("\r\n"));
  go.set_value();
  for (const auto& client : clients) CHECK(client->read().ends_with("fine"));
}

TEST_CASE("a port in use is named") {
  const auto server = serve();
  const auto second = HttpServer::start({kLoopback, server->port()}, {});
  REQUIRE_FALSE(static_cast<bool>(second));
  CHECK(second.error() ==
        "cannot listen on 127.0.0.1:" + std::to_string(server->port()) +
            " (admin): Address already in use; stop what uses the port, or choose another with --admin");
  const auto moved = HttpServer::start({*IpAddress::parse("0.0.0.0"), server->port()}, {}, server.get());
  REQUIRE_FALSE(static_cast<bool>(moved));
  CHECK(moved.error().ends_with("; this server has the port on 127.0.0.1:" + std::to_string(server->port()) +
                                " until it is restarted"));
  const auto elsewhere = HttpServer::start({*IpAddress::parse("2001:db8::1"), 9153}, {});
  REQUIRE_FALSE(static_cast<bool>(elsewhere));
  CHECK(elsewhere.error().starts_with("cannot listen on [2001:db8::1]:9153 (admin): "));
}

}  // namespace
}  // namespace meshdns
