#include "server/http_server.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "server/http_protocol.h"
#include "server/socket_address.h"
#include "zone/descriptor.h"

namespace meshdns {

namespace {

using Clock = std::chrono::steady_clock;

// More would let a client hold many descriptors; fewer would shut out a burst of scrapes.
constexpr size_t kMaxConnections = 128;
constexpr size_t kHandlers = 8;       // slow readers of long answers hold one each
constexpr size_t kMaxRequest = 8192;  // bytes: a browser's cookies fit
constexpr std::chrono::seconds kRequestTime{5};
constexpr std::chrono::seconds kResponseTime{30};
constexpr std::chrono::milliseconds kDiscardTime{200};
// Idle clients have the stopping thread wait for all of it; slow ones lose their response after less.
constexpr std::chrono::seconds kStopTime{1};

int milliseconds_until(Clock::time_point deadline) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
  return static_cast<int>(std::max<decltype(left)>(left, 0));
}

struct Connection {
  Descriptor socket;
  IpAddress client;
  Clock::time_point deadline;
  std::string request = {};
  bool finished = false;  // closed by the client, or of no use
};

bool is_complete(const std::string& request) {
  return request.size() >= kMaxRequest || request.find("\r\n\r\n") != std::string::npos;
}

/// Writes all of `data` before the deadline; false where the client has gone, is too slow, or is cut off.
bool write_all(int socket, std::string_view data, Clock::time_point deadline, int cut_event) {
  while (!data.empty()) {
    const ssize_t n = send(socket, data.data(), data.size(), MSG_NOSIGNAL);
    if (n >= 0) {
      data.remove_prefix(static_cast<size_t>(n));
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      pollfd events[] = {{socket, POLLOUT, 0}, {cut_event, POLLIN, 0}};
      if (poll(events, 2, milliseconds_until(deadline)) <= 0 || events[1].revents != 0) return false;
    } else if (errno != EINTR) {
      return false;
    }
  }
  return true;
}

Descriptor event() { return Descriptor(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)); }

/// For good: nobody reads it.
void signal(const Descriptor& event) {
  const uint64_t one = 1;
  [[maybe_unused]] const ssize_t n = write(event.get(), &one, sizeof one);
}

/// `before`: where this process listens already, if it does.
Result<Descriptor> listen_on(const SocketAddress& address, const std::optional<SocketAddress>& before) {
  const auto failed = [&] {
    const int error = errno;
    std::string message = "cannot listen on " + address.text() + " (admin): " + std::system_category().message(error);
    if (error == EADDRINUSE && before && before->port == address.port) {
      message += "; this server has the port on " + before->text() + " until it is restarted";
    } else if (error == EADDRINUSE) {
      message += "; stop what uses the port, or choose another with --admin";
    }
    return Error{std::move(message)};
  };
  const bool v4 = address.address.is_v4();
  Descriptor socket(::socket(v4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (socket.get() < 0) return failed();
  const int on = 1;
  const int off = 0;
  setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (!v4) setsockopt(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);  // [::] is for IPv4 clients, too
  const NativeAddress where = native(address);
  if (bind(socket.get(), where.get(), where.size) != 0 || ::listen(socket.get(), kMaxConnections) != 0) return failed();
  return socket;
}

Result<Descriptor> share(const Descriptor& socket) {
  Descriptor same(fcntl(socket.get(), F_DUPFD_CLOEXEC, 0));
  if (same.get() < 0) return Error{"cannot go on listening (admin): " + std::system_category().message(errno)};
  return same;
}

}  // namespace

struct HttpServer::State {
  State(const SocketAddress& address, Descriptor socket, HttpHandler handler)
      : address(address), listener(std::move(socket)), protocol(std::move(handler)) {}

  void start() {
    reading = true;
    threads.emplace_back([this] { accept_and_read(); });
    for (size_t i = 0; i < kHandlers; ++i) threads.emplace_back([this] { handle(); });
  }

  void begin_stop() const { signal(stop_event); }

  void stop() {
    if (threads.empty()) return;
    begin_stop();
    {
      std::unique_lock lock(mutex);
      drained.wait_for(lock, kStopTime, [this] { return !reading && in_hand == 0; });
      cut = true;
    }
    signal(cut_event);
    changed.notify_all();
    for (std::thread& thread : threads) thread.join();
    threads.clear();
  }

  void accept_and_read();
  void accept_all(std::vector<Connection>& waiting);
  void hand_over(Connection connection);
  void handle();
  void serve(const Connection& connection) const;
  void discard_body(const Connection& connection) const;

  const SocketAddress address;  // as asked for
  const Descriptor listener;
  const Descriptor stop_event = event();  // nothing more is accepted
  const Descriptor cut_event = event();   // nobody is waited for any more
  const HttpProtocol protocol;
  std::vector<std::thread> threads;

  std::mutex mutex;
  std::condition_variable changed;  // `ready` or `cut`, for the handlers
  std::condition_variable drained;  // `reading` or `in_hand`, for stop()
  bool reading = false;
  bool cut = false;
  std::deque<Connection> ready;
  size_t in_hand = 0;  // ready or with a handler
};

void HttpServer::State::accept_and_read() {
  std::vector<Connection> waiting;  // for their requests; the longest waiting first
  bool accepting = true;
  while (accepting || !waiting.empty()) {
    std::vector<pollfd> events = {{cut_event.get(), POLLIN, 0},
                                  {accepting ? stop_event.get() : -1, POLLIN, 0},  // -1: poll() passes it over
                                  {accepting ? listener.get() : -1, POLLIN, 0}};
    const size_t first = events.size();
    for (const Connection& connection : waiting) events.push_back({connection.socket.get(), POLLIN, 0});
    poll(events.data(), events.size(), waiting.empty() ? -1 : milliseconds_until(waiting.front().deadline));
    if (events[0].revents != 0) break;
    if (events[1].revents != 0) accepting = false;

    const auto now = Clock::now();
    for (size_t i = 0; i < waiting.size(); ++i) {
      Connection& connection = waiting[i];
      if (events[first + i].revents != 0) {
        char buffer[kMaxRequest];
        const ssize_t n = recv(connection.socket.get(), buffer, kMaxRequest - connection.request.size(), 0);
        if (n > 0) connection.request.append(buffer, static_cast<size_t>(n));
        connection.finished = n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR);
        if (!connection.finished && is_complete(connection.request)) {
          hand_over(std::move(connection));
          connection.finished = true;
        }
      }
      if (connection.deadline <= now) connection.finished = true;
    }
    std::erase_if(waiting, [](const Connection& connection) { return connection.finished; });
    if (events[2].revents != 0) accept_all(waiting);
  }
  const std::lock_guard lock(mutex);
  reading = false;
  drained.notify_one();
}

