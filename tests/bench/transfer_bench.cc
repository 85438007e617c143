// What a zone transfer costs the others, and whether it is right: a server with a million names and 1,000 updates a second is asked
// one query after the other, by turns without a transfer, beside one that dig takes from somebody else, and beside one that dig takes
// from the server. Each of the latter is then compared with the zone as the log of updates rebuilds it for its serial. Run by `scripts/bench
// transfer`; prints one figure a line.
//
// On two cores, dig and the kernel's side of its connection cost the others more than the server's part of it. So dig takes the same
// octets in the same bursts from a thread that does nothing else, too: what is beyond that is the server's.
//
// dig runs when nobody else wants to, as it would on a machine of its own: here it has to share the cores with what is measured.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <future>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "cmd/event_loop.h"
#include "server/mailbox.h"
#include "server/server.h"
#include "server/transfer_image.h"
#include "server/wire.h"
#include "tests/zone/zone_fixture.h"
#include "zone/catalog.h"

namespace meshdns {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::microseconds;

constexpr size_t kHosts = 1'000'000;
constexpr size_t kNamespaces = 1000;
constexpr size_t kBatch = 500;               // publications, while the zone is filled
constexpr microseconds kUpdatePeriod{1000};  // 1,000 a second
constexpr microseconds kQueryPeriod{500};    // 2,000 a second
constexpr std::chrono::seconds kWithout{2};  // about as long as a transfer takes dig
constexpr int kRounds = 6;
constexpr size_t kReplayBurst = 16 << 10;  // as the server's

// What the log knows: a host's address as a number, 0 where it has none.
struct Update {
  uint32_t host;
  uint32_t address;
  uint32_t serial;
};
struct Sample {
  Clock::time_point at;
  Clock::duration took;
};
struct Window {
  Clock::time_point begin;
  Clock::time_point end;
};

Publication publication(uint32_t host, uint32_t address) {
  const std::string team = "team-" + std::to_string(host % kNamespaces);
  const std::string service = "serverservice" + std::to_string(host);
  const uint32_t network = htonl(address);
  uint8_t bytes[4];
  std::memcpy(bytes, &network, sizeof bytes);
  return {
      .object = team + "/" + service,
      .created = 1'600'000'000,
      .hosts = {{test::name(service + "." + team + ".global"), {IpAddress::v4(std::span<const uint8_t, 4>(bytes))}}},
      .ports = {{"http1", 8000, "http"}},
      .skipped = {}};
}

uint32_t first_address(uint32_t host) { return (240U << 24) + host; }

/// A figure of /proc/self/status, in MiB.
double memory(const std::string& figure) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(figure)) return std::atof(line.c_str() + figure.size() + 1) / 1024;
  }
  return 0;
}

/// Sends the same transfer to whoever connects, one after the other.
class Replay {
 public:
  Replay(const Zone& zone, Epochs& epochs) {
    const std::atomic<bool> stop{false};
    const auto now = [](const auto& work) { return work(), true; };
    const auto image = *TransferImage::write(*ZoneCopy::make(zone, epochs, now), stop);
    messages_.resize(image->octets);
    if (pread(image->file.get(), messages_.data(), messages_.size(), 0) < 0) std::abort();
    sockaddr_in address{};
    socklen_t size = sizeof address;
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    listening_ = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listening_, reinterpret_cast<sockaddr*>(&address), size) != 0 || listen(listening_, 1) != 0 ||
        getsockname(listening_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
      std::abort();
    }
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { run(); });
  }
  ~Replay() {
    shutdown(listening_, SHUT_RDWR);
    thread_.join();
    close(listening_);
  }
  uint16_t port() const { return port_; }

 private:
  void run() {
    constexpr sched_param kNone{};
    sched_setscheduler(0, SCHED_IDLE, &kNone);
    for (int fd = -1; (fd = accept(listening_, nullptr, nullptr)) >= 0; close(fd)) {
      uint8_t query[512];
      if (recv(fd, query, sizeof query, 0) < 2 + 4) std::abort();
      for (size_t at = 0; at < messages_.size();) {
        const size_t begin = at;
        for (; at < messages_.size() && at - begin < kReplayBurst; at += 2U + get16(&messages_[at])) {
          std::copy_n(query + 2, 2, &messages_[at + 2]);  // the ID
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
        if (send(fd, &messages_[begin], at - begin, MSG_NOSIGNAL) < 0) std::abort();
      }
    }
  }

  std::vector<uint8_t> messages_;
  int listening_ = -1;
  uint16_t port_ = 0;
  std::thread thread_;
};

