#include "k8s/stub/verification.h"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <thread>
#include <utility>

#include "zone/rr_type.h"

namespace meshdns {
namespace {

/// A name that nobody has, a new one for each query: no cache answers in place of whom we ask for.
Name unknown_name(const Name& zone) {
  constexpr size_t kOctets = 8;
  std::array<unsigned char, kOctets> random{};
  randombytes_buf(random.data(), random.size());
  std::array<char, 2 * kOctets + 1> label{};
  sodium_bin2hex(label.data(), label.size(), random.data(), random.size());
  const auto name = Name::parse("meshdnsctl-" + std::string(label.data()) + "." + zone.text());
  return name ? *name : zone;
}

/// A step that is asked for, and what is expected of its answer.
struct Asked {
  Step step;
  DnsProbe probe;
  enum class What : uint8_t { kSoa, kKnown, kUnknown, kOwnName } what;
  ProbeResult result{};
};

class Questionnaire {
 public:
  explicit Questionnaire(const VerificationPlan& plan) : plan_(plan) {}

  void ask_about_zone(const Hop& hop, const std::optional<Name>& known) {
    for (const Transport transport : {Transport::kUdp, Transport::kTcp}) {
      add(hop, transport, {plan_.zone, rr_type::kSoa}, Asked::What::kSoa);
      if (known) {
        add(hop, transport, {*known, rr_type::kA}, Asked::What::kKnown);
        add(hop, transport, {*known, rr_type::kAaaa}, Asked::What::kKnown);
      }
      add(hop, transport, {unknown_name(plan_.zone), rr_type::kA}, Asked::What::kUnknown);
    }
  }

  void ask_about_cluster(const Hop& hop) {
    if (!plan_.own_name) return;
    const auto& addresses = plan_.own_name->addresses;
    const uint16_t type = addresses.empty() || addresses.front().is_v4() ? rr_type::kA : rr_type::kAaaa;
    for (const Transport transport : {Transport::kUdp, Transport::kTcp}) {
      add(hop, transport, {plan_.own_name->name, type}, Asked::What::kOwnName);
    }
  }

  std::vector<Asked> asked() && {
    std::vector<DnsProbe> probes;
    probes.reserve(asked_.size());
    for (const Asked& each : asked_) probes.push_back(each.probe);
    auto results = ask_dns(probes, plan_.patience);
    for (size_t i = 0; i < asked_.size(); ++i) {
      Asked& each = asked_[i];
      each.result = std::move(results[i]);
      each.step.answer = each.result.reply ? each.result.reply->text() : each.result.failure;
      each.step.took = each.result.took;
    }
    return std::move(asked_);
  }

 private:
  void add(const Hop& hop, Transport transport, const DnsQuestion& question, Asked::What what) {
    asked_.push_back({{hop, transport, question.text(), {}, {}}, {hop.server, transport, question}, what});
  }

