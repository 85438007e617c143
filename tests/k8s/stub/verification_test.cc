#include "k8s/stub/verification.h"

#include <doctest/doctest.h>

#include <atomic>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "k8s/stub/verdict.h"
#include "k8s/stub/verification_report.h"
#include "tests/k8s/stub/fake_name_server.h"

namespace meshdns {
namespace {

using namespace std::chrono_literals;
using Query = std::span<const uint8_t>;
using Behaviour = FakeNameServer::Behaviour;

constexpr const char* kSoa = "global. IN SOA ns.dns.global. hostmaster.global. 7 1 1 1 1";
constexpr const char* kNewerSoa = "global. IN SOA ns.dns.global. hostmaster.global. 9 1 1 1 1";
constexpr const char* kPublicSoa = "global. IN SOA a0.nic.global. noc.example. 7 1 1 1 1";
constexpr const char* kRootSoa = ". IN SOA a.root-servers.net. nstld.example. 7 1 1 1 1";
constexpr const char* kAddress = "ns.dns.global. IN A 240.0.0.2";

std::string asked(Query query) { return question_of(query).text(); }

/// The zone: with one name server, which has one address.
Octets zone(Query query, bool authoritative, const char* soa = kSoa, const char* address = kAddress) {
  const std::string question = asked(query);
  if (question == "kubernetes.default.svc.cluster.local A") {
    return reply_to(query, 0, true, {"kubernetes.default.svc.cluster.local. IN A 10.96.0.1"});
  }
  if (question == "global SOA") return reply_to(query, 0, authoritative, {soa});
  if (question == "global NS") return reply_to(query, 0, authoritative, {"global. IN NS ns.dns.global."});
  if (question == "ns.dns.global A") return reply_to(query, 0, authoritative, {address});
  if (question == "ns.dns.global AAAA") return reply_to(query, 0, authoritative, {}, {soa});
  return reply_to(query, 3, authoritative, {}, {soa});
}

Messages meshdns(Query query, bool) { return {zone(query, true)}; }
Messages forwarder(Query query, bool) { return {zone(query, false)}; }
Messages internet(Query query, bool) {
  if (asked(query).ends_with("cluster.local A")) return forwarder(query, false);
  return {asked(query) == "global SOA" ? reply_to(query, 0, false, {kPublicSoa})
                                       : reply_to(query, 3, false, {}, {kPublicSoa})};
}
Messages root(Query query, bool) {
  if (asked(query).ends_with("cluster.local A")) return forwarder(query, false);
  return {reply_to(query, 3, false, {}, {kRootSoa})};
}
Messages silence(Query, bool) { return {}; }

Behaviour with_rcode(int rcode) {
  return [rcode](Query query, bool) {
    return Messages{asked(query).ends_with("cluster.local A") ? zone(query, false) : reply_to(query, rcode, false, {})};
  };
}

Behaviour only_over(bool tcp, Behaviour behaviour, Behaviour otherwise = silence) {
  return [=](Query query, bool over_tcp) { return (over_tcp == tcp ? behaviour : otherwise)(query, over_tcp); };
}

struct Way {
  HopKind kind;
  Behaviour behaviour;
};

/// A verification of fake servers, and what it says.
struct World {
  std::vector<std::unique_ptr<FakeNameServer>> running;
  VerificationPlan plan{
      *Name::parse("global"), {}, {}, {}, {}, OwnName{*Name::parse("kubernetes.default.svc.cluster.local"), {}}, 300ms};

  World(const Behaviour& server, const std::vector<Way>& ways) {
    plan.servers.push_back({HopKind::kServer, "", start(server)});
    for (const Way& way : ways) {
      plan.hops.push_back({way.kind, "pod-" + std::to_string(plan.hops.size()), start(way.behaviour)});
    }
  }

  DnsServer start(const Behaviour& behaviour) {
    running.push_back(std::make_unique<FakeNameServer>(behaviour));
    return running.back()->address();
  }