class Bench {
 public:
  int run(const std::string& output) {
    fill();
    if (mailbox_.open(loop_.get()) != 0) std::abort();
    const auto listening = server_.start({.listen = {{test::address("127.0.0.1"), 0}},
                                          .workers = 1,
                                          .limits = {},
                                          .query_log = QueryLog::kNone,
                                          .transfer_allow = {*IpBlock::parse("127.0.0.1")}});
    if (!listening) return std::fprintf(stderr, "%s\n", listening.error().c_str()), 1;
    port_ = listening->front().port;
    replay_.emplace(*directory_.zones().front(), directory_.epochs());
    std::ofstream("/proc/self/clear_refs") << "5";  // VmHWM begins anew
    resident_ = memory("VmRSS:");
    std::thread updater([this] { update(); });
    std::thread client([this] { query(); });
    std::thread director([this, &output] { direct(output); });
    loop_.run();
    for (std::thread* thread : {&updater, &client, &director}) thread->join();
    server_.stop();
    report();
    return compare(output);
  }

 private:
  void fill() {
    Batch batch;
    for (uint32_t host = 0; host < kHosts; ++host) {
      batch.upserts.push_back(publication(host, first_address(host)));
      if (batch.upserts.size() < kBatch && host + 1 < kHosts) continue;
      catalog_.apply(0, batch);
      batch.upserts.clear();
    }
    catalog_.set_synced(0);
    log_.reserve(1'000'000);
    updates_.reserve(1'000'000);
    queries_.reserve(1'000'000);
  }

  CopyZone copy_zone() {
    return [this](const Zone& zone) {
      return ZoneCopy::make(zone, directory_.epochs(), [this](std::function<void()> work) {
        const auto done = std::make_shared<std::promise<void>>();
        auto future = done->get_future();
        mailbox_.post([work = std::move(work), done] {
          work();
          done->set_value();
        });
        future.get();
        return true;
      });
    };
  }

  /// Hands an update to the control thread each millisecond, as a source does; there it is timed from its coming to its being answerable.
  void update() {
    std::mt19937 random(1);
    auto due = Clock::now();
    while (!ending_) {
      std::this_thread::sleep_until(due += kUpdatePeriod);
      const uint32_t host = random() % kHosts;
      // One in ten takes a host away; the next for the same host brings it back.
      const uint32_t address = random() % 10 == 0 ? 0 : (10U << 24) + random() % (1U << 24);
      mailbox_.post([this, host, address, came = Clock::now()] {
        Batch batch;
        if (address == 0) {
          batch.removals.push_back(publication(host, 1).object);
        } else {
          batch.upserts.push_back(publication(host, address));
        }
        catalog_.apply(0, batch);
        updates_.push_back({came, Clock::now() - came});
        log_.push_back({host, address, directory_.zones().front()->serial()});
      });
    }
  }

