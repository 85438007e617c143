#include "k8s/stub/dns_probe.h"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <span>
#include <system_error>
#include <utility>

namespace meshdns {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// More than a cluster's DNS has replicas times questions, and far from the 1024 files that a process may open.
constexpr size_t kAtOnce = 256;
constexpr int kSendings = 3;
constexpr int kMessagesAtOnce = 16;  // whoever sends more does not keep the others waiting
constexpr size_t kLargestMessage = 65535;

class Socket {
 public:
  Socket(int family, int type) : descriptor_(::socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {}
  ~Socket() { close(); }
  Socket(Socket&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  Socket& operator=(Socket&&) = delete;

  int get() const { return descriptor_; }
  void close() {
    if (descriptor_ >= 0) ::close(descriptor_);
    descriptor_ = -1;
  }

 private:
  int descriptor_;
};

struct Endpoint {
  sockaddr_storage address{};
  socklen_t size;

  explicit Endpoint(const DnsServer& server) {
    const auto octets = server.address.bytes();
    if (server.address.is_v4()) {
      sockaddr_in v4{};
      v4.sin_family = AF_INET;
      v4.sin_port = htons(server.port);
      std::memcpy(&v4.sin_addr, octets.data(), octets.size());
      std::memcpy(&address, &v4, size = sizeof v4);
    } else {
      sockaddr_in6 v6{};
      v6.sin6_family = AF_INET6;
      v6.sin6_port = htons(server.port);
      std::memcpy(&v6.sin6_addr, octets.data(), octets.size());
      std::memcpy(&address, &v6, size = sizeof v6);
    }
  }
};

std::string failure_text(int error) {
  switch (error) {
    case ECONNREFUSED:
      return "refused: nothing listens there";
    case ECONNRESET:
    case EPIPE:
      return "the connection was reset before an answer";
    case ENETUNREACH:
    case EHOSTUNREACH:
      return "no route there";
    case EACCES:
    case EPERM:
      return "a firewall of this machine does not let it through";
    default:
      return std::generic_category().message(error);
  }
}

bool is_try_again(int error) { return error == EAGAIN || error == EWOULDBLOCK || error == EINTR; }

/// One query under way.
class Asking {
 public:
  Asking(const DnsProbe& probe, milliseconds patience)
      : tcp_(probe.transport == Transport::kTcp),
        query_(dns_query(probe.question)),
        patience_(patience),
        began_(Clock::now()),
        next_sending_(began_ + patience / kSendings),
        socket_(probe.server.address.is_v4() ? AF_INET : AF_INET6, tcp_ ? SOCK_STREAM : SOCK_DGRAM) {
    if (tcp_) frame();
    connect_to(Endpoint(probe.server));
  }

  bool done() const { return done_; }
  ProbeResult& result() { return result_; }

  pollfd awaited() const {
    const bool sending = tcp_ && sent_ < outgoing_.size();
    return {socket_.get(), static_cast<short>(sending ? POLLOUT : POLLIN), 0};
  }

  Clock::time_point wake() const { return tcp_ ? began_ + patience_ : std::min(next_sending_, began_ + patience_); }

  void proceed() {
    if (tcp_ && sent_ < outgoing_.size()) send();
    if (!done_) receive();
  }

  void check_time() {
    const auto now = Clock::now();
    if (done_ || now < wake()) return;
    if (now >= began_ + patience_) {
      return fail("no answer within " + time_text(patience_) + (strangers_ ? ", only what answers another query" : ""));
    }
    next_sending_ += patience_ / kSendings;
    send();
  }

 private:
  /// Two octets of length come first.
  void frame() {
    outgoing_ = {static_cast<uint8_t>(query_.size() >> 8U), static_cast<uint8_t>(query_.size() & 0xffU)};
    outgoing_.insert(outgoing_.end(), query_.begin(), query_.end());
  }

  void connect_to(const Endpoint& peer) {
    if (socket_.get() < 0) return fail(errno);
    if (connect(socket_.get(), reinterpret_cast<const sockaddr*>(&peer.address), peer.size) == 0) return send();
    if (errno != EINPROGRESS) fail(errno);
  }

  void send() {
    const std::span<const uint8_t> all = tcp_ ? outgoing_ : query_;
    const std::span<const uint8_t> rest = tcp_ ? all.subspan(sent_) : all;
    const ssize_t count = ::send(socket_.get(), rest.data(), rest.size(), MSG_NOSIGNAL);
    if (count >= 0) {
      sent_ += static_cast<size_t>(count);
    } else if (!is_try_again(errno)) {
      fail(errno);
    }
  }

  void receive() {
    std::array<uint8_t, kLargestMessage>
        buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init): what is read is written before
    for (int i = 0; i < kMessagesAtOnce && !done_; ++i) {
      const ssize_t count = recv(socket_.get(), buffer.data(), buffer.size(), 0);
      if (count < 0) {
        if (!is_try_again(errno)) fail(errno);
        return;
      }
      const std::span<const uint8_t> octets(buffer.data(), static_cast<size_t>(count));
      if (tcp_) {
        take_stream(octets);
      } else {
        take_message(octets);
      }
    }
  }

  void take_stream(std::span<const uint8_t> octets) {
    if (octets.empty()) return fail("the connection was closed before an answer");
    incoming_.insert(incoming_.end(), octets.begin(), octets.end());
    while (!done_ && incoming_.size() >= 2) {
      const size_t size = static_cast<size_t>(incoming_[0]) << 8U | incoming_[1];
      if (incoming_.size() < 2 + size) return;
      take_message(std::span(incoming_).subspan(2, size));
      incoming_.erase(incoming_.begin(), incoming_.begin() + static_cast<std::ptrdiff_t>(2 + size));
    }
  }

  /// Who else answers is not whom we asked: the true answer may still come.
  void take_message(std::span<const uint8_t> octets) {
    result_.reply = dns_reply(query_, octets);
    if (result_.reply) return end();
    strangers_ = true;
  }

  void fail(int error) { fail(failure_text(error)); }
  void fail(std::string text) {
    result_.failure = std::move(text);
    end();
  }
  void end() {
    done_ = true;
    result_.took = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - began_);
    socket_.close();
  }

