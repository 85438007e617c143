#include "k8s/stub/dns_probe.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/k8s/stub/fake_name_server.h"
#include "zone/rr_type.h"

namespace meshdns {
namespace {

using namespace std::chrono_literals;

constexpr auto kPatience = 300ms;

DnsQuestion question() { return {*Name::parse("a.global"), rr_type::kA}; }

/// What came of one query, as a person reads it.
std::string asked(const DnsServer& server, Transport transport, std::chrono::milliseconds patience = 10s) {
  const ProbeResult result = ask_dns({{server, transport, question()}}, patience).front();
  return result.reply ? result.reply->text() : result.failure;
}

Octets right(std::span<const uint8_t> query) { return reply_to(query, 0, true, {"a.global. IN A 240.0.0.2"}); }

Octets with_id_changed(Octets message) {
  message[0] ^= 0xffU;
  return message;
}

Octets of_another_question(std::span<const uint8_t> query) {
  Octets message = right(query);
  message[13] = 'b';  // of the first label
  return message;
}

Octets cut(Octets message) {
  message.resize(20);
  return message;
}

TEST_CASE("what comes of a query") {
  const std::string nothing = "no answer within 300 ms";
  const std::string strangers = nothing + ", only what answers another query";
  struct Case {
    const char* what;
    FakeNameServer::Behaviour behaviour;
    std::string over_udp;
    std::string over_tcp;
  };
  using Query = std::span<const uint8_t>;
  const std::string closed = "the connection was closed before an answer";
  for (const Case& c : std::vector<Case>{
           {"an answer", [](Query q, bool) { return Messages{right(q)}; }, "NOERROR, 240.0.0.2", "NOERROR, 240.0.0.2"},
           {"NXDOMAIN", [](Query q, bool) { return Messages{reply_to(q, 3, true, {})}; }, "NXDOMAIN", "NXDOMAIN"},
           {"FORMERR", [](Query q, bool) { return Messages{reply_to(q, 1, false, {})}; }, "FORMERR", "FORMERR"},
           {"an rcode without a name", [](Query q, bool) { return Messages{reply_to(q, 12, false, {})}; }, "rcode 12",
            "rcode 12"},
           {"silence", [](Query, bool) { return Messages{}; }, nothing, closed},
           {"another ID", [](Query q, bool) { return Messages{with_id_changed(right(q))}; }, strangers, closed},
           {"another question", [](Query q, bool) { return Messages{of_another_question(q)}; }, strangers, closed},
           {"the query itself", [](Query q, bool) { return Messages{Octets(q.begin(), q.end())}; }, strangers, closed},
           {"no message",
            [](Query, bool) {
              return Messages{Octets{1, 2, 3}};
            },
            strangers, closed},
           {"a part of one", [](Query q, bool) { return Messages{cut(right(q))}; }, strangers, closed},
           {"the answer behind another",
            [](Query q, bool) {
              return Messages{with_id_changed(right(q)), right(q)};
            },
            "NOERROR, 240.0.0.2", "NOERROR, 240.0.0.2"},
       }) {
    CAPTURE(std::string(c.what));
    const FakeNameServer server(c.behaviour);
    CHECK(asked(server.address(), Transport::kUdp, c.over_udp.starts_with(nothing) ? kPatience : 10s) == c.over_udp);
    CHECK(asked(server.address(), Transport::kTcp) == c.over_tcp);
  }
}

TEST_CASE("a port where nothing listens") {
  DnsServer nobody;
  {
    const FakeNameServer closed([](auto, bool) { return Messages{}; });
    nobody = closed.address();
  }
  for (const Transport transport : {Transport::kUdp, Transport::kTcp}) {
    CHECK(asked(nobody, transport) == "refused: nothing listens there");
  }
}

TEST_CASE("a query that is lost is sent again") {
  int seen = 0;
  const FakeNameServer server(
      [&seen](std::span<const uint8_t> query, bool) { return ++seen < 2 ? Messages{} : Messages{right(query)}; });
  CHECK(asked(server.address(), Transport::kUdp, 3s) == "NOERROR, 240.0.0.2");
}

TEST_CASE("many at once take no longer than one") {
  const FakeNameServer silent([](auto, bool) { return Messages{}; });
  const std::vector<DnsProbe> probes(40, {silent.address(), Transport::kUdp, question()});
  const auto began = std::chrono::steady_clock::now();
  const auto results = ask_dns(probes, kPatience);
  CHECK(std::chrono::steady_clock::now() - began < 10 * kPatience);
  CHECK(results.size() == probes.size());
  for (const ProbeResult& result : results) CHECK(result.took >= kPatience);
}

TEST_CASE("what is read of a reply") {
  const FakeNameServer server([](std::span<const uint8_t> query, bool) {
    return Messages{reply_to(query, 0, true,
                             {"a.global. IN A 240.0.0.3", "a.global. IN A 240.0.0.2", "a.global. IN A 240.0.0.3",
                              "a.global. IN AAAA 2001:db8::1", "a.global. IN NS ns.dns.global."},
                             {"global. IN SOA ns.dns.global. hostmaster.global. 7 1 1 1 1"})};
  });
  const auto result = ask_dns({{server.address(), Transport::kTcp, question()}}, 10s).front();
  REQUIRE(result.reply);
  CHECK(result.reply->authoritative);
  CHECK_FALSE(result.reply->truncated);
  CHECK(result.reply->text() == "NOERROR, 240.0.0.2, 240.0.0.3, 2001:db8::1");
  CHECK(result.reply->name_servers == std::vector{*Name::parse("ns.dns.global")});
  CHECK(result.reply->soa ==
        DnsSoa{*Name::parse("global"), *Name::parse("ns.dns.global"), *Name::parse("hostmaster.global")});
}

}  // namespace
}  // namespace meshdns