  void query() {
    const int fd = socket(AF_INET, SOCK_DGRAM, 0);
    sockaddr_in server{};
    server.sin_family = AF_INET;
    server.sin_port = htons(port_);
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(fd, reinterpret_cast<const sockaddr*>(&server), sizeof server) != 0) std::abort();
    std::mt19937 random(2);
    uint8_t message[1500];
    auto due = Clock::now();
    while (!ending_) {
      std::this_thread::sleep_until(due += kQueryPeriod);
      const Name name = publication(random() % kHosts, 1).hosts.front().owner;
      std::memset(message, 0, kHeaderSize);
      message[5] = 1;
      uint8_t* end = std::ranges::copy(name.wire(), message + kHeaderSize).out;
      for (const uint8_t octet : {0, 1, 0, 1}) *end++ = octet;
      const auto start = Clock::now();
      if (send(fd, message, static_cast<size_t>(end - message), 0) < 0 || recv(fd, message, sizeof message, 0) < 0) {
        std::abort();
      }
      queries_.push_back({start, Clock::now() - start});
    }
    close(fd);
  }

  static Window transfer(uint16_t port, const std::string& output) {
    const std::string dig =
        "chrt --idle 0 dig @127.0.0.1 -p " + std::to_string(port) + " global AXFR +nocmd +nostats > " + output;
    const auto asked = Clock::now();
    if (std::system(dig.c_str()) != 0) std::abort();
    return {asked, Clock::now()};
  }

  void direct(const std::string& output) {
    for (int round = 0; round < kRounds; ++round) {
      const auto begin = Clock::now();
      std::this_thread::sleep_for(kWithout);
      without_.push_back({begin, Clock::now()});
      replayed_.push_back(transfer(replay_->port(), "/dev/null"));
      with_.push_back(transfer(port_, output + "/" + std::to_string(round)));
    }
    peak_ = memory("VmHWM:");
    ending_ = true;
    mailbox_.post([this] {
      mailbox_.close();
      loop_.stop();
    });
  }

  static void print(const char* what, const std::vector<Sample>& samples, const std::vector<Window>& windows) {
    std::vector<double> times;
    for (const Sample& sample : samples) {
      const auto within = [&](const Window& window) { return window.begin <= sample.at && sample.at < window.end; };
      if (std::ranges::any_of(windows, within)) {
        times.push_back(std::chrono::duration<double, std::micro>(sample.took).count());
      }
    }
    std::ranges::sort(times);
    const auto at = [&](double share) {
      return times[static_cast<size_t>(share * static_cast<double>(times.size() - 1))];
    };
    std::printf("%s: p50 %.0f µs, p99 %.0f µs, p99.9 %.0f µs, longest %.0f µs (%zu)\n", what, at(0.5), at(0.99),
                at(0.999), times.back(), times.size());
  }

  void report() const {
    print("a query without a transfer", queries_, without_);
    print("a query beside somebody else's", queries_, replayed_);
    print("a query beside a transfer", queries_, with_);
    print("an update without a transfer", updates_, without_);
    print("an update beside somebody else's", updates_, replayed_);
    print("an update beside a transfer", updates_, with_);
    for (const Window& window : with_) {
      std::printf("a transfer by dig: %.1f s\n", std::chrono::duration<double>(window.end - window.begin).count());
    }
    std::printf("resident before: %.0f MiB, at the peak: %.0f MiB\n", resident_, peak_);
  }

  /// Each transfer against the log. 0 where they agree.
  int compare(const std::string& output) const {
    std::vector<uint32_t> zone(kHosts);
    for (uint32_t host = 0; host < kHosts; ++host) zone[host] = first_address(host);
    size_t next = 0;
    for (int round = 0; round < kRounds; ++round) {
      std::vector<uint32_t> got(kHosts);
      uint32_t serial = 0;
      size_t others = 0;
      std::ifstream lines(output + "/" + std::to_string(round));
      for (std::string line; std::getline(lines, line);) {
        unsigned host = 0;
        unsigned team = 0;
        unsigned ttl = 0;
        char address[16];
        if (std::sscanf(line.c_str(), "serverservice%u.team-%u.global. %u IN A %15s", &host, &team, &ttl, address) ==
            4) {
          if (host >= kHosts || team != host % kNamespaces || got[host] != 0) return wrong(round, line);
          got[host] = ntohl(inet_addr(address));
        } else if (std::sscanf(line.c_str(), "global. %u IN SOA %*s %*s %u", &ttl, &serial) != 2) {
          ++others;
        }
      }
      for (; next < log_.size() && log_[next].serial <= serial; ++next) zone[log_[next].host] = log_[next].address;
      if (got != zone) return wrong(round, "not the zone of serial " + std::to_string(serial));
      std::printf("transfer of serial %u: equals the zone after %zu updates, %zu hosts\n", serial, next,
                  kHosts - static_cast<size_t>(std::ranges::count(zone, 0U)));
    }
    return 0;
  }
  static int wrong(int round, const std::string& what) {
    return std::fprintf(stderr, "transfer %d: %s\n", round, what.c_str()), 1;
  }

  EventLoop loop_;
  Directory directory_{{test::zone_options("global")}, 1};
  Sources sources_ = test::sources({"east"});
  Catalog catalog_{directory_, sources_};
  Mailbox mailbox_;
  Server server_{directory_, copy_zone()};
  uint16_t port_ = 0;
  std::atomic<bool> ending_{false};
  std::vector<Update> log_;
  std::vector<Sample> updates_;
  std::vector<Sample> queries_;
  std::vector<Window> without_;
  std::vector<Window> replayed_;
  std::vector<Window> with_;
  std::optional<Replay> replay_;
  double resident_ = 0;
  double peak_ = 0;
};

}  // namespace
}  // namespace meshdns

int main(int argc, char** argv) {
  if (argc != 2) return std::fprintf(stderr, "usage: transfer_bench DIRECTORY-FOR-DIG'S-OUTPUT\n"), 2;
  return meshdns::Bench().run(argv[1]);
}
