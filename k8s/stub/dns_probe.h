#pragma once

// Real queries to name servers, each with a deadline, many at once. Only what comes from the address that was asked, with the query's ID and
// question, is an answer.
//
// Threads: any; nothing is shared. Source: RFC 1035 §4.2, RFC 7766.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "k8s/stub/dns_message.h"
#include "k8s/stub/stub_domain.h"

namespace meshdns {

enum class Transport : uint8_t { kUdp, kTcp };

/// "UDP"
std::string_view text(Transport transport);

struct DnsProbe {
  DnsServer server;
  Transport transport;
  DnsQuestion question;
};

struct ProbeResult {
  std::optional<DnsReply> reply;
  std::string failure;                // why there is none: "no answer within 2 s"
  std::chrono::microseconds took{0};  // until the reply, or the failure
};

/// Asks all of them at the same time and returns, in that order, what came of each within `patience`. A query over UDP is repeated twice
/// meanwhile: packets get lost.
std::vector<ProbeResult> ask_dns(const std::vector<DnsProbe>& probes, std::chrono::milliseconds patience);

/// "2 s", "1500 ms"
std::string time_text(std::chrono::milliseconds time);

}  // namespace meshdns