  Verdict verdict() const { return verdict_of(plan, ask_once(plan)); }
};

TEST_CASE("verdicts") {
  constexpr auto kReplica = HopKind::kReplica;
  constexpr auto kService = HopKind::kService;
  constexpr auto kNodeLocal = HopKind::kNodeLocal;
  struct Case {
    const char* what;
    Behaviour server;
    std::vector<Way> ways;
    const char* cause;
    const char* hop;   // the beginning
    const char* said;  // a part of the sentence
  };
  const auto newer = [](Query q, bool) { return Messages{zone(q, false, kNewerSoa)}; };
  const auto older = [](Query q, bool) { return Messages{zone(q, false, kSoa, "ns.dns.global. IN A 240.0.0.9")}; };
  const auto without_own = [](Query q, bool) {
    return Messages{asked(q).ends_with("cluster.local A") ? reply_to(q, 3, false, {}) : zone(q, false)};
  };
  const auto deaf_to_zone = [](Query q, bool tcp) {
    return asked(q).ends_with("cluster.local A") ? forwarder(q, tcp) : Messages{};
  };
  const auto not_authoritative = [](Query q, bool) { return Messages{zone(q, false)}; };
  for (const Case& c : std::vector<Case>{
           {"all is well",
            meshdns,
            {{kReplica, forwarder}, {kService, forwarder}, {kNodeLocal, forwarder}},
            "",
            "",
            "just so"},
           {"a server alone", meshdns, {}, "", "", "global is answered by"},
           {"a newer serial", meshdns, {{kService, newer}}, "", "", ""},
           {"server down", silence, {{kService, forwarder}}, "server-down", "server 127", "meshdns runs there"},
           {"server without TCP",
            only_over(false, meshdns),
            {},
            "port-filtered",
            "server 127",
            "over UDP and not over TCP"},
           {"server without UDP",
            only_over(true, meshdns),
            {},
            "port-filtered",
            "server 127",
            "over TCP and not over UDP"},
           {"a resolver", not_authoritative, {}, "wrong-server", "server 127", "not authoritative for global"},
           {"no such zone", with_rcode(5), {}, "wrong-server", "server 127", "REFUSED"},
           {"server without data", with_rcode(2), {}, "server-not-ready", "server 127", "/ready"},
           {"DNS down", meshdns, {{kService, silence}}, "dns-down", "cluster DNS pod-0", "its pods run"},
           {"DNS without TCP",
            meshdns,
            {{kService, only_over(false, forwarder)}},
            "port-filtered",
            "cluster DNS",
            "NetworkPolicy"},
           {"no stub, public", meshdns, {{kService, internet}}, "not-forwarded", "cluster DNS", "not in effect there"},
           {"no stub, no such TLD", meshdns, {{kService, root}}, "not-forwarded", "cluster DNS", "NXDOMAIN"},
           {"no stub, refused", meshdns, {{kService, with_rcode(5)}}, "not-forwarded", "cluster DNS", "REFUSED"},
           {"one replica lags",
            meshdns,
            {{kReplica, forwarder}, {kReplica, internet}},
            "replica-lags",
            "DNS replica pod-1",
            "1 of 2"},
           {"no replica forwards",
            meshdns,
            {{kReplica, root}, {kReplica, root}},
            "not-forwarded",
            "DNS replica pod-0",
            "restart it"},
           {"node-local bypasses",
            meshdns,
            {{kService, forwarder}, {kNodeLocal, internet}},
            "node-local-bypass",
            "node-local pod-1",
            "never takes effect"},
           {"nobody forwards", meshdns, {{kService, root}, {kNodeLocal, root}}, "not-forwarded", "cluster DNS", ""},
           {"DNS cannot reach the server",
            meshdns,
            {{kService, with_rcode(2)}},
            "forward-fails",
            "cluster DNS",
            "gets no answer from"},
           {"… over TCP",
            meshdns,
            {{kService, only_over(false, forwarder, with_rcode(2))}},
            "port-filtered",
            "cluster DNS",
            "over UDP and not over TCP"},
           {"… and it says nothing",
            meshdns,
            {{kService, deaf_to_zone}},
            "forward-fails",
            "cluster DNS",
            "gets no answer from"},
           {"… over UDP",
            meshdns,
            {{kService, only_over(true, forwarder, deaf_to_zone)}},
            "port-filtered",
            "cluster DNS",
            "over TCP and not over UDP"},
           {"another address",
            meshdns,
            {{kService, older}},
            "answers-differ",
            "cluster DNS",
            "expected NOERROR, 240.0.0.2"},
           {"own names are lost",
            meshdns,
            {{kService, without_own}},
            "own-names",
            "cluster DNS",
            "own names as before"},
       }) {
    CAPTURE(std::string(c.what));
    const Verdict verdict = World(c.server, c.ways).verdict();
    CHECK(verdict.passed == std::string(c.cause).empty());
    CHECK(verdict.cause == c.cause);
    CHECK(verdict.hop.starts_with(c.hop));
    CAPTURE(verdict.sentence);
    CHECK(verdict.sentence.find(c.said) != std::string::npos);
  }
}

TEST_CASE("a server that is the cluster's DNS itself is a loop, whatever it answers") {
  for (const Behaviour& behaviour :
       {with_rcode(2), Behaviour(root), Behaviour(silence), only_over(true, with_rcode(2))}) {
    World world(behaviour, {});
    world.plan.hops.push_back({HopKind::kService, "", world.plan.servers.front().server});
    CHECK(world.verdict().cause == "loop");
  }
}

TEST_CASE("each hop is asked over both, for a name that exists and for one that does not") {
  const World world(meshdns, {{HopKind::kService, forwarder}});
  const Verification verification = ask_once(world.plan);
  CHECK(verification.known == *Name::parse("ns.dns.global"));
  CHECK(verification.steps.size() == 2 * 4 + 2 * 5);
  for (const Step& step : verification.steps) {
    CAPTURE(step.hop.text() + " " + step.question + ": " + step.answer);
    CHECK(step.fault == Fault::kNone);
  }
}

TEST_CASE("a name that is given and does not exist") {
  World world(meshdns, {});
  world.plan.known = *Name::parse("nobody.global");
  CHECK(world.verdict().cause == "no-such-name");
}

TEST_CASE("own names are to stay as they are") {
  World world(meshdns, {{HopKind::kReplica, forwarder}, {HopKind::kService, forwarder}});
  world.plan.own_name->addresses = {*IpAddress::parse("10.96.0.1")};
  CHECK(world.verdict().passed);
  world.plan.own_name->addresses = {*IpAddress::parse("10.96.0.2")};
  CHECK(world.verdict().cause == "own-names");
}

TEST_CASE("it is asked again until all is well, and no longer") {
  std::atomic<bool> reloaded = false;
  const auto reloading = [&](Query query, bool tcp) { return reloaded ? forwarder(query, tcp) : root(query, tcp); };
  int tries = 0;
  const auto reload = [&](const Verification& verification, VerificationPlan&) {
    CHECK_FALSE(verification.passed());
    ++tries;
    reloaded = true;
  };
  CHECK(ask_until_live(World(meshdns, {{HopKind::kService, reloading}}).plan, 60s, reload).passed());
  CHECK(tries == 1);
  CHECK_FALSE(ask_until_live(World(meshdns, {{HopKind::kService, root}}).plan, 0s, reload).passed());
  CHECK(ask_until_live(World(with_rcode(2), {{HopKind::kService, root}}).plan, 60s, reload).server_fails());
  CHECK(tries == 1);
}

TEST_CASE("whether anybody answers") {
  CHECK(any_answers(World(meshdns, {{HopKind::kService, silence}, {HopKind::kReplica, with_rcode(5)}}).plan.hops, 2s));
  CHECK_FALSE(any_answers(World(meshdns, {{HopKind::kService, only_over(true, meshdns)}}).plan.hops, 100ms));
  CHECK_FALSE(any_answers({}, 10s));
}

TEST_CASE("reports are read back as they were written, within the size of a termination message") {
  World world(meshdns, {{HopKind::kService, forwarder}});
  for (int i = 0; i < 20; ++i) world.plan.hops.push_back(world.plan.hops.front());
  world.plan.hops.push_back({HopKind::kReplica, "last", world.start(root)});
  const auto report = verification_report(world.plan, ask_once(world.plan));
  CHECK(report.dump().size() > kTerminationMessage);
  const std::string message = termination_message(report);
  CHECK(message.size() <= kTerminationMessage);
  const auto read = parse_verification_report(message);
  REQUIRE(read);
  CHECK((*read)["verdict"] == report["verdict"]);
  CHECK((*read)["leftOut"].get<size_t>() + (*read)["steps"].size() == report["steps"].size());
  CHECK_FALSE((*read)["steps"].back()["ok"].get<bool>());
}

TEST_CASE("what is no report") {
  for (const char* text :
       {"", "meshdnsctl: not found", "[]", "{}", R"({"passed": "yes"})", R"({"passed": true, "steps": [{}]})"}) {
    CAPTURE(std::string(text));
    CHECK_FALSE(parse_verification_report(text));
  }
}

}  // namespace
}  // namespace meshdns