void HttpServer::State::accept_all(std::vector<Connection>& waiting) {
  for (;;) {
    NativeAddress client;
    Descriptor socket(accept4(listener.get(), client.get(), &client.size, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (socket.get() < 0) {
      const bool out_of_descriptors = errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM;
      if (out_of_descriptors) std::this_thread::sleep_for(std::chrono::milliseconds(50));  // or the poll would spin
      return;
    }
    const int on = 1;
    setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    size_t connections = waiting.size() + 1;
    {
      const std::lock_guard lock(mutex);
      connections += in_hand;
    }
    if (connections > kMaxConnections) {
      if (waiting.empty()) continue;
      waiting.erase(waiting.begin());
    }
    waiting.push_back({std::move(socket), socket_address(*client.get()).address, Clock::now() + kRequestTime});
  }
}

void HttpServer::State::hand_over(Connection connection) {
  {
    const std::lock_guard lock(mutex);
    ready.push_back(std::move(connection));
    ++in_hand;
  }
  changed.notify_one();
}

void HttpServer::State::handle() {
  for (;;) {
    std::unique_lock lock(mutex);
    changed.wait(lock, [this] { return cut || !ready.empty(); });
    if (cut) return;
    Connection connection = std::move(ready.front());
    ready.pop_front();
    lock.unlock();
    serve(connection);
    lock.lock();
    if (--in_hand == 0) drained.notify_one();
  }
}

void HttpServer::State::serve(const Connection& connection) const {
  const auto deadline = Clock::now() + kResponseTime;
  protocol.serve(connection.request, connection.client, [&](std::string_view data) {
    return write_all(connection.socket.get(), data, deadline, cut_event.get());
  });
  shutdown(connection.socket.get(), SHUT_WR);
  if (!connection.request.ends_with("\r\n\r\n")) discard_body(connection);
}

// Closing with bytes unread resets the connection, and the client may lose the response that says why.
void HttpServer::State::discard_body(const Connection& connection) const {
  const auto deadline = Clock::now() + kDiscardTime;
  char buffer[4096];
  for (;;) {
    pollfd events[] = {{connection.socket.get(), POLLIN, 0}, {cut_event.get(), POLLIN, 0}};
    if (poll(events, 2, milliseconds_until(deadline)) <= 0 || events[1].revents != 0) return;
    if (recv(connection.socket.get(), buffer, sizeof buffer, 0) <= 0) return;
  }
}

std::string AdminRequest::param(const std::string& name, const std::string& otherwise) const {
  const auto found = params.find(name);
  return found == params.end() ? otherwise : found->second;
}

HttpServer::HttpServer(std::unique_ptr<State> state) : state_(std::move(state)) {}
HttpServer::~HttpServer() { stop(); }

Result<std::unique_ptr<HttpServer>> HttpServer::start(const SocketAddress& address, HttpHandler handler,
                                                      const HttpServer* before) {
  std::optional<SocketAddress> listening;
  if (before != nullptr) listening = local_address(before->state_->listener.get());
  const bool same = before != nullptr && before->state_->address == address;
  auto socket = same ? share(before->state_->listener) : listen_on(address, listening);
  if (!socket) return Error{socket.error()};
  auto state = std::make_unique<State>(address, std::move(*socket), std::move(handler));
  state->start();
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(state)));
}

uint16_t HttpServer::port() const { return local_address(state_->listener.get()).port; }

void HttpServer::begin_stop() { state_->begin_stop(); }
void HttpServer::stop() { state_->stop(); }

}  // namespace meshdns