  const VerificationPlan& plan_;
  std::vector<Asked> asked_;
};

void fail(Asked& asked, Fault fault, std::string reason) {
  asked.step.fault = fault;
  asked.step.reason = std::move(reason);
}

/// The faults that any answer can have.
bool is_answered(Asked& asked) {
  if (!asked.result.reply) {
    fail(asked, Fault::kSilent, "expected an answer");
  } else if (asked.result.reply->rcode == kServfail) {
    fail(asked, Fault::kServfail, "expected an answer of the zone");
  }
  return asked.step.fault == Fault::kNone;
}

bool has_soa_of(const DnsReply& reply, const Name& zone) { return reply.soa && reply.soa->zone == zone; }

void judge_server(Asked& asked, const Name& zone) {
  if (!is_answered(asked)) return;
  const DnsReply& reply = *asked.result.reply;
  if (!reply.authoritative) return fail(asked, Fault::kOtherServer, "expected an authoritative answer");
  switch (asked.what) {
    case Asked::What::kSoa:
      if (reply.rcode != kNoError || !has_soa_of(reply, zone)) {
        fail(asked, Fault::kOtherServer, "expected the SOA of " + zone.text());
      }
      return;
    case Asked::What::kKnown:
      if (reply.rcode != kNoError) fail(asked, Fault::kOtherAnswer, "expected a name that exists");
      return;
    case Asked::What::kUnknown: {
      const bool wildcard = reply.rcode == kNoError && !reply.addresses.empty();
      if (!wildcard && (reply.rcode != kNxDomain || !has_soa_of(reply, zone))) {
        fail(asked, Fault::kOtherServer, "expected NXDOMAIN with the SOA of " + zone.text());
      }
      return;
    }
    case Asked::What::kOwnName:
      return;
  }
}

/// Caches of forwarders drop the SOA of negative answers, so a missing one tells nothing.
bool same_zone(const DnsReply& reply, const DnsReply& expected) {
  return !reply.soa || !expected.soa || *reply.soa == *expected.soa;
}

void judge_hop(Asked& asked, const DnsReply& expected) {
  if (!is_answered(asked)) return;
  const DnsReply& reply = *asked.result.reply;
  const std::string as_directly = "expected " + expected.text() + ", as directly";
  if (asked.what == Asked::What::kSoa && !(reply.soa == expected.soa)) {
    return fail(asked, Fault::kNotForwarded, "expected the same SOA as directly");
  }
  if (!same_zone(reply, expected)) {
    return fail(asked, Fault::kNotForwarded, "with the SOA of another name server than directly");
  }
  if (reply.rcode != expected.rcode) return fail(asked, Fault::kNotForwarded, as_directly);
  if (!reply.truncated && reply.addresses != expected.addresses) fail(asked, Fault::kOtherAnswer, as_directly);
}

void judge_own_name(Asked& asked, const OwnName& own) {
  const bool answered = asked.result.reply && asked.result.reply->rcode == kNoError;
  if (!asked.result.reply) return fail(asked, Fault::kSilent, "expected an answer");
  const auto& found = asked.result.reply->addresses;
  if (answered && (own.addresses.empty() ? !found.empty() : found == own.addresses)) return;
  DnsReply expected;
  expected.addresses = own.addresses;
  fail(asked, Fault::kOwnName,
       own.addresses.empty() ? "expected an address" : "expected " + expected.text() + ", as before");
}

/// Of whom direct answers are taken to compare with: the reply to the question of that kind, over TCP, where nothing is truncated.
const DnsReply* direct_reply(const std::vector<Asked>& direct, const Asked& asked) {
  for (const Asked& each : direct) {
    if (each.what != asked.what || each.probe.transport != Transport::kTcp || !each.result.reply) continue;
    if (asked.what == Asked::What::kUnknown || each.probe.question == asked.probe.question) return &*each.result.reply;
  }
  return nullptr;
}

/// Names in the zone that may have an address.
std::vector<Name> candidates(const VerificationPlan& plan) {
  const DnsServer& server = plan.servers.front().server;
  const auto results = ask_dns(
      {{server, Transport::kUdp, {plan.zone, rr_type::kNs}}, {server, Transport::kUdp, {plan.zone, rr_type::kSoa}}},
      plan.patience);
  std::vector<Name> names = plan.candidates;
  for (const ProbeResult& result : results) {
    if (!result.reply) continue;
    names.insert(names.end(), result.reply->name_servers.begin(), result.reply->name_servers.end());
    if (result.reply->soa) names.push_back(result.reply->soa->primary);
  }
  std::erase_if(names, [&](const Name& name) { return !name.is_within(plan.zone); });
  return names;
}

std::optional<Name> find_known(const VerificationPlan& plan) {
  if (plan.known) return plan.known;
  constexpr size_t kTried = 32;
  std::vector<Name> names = candidates(plan);
  names.resize(std::min(names.size(), kTried));
  std::vector<DnsProbe> probes;
  for (const Name& name : names) {
    probes.push_back({plan.servers.front().server, Transport::kUdp, {name, rr_type::kA}});
    probes.push_back({plan.servers.front().server, Transport::kUdp, {name, rr_type::kAaaa}});
  }
  for (const auto results = ask_dns(probes, plan.patience); const Name& name : names) {
    const auto& v4 = results[2 * static_cast<size_t>(&name - names.data())].reply;
    const auto& v6 = results[2 * static_cast<size_t>(&name - names.data()) + 1].reply;
    if ((v4 && !v4->addresses.empty()) || (v6 && !v6->addresses.empty())) return name;
  }
  return std::nullopt;
}

std::vector<Asked> ask_servers(const VerificationPlan& plan, const std::optional<Name>& known) {
  Questionnaire questions(plan);
  for (const Hop& server : plan.servers) questions.ask_about_zone(server, known);
  std::vector<Asked> asked = std::move(questions).asked();
  for (Asked& each : asked) judge_server(each, plan.zone);
  return asked;
}

std::vector<Asked> ask_hops(const VerificationPlan& plan, const std::optional<Name>& known,
                            const std::vector<Asked>& direct) {
  Questionnaire questions(plan);
  for (const Hop& hop : plan.hops) {
    questions.ask_about_zone(hop, known);
    questions.ask_about_cluster(hop);
  }
  std::vector<Asked> asked = std::move(questions).asked();
  for (Asked& each : asked) {
    if (each.what == Asked::What::kOwnName) {
      judge_own_name(each, *plan.own_name);
    } else if (const DnsReply* expected = direct_reply(direct, each)) {
      judge_hop(each, *expected);
    }
  }
  return asked;
}

}  // namespace

bool Verification::passed() const {
  return std::ranges::all_of(steps, [](const Step& step) { return step.fault == Fault::kNone; });
}

bool Verification::server_fails() const {
  return std::ranges::any_of(
      steps, [](const Step& step) { return step.fault != Fault::kNone && step.hop.kind == HopKind::kServer; });
}

Verification ask_once(const VerificationPlan& plan) {
  Verification verification{{}, find_known(plan)};
  const auto take = [&](const std::vector<Asked>& asked) {
    for (const Asked& each : asked) verification.steps.push_back(each.step);
  };
  const auto direct = ask_servers(plan, verification.known);
  take(direct);
  if (verification.passed()) take(ask_hops(plan, verification.known, direct));
  return verification;
}

Verification ask_until_live(VerificationPlan plan, std::chrono::milliseconds limit,
                            const std::function<void(const Verification&, VerificationPlan&)>& meanwhile) {
  constexpr std::chrono::seconds kPause{1};
  const auto deadline = std::chrono::steady_clock::now() + limit;
  for (bool once = false;;) {
    Verification verification = ask_once(plan);
    const bool over = std::chrono::steady_clock::now() + kPause > deadline;
    if ((verification.passed() && once) || verification.server_fails() || over) return verification;
    once = verification.passed();
    if (!once) meanwhile(verification, plan);
    std::this_thread::sleep_for(kPause);
  }
}

bool any_answers(const std::vector<Hop>& hops, std::chrono::milliseconds patience) {
  std::vector<DnsProbe> probes;
  for (const Hop& hop : hops) probes.push_back({hop.server, Transport::kUdp, {Name(), rr_type::kSoa}});
  return std::ranges::any_of(ask_dns(probes, patience),
                             [](const ProbeResult& result) { return result.reply.has_value(); });
}

}  // namespace meshdns
