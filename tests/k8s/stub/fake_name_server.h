#pragma once

// Name servers that do what a test wants, on a port of their own of 127.0.0.1, over UDP and TCP, each on a thread.

#include <atomic>
#include <cstdint>
#include <functional>
#include <span>
#include <thread>
#include <vector>

#include "k8s/stub/dns_message.h"
#include "k8s/stub/stub_domain.h"

namespace meshdns {

using Octets = std::vector<uint8_t>;
using Messages = std::vector<Octets>;

class FakeNameServer {
 public:
  /// Messages that it sends for a query, one after the other. Called on the server's thread.
  using Behaviour = std::function<Messages(std::span<const uint8_t> query, bool tcp)>;

  explicit FakeNameServer(Behaviour behaviour);
  ~FakeNameServer();

  const DnsServer& address() const { return address_; }
  int queries() const { return queries_; }  // that came so far

 private:
  void open();
  void serve();
  void serve_datagram();
  void serve_connection();

  Behaviour behaviour_;
  DnsServer address_;
  int udp_ = -1;
  int tcp_ = -1;
  std::atomic<int> queries_ = 0;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

/// What it asks.
DnsQuestion question_of(std::span<const uint8_t> query);

/// A response to `query` as it is wanted: records in presentation form, the answer section's and the authority section's.
Octets reply_to(std::span<const uint8_t> query, int rcode, bool authoritative, const std::vector<const char*>& answer,
                const std::vector<const char*>& authority = {});

}  // namespace meshdns
