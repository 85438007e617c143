#include "server/server.h"

#include <doctest/doctest.h>
#include <sys/socket.h>

#include <future>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "server/socket_address.h"
#include "server/wire.h"
#include "tests/server/responder_fixture.h"
#include "zone/descriptor.h"

namespace meshdns {
namespace {

constexpr unsigned kServFail = 2;

ServerOptions options_on(const std::string& address, uint16_t port) {
  ServerOptions options;
  options.listen = {{test::address(address), port}};
  options.limits.tcp_message = std::chrono::seconds(60);  // longer than the clients' patience
  options.transfer_allow = {*IpBlock::parse("127.0.0.0/8")};
  return options;
}

class TcpClient {
 public:
  explicit TcpClient(const SocketAddress& server) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    const timeval patience{20, 0};
    setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    const NativeAddress where = native(server);
    connected_ = connect(socket_.get(), where.get(), where.size) == 0;
  }

  bool connected() const { return connected_; }

  /// The messages in one segment, but for the last `without` octets.
  void send_all(const std::vector<test::Bytes>& messages, size_t without = 0) const {
    test::Bytes framed;
    for (const test::Bytes& message : messages) {
      framed.insert(framed.end(), {static_cast<uint8_t>(message.size() >> 8), static_cast<uint8_t>(message.size())});
      framed.insert(framed.end(), message.begin(), message.end());
    }
    send(std::span(framed).first(framed.size() - without));
  }

  void send_last(const test::Bytes& message) const { send(std::span(message).last(1)); }

  test::Parsed receive() const {
    const test::Bytes length = receive(2);
    return test::parse_response(receive(get16(length.data())));
  }

 private:
  void send(std::span<const uint8_t> bytes) const {
    REQUIRE(::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size()));
  }

  test::Bytes receive(size_t size) const {
    test::Bytes bytes(size);
    REQUIRE(recv(socket_.get(), bytes.data(), size, MSG_WAITALL) == static_cast<ssize_t>(size));
    return bytes;
  }

  const Descriptor socket_;
  bool connected_;
};

TEST_CASE("as the server stops, whoever waits for a transfer is told so") {
  const test::Bytes transfer = test::make_query({.name = "global", .type = 252});
  const test::Bytes query = test::make_query({.name = "global", .type = 6});
  test::ResponderWorld world;
  std::promise<void> asked;
  std::promise<void> let_go;
  Server server(world.directory, [&](const Zone&) {
    asked.set_value();
    let_go.get_future().wait();
    return nullptr;
  });
  const auto listening = server.start(options_on("127.0.0.1", 0));
  REQUIRE(static_cast<bool>(listening));
  const SocketAddress address = listening->front();

  const TcpClient first(address);
  first.send_all({transfer});
  asked.get_future().wait();  // the image is being made
  const TcpClient second(address);
  second.send_all({query, transfer});
  second.receive();  // in the same read as what waits
  const TcpClient late(address);
  late.send_all({query, transfer}, 1);
  late.receive();

  const auto stopping = std::async(std::launch::async, [&] { server.stop(); });
  while (TcpClient(address).connected()) std::this_thread::yield();
  late.send_last(transfer);
  let_go.set_value();
  for (const TcpClient* client : {&first, &second, &late}) CHECK(client->receive().rcode == kServFail);
}

TEST_CASE("a server's successor may listen on more of the port's addresses, or on fewer") {
  struct Case {
    const char* before;
    const char* after;
  };
  for (const Case& c : std::vector<Case>{{"127.0.0.1", "127.0.0.1"},
                                         {"127.0.0.1", "0.0.0.0"},
                                         {"0.0.0.0", "127.0.0.1"},
                                         {"127.0.0.1", "127.0.0.2"}}) {
    CAPTURE(std::string(c.before));
    CAPTURE(std::string(c.after));
    test::ResponderWorld world;
    Server before(world.directory, nullptr);
    const auto listening = before.start(options_on(c.before, 0));
    REQUIRE(static_cast<bool>(listening));
    ServerOptions options = options_on(c.after, listening->front().port);
    Server stranger(world.directory, nullptr);
    CHECK(static_cast<bool>(stranger.start(options)) == (c.after == std::string("127.0.0.2")));
    stranger.stop();

    options.before = &before;
    Server after(world.directory, nullptr);
    const auto moved = after.start(options);
    REQUIRE_MESSAGE(static_cast<bool>(moved), moved.error());
    before.begin_stop(true);
    before.stop();
    const TcpClient client(
        {test::address(c.after == std::string("0.0.0.0") ? "127.0.0.2" : c.after), moved->front().port});
    REQUIRE(client.connected());
    client.send_all({test::make_query({})});
    CHECK(client.receive().answer.size() == 1);
  }
}

}  // namespace
}  // namespace meshdns