  const bool tcp_;
  const std::vector<uint8_t> query_;
  const milliseconds patience_;
  const Clock::time_point began_;
  Clock::time_point next_sending_;
  Socket socket_;
  std::vector<uint8_t> outgoing_;  // over TCP
  std::vector<uint8_t> incoming_;  // over TCP
  size_t sent_ = 0;
  bool strangers_ = false;
  bool done_ = false;
  ProbeResult result_;
};

int milliseconds_until(Clock::time_point time) {
  return static_cast<int>(std::max<int64_t>(std::chrono::ceil<milliseconds>(time - Clock::now()).count(), 0));
}

void ask_at_once(std::span<const DnsProbe> probes, milliseconds patience, std::vector<ProbeResult>& results) {
  std::vector<Asking> askings;
  askings.reserve(probes.size());
  for (const DnsProbe& probe : probes) askings.emplace_back(probe, patience);
  for (;;) {
    std::vector<Asking*> open;
    std::vector<pollfd> awaited;
    auto wake = Clock::time_point::max();
    for (Asking& asking : askings) {
      if (asking.done()) continue;
      open.push_back(&asking);
      awaited.push_back(asking.awaited());
      wake = std::min(wake, asking.wake());
    }
    if (open.empty()) break;
    const int ready = poll(awaited.data(), awaited.size(), milliseconds_until(wake));
    for (size_t i = 0; i < open.size(); ++i) {
      if (ready > 0 && awaited[i].revents != 0) open[i]->proceed();
      open[i]->check_time();
    }
  }
  for (Asking& asking : askings) results.push_back(std::move(asking.result()));
}

}  // namespace

std::string_view text(Transport transport) { return transport == Transport::kUdp ? "UDP" : "TCP"; }

std::string time_text(milliseconds time) {
  constexpr int64_t kSecond = 1000;
  const int64_t count = time.count();
  return count % kSecond == 0 ? std::to_string(count / kSecond) + " s" : std::to_string(count) + " ms";
}

std::vector<ProbeResult> ask_dns(const std::vector<DnsProbe>& probes, milliseconds patience) {
  std::vector<ProbeResult> results;
  results.reserve(probes.size());
  for (size_t first = 0; first < probes.size(); first += kAtOnce) {
    ask_at_once(std::span(probes).subspan(first, std::min(kAtOnce, probes.size() - first)), patience, results);
  }
  return results;
}

}  // namespace meshdns
