#include "k8s/stub/verdict.h"

#include <algorithm>
#include <functional>
#include <optional>

#include "zone/joined.h"

namespace meshdns {
namespace {

using Steps = std::vector<const Step*>;

constexpr const char* kSync =
    "a change takes effect within some two minutes: kubelet brings it to the pod within 90 s, and CoreDNS reads it "
    "within 45 s";

/// coredns/coredns#6243: it notes the checksum of what it has not read.
constexpr const char* kMissed =
    "CoreDNS may miss a change to a file that it imports, where that comes while it reads another change";

/// All steps of one hop.
struct Walked {
  const Hop* hop;
  Steps steps;

  bool failed() const { return first(nullptr) != nullptr; }
  /// The first step with a fault; of that transport, where one is given.
  const Step* first(const Transport* transport) const {
    const auto found = std::ranges::find_if(steps, [&](const Step* step) {
      return step->fault != Fault::kNone && (transport == nullptr || step->transport == *transport);
    });
    return found == steps.end() ? nullptr : *found;
  }
  /// Whether this hop itself answers over that.
  bool reached(Transport transport) const {
    return std::ranges::any_of(
        steps, [&](const Step* step) { return step->transport == transport && step->fault != Fault::kSilent; });
  }
  const Step* with(Fault fault) const {
    const auto found = std::ranges::find(steps, fault, [](const Step* step) { return step->fault; });
    return found == steps.end() ? nullptr : *found;
  }
};

std::vector<Walked> walk(const std::vector<Hop>& hops, const Verification& verification) {
  std::vector<Walked> walked;
  for (const Hop& hop : hops) {
    Walked each{&hop, {}};
    for (const Step& step : verification.steps) {
      if (step.hop.kind == hop.kind && step.hop.server == hop.server && step.hop.name == hop.name) {
        each.steps.push_back(&step);
      }
    }
    walked.push_back(std::move(each));
  }
  return walked;
}

std::string found(const Step& step) {
  return "asked for " + step.question + " over " + std::string(text(step.transport)) + ": " + step.answer + ", " +
         step.reason;
}

std::string addresses_of(const std::vector<Hop>& hops) {
  return joined(hops, [](const Hop& hop) { return hop.server.text(); });
}

Verdict failed(const Hop& hop, std::string cause, const std::string& sentence) {
  return {false, std::move(cause), hop.text(), hop.text() + " " + sentence};
}

/// The transport over which everything is as expected, where over the other nothing comes.
std::optional<Transport> works_only_over(const Walked& walked, Fault fault) {
  for (const Transport good : {Transport::kUdp, Transport::kTcp}) {
    const Transport bad = good == Transport::kUdp ? Transport::kTcp : Transport::kUdp;
    const Step* failing = walked.first(&bad);
    if (walked.first(&good) == nullptr && failing != nullptr && failing->fault == fault) return good;
  }
  return std::nullopt;
}

std::string over_one(Transport good) {
  return good == Transport::kUdp ? "over UDP and not over TCP" : "over TCP and not over UDP";
}

Verdict judge_silence(const Walked& walked) {
  const Hop& hop = *walked.hop;
  const Step& step = *walked.with(Fault::kSilent);
  if (const auto good = works_only_over(walked, Fault::kSilent)) {
    const Transport bad = *good == Transport::kUdp ? Transport::kTcp : Transport::kUdp;
    return failed(hop, "port-filtered",
                  "answers " + over_one(*good) + " (" + step.answer + "): look at what filters port " +
                      std::to_string(hop.server.port) + "/" + std::string(text(bad)) +
                      " on the way there, such as a NetworkPolicy, a firewall, or a Service without that port");
  }
  if (hop.kind == HopKind::kServer) {
    return failed(hop, "server-down",
                  "does not answer (" + step.answer +
                      "): look at whether meshdns runs there and listens on that port, "
                      "and whether a NetworkPolicy or a firewall is in between");
  }
  return failed(hop, "dns-down",
                "does not answer (" + step.answer +
                    "): look at whether its pods run, at their logs, and whether this place "
                    "can reach it at all: addresses of Services and pods are often known within the cluster alone");
}

Verdict judge_server(const Walked& walked, const VerificationPlan& plan) {
  const Hop& hop = *walked.hop;
  // Whatever it answers, or whether it does: a forwarder that asks itself runs out of time as often as it says SERVFAIL.
  if (std::ranges::count(plan.hops, hop.server, &Hop::server) > 0) {
    return failed(hop, "loop",
                  "is the cluster's DNS itself, which would ask itself for " + plan.zone.text() +
                      ": give the address of meshdns");
  }
  if (walked.with(Fault::kSilent) != nullptr) return judge_silence(walked);
  if (const Step* step = walked.with(Fault::kOtherServer)) {
    return failed(hop, "wrong-server",
                  "answers, but is not authoritative for " + plan.zone.text() + " (" + found(*step) +
                      "): look at whether that is the address of meshdns, and whether its configuration has that zone");
  }
  if (const Step* step = walked.with(Fault::kServfail)) {
    return failed(hop, "server-not-ready",
                  "has no data to answer from (" + found(*step) + "): look at its /ready, and at its log");
  }
  const Step& step = *walked.first(nullptr);
  return failed(hop, "no-such-name",
                "does not have the name that was to be asked for (" + found(step) + "): give another one, or none");
}

Verdict judge_forwarding(const Walked& walked, const VerificationPlan& plan) {
  const Hop& hop = *walked.hop;
  const std::string servers = addresses_of(plan.servers);
  const Fault fault = walked.with(Fault::kServfail) != nullptr ? Fault::kServfail : Fault::kSilent;
  if (const auto good = works_only_over(walked, fault)) {
    return failed(
        hop, "port-filtered",
        "gets answers from " + servers + " " + over_one(*good) +
            ": look at what filters that on the way from the cluster's DNS to there, such as a NetworkPolicy");
  }
  return failed(hop, "forward-fails",
                "gets no answer from " + servers + " (" + found(*walked.with(fault)) +
                    "): look at its log, and at NetworkPolicies and firewalls between the cluster's DNS and " +
                    servers);
}

Verdict judge_bypass(const Walked& walked, const VerificationPlan& plan) {
  return failed(
      *walked.hop, "node-local-bypass",
      "answers pods on its node in place of the cluster's DNS, and sends " + plan.zone.text() + " elsewhere (" +
          found(*walked.with(Fault::kNotForwarded)) +
          "): the stub domain in the cluster's DNS never takes effect for them. Put it into stubDomains of the "
          "ConfigMap kube-system/kube-dns, which node-local reads, or into node-local's own Corefile as a block for " +
          plan.zone.text() + " that forwards to " + addresses_of(plan.servers));
}

/// What `hop` answers is not from the zone's servers; the others tell whether that is so everywhere.
Verdict judge_elsewhere(const Walked& walked, const std::vector<Walked>& all, const VerificationPlan& plan) {
  const Hop& hop = *walked.hop;
  const auto count = [&](HopKind kind, bool failing) {
    return std::ranges::count_if(all, [&](const Walked& w) { return w.hop->kind == kind && w.failed() == failing; });
  };
  if (hop.kind == HopKind::kNodeLocal) {
    const auto others =
        std::ranges::count_if(all, [](const Walked& w) { return w.hop->kind != HopKind::kNodeLocal && !w.failed(); });
    if (others > 0) return judge_bypass(walked, plan);
  }
  const std::string step = found(*walked.with(Fault::kNotForwarded));
  const auto good = count(HopKind::kReplica, false);
  const auto bad = count(HopKind::kReplica, true);
  if (hop.kind == HopKind::kReplica && good > 0) {
    return failed(hop, "replica-lags",
                  "does not forward " + plan.zone.text() + ", and " + std::to_string(good) + " of " +
                      std::to_string(good + bad) + " replicas do (" + step + "): " + kSync +
                      "; where it lasts longer, look at that pod's log, and restart it");
  }
  return failed(
      hop, "not-forwarded",
      "does not forward " + plan.zone.text() + " to " + addresses_of(plan.servers) + " (" + step +
          "): the stub domain is not in effect there; " + kSync +
          "; where it lasts longer, look at its log, and whether its Corefile has the plugin reload, and restart it: " +
          kMissed);
}

Verdict judge_hop(const Walked& walked, const std::vector<Walked>& all, const VerificationPlan& plan) {
  const bool reached = walked.reached(Transport::kUdp) && walked.reached(Transport::kTcp);
  if (!reached) return judge_silence(walked);
  if (walked.with(Fault::kNotForwarded) != nullptr) return judge_elsewhere(walked, all, plan);
  const bool unanswered = walked.with(Fault::kServfail) != nullptr || walked.with(Fault::kSilent) != nullptr;
  if (unanswered) return judge_forwarding(walked, plan);
  return failed(
      *walked.hop, "answers-differ",
      "answers otherwise than " + addresses_of(plan.servers) + " (" + found(*walked.first(nullptr)) +
          "): its cache may be older than a change, so verify again after the TTL; else look at whether all servers "
          "that it asks are meshdns");
}

Verdict passed(const VerificationPlan& plan) {
  struct Word {
    HopKind kind;
    const char* one;
    const char* several;
  };
  std::string through;
  for (const Word& word : {Word{HopKind::kService, "address", "addresses"},
                           {HopKind::kReplica, "replica", "replicas"},
                           {HopKind::kNodeLocal, "node-local address", "node-local addresses"}}) {
    const auto count = std::ranges::count(plan.hops, word.kind, &Hop::kind);
    if (count == 0) continue;
    through += (through.empty() ? "" : ", ") + std::to_string(count) + " " + (count == 1 ? word.one : word.several);
  }
  return {true, "", "",
          plan.zone.text() + " is answered by " + addresses_of(plan.servers) +
              (through.empty() ? "" : ", and just so through the cluster's DNS (" + through + ")") +
              ", over UDP and TCP"};
}

}  // namespace

Verdict verdict_of(const VerificationPlan& plan, const Verification& verification) {
  for (const Walked& server : walk(plan.servers, verification)) {
    if (server.failed()) return judge_server(server, plan);
  }
  const std::vector<Walked> hops = walk(plan.hops, verification);
  for (const Walked& hop : hops) {
    if (const Step* step = hop.with(Fault::kOwnName)) {
      return failed(*hop.hop, "own-names",
                    "does not answer the cluster's own names as before (" + found(*step) +
                        "): take the stub domain out, and look at its log");
    }
  }
  for (const Walked& hop : hops) {
    if (hop.failed()) return judge_hop(hop, hops, plan);
  }
  return passed(plan);
}

std::vector<std::string> zone_warnings(const Name& zone) {
  std::vector<std::string> warnings;
  if (zone.is_within(*Name::parse("global"))) {
    warnings.emplace_back("global is a public top-level domain: names of the Internet in " + zone.text() +
                          " are not resolved in this cluster while it is delegated");
  }
  warnings.emplace_back(
      "pods try names of fewer than five dots with their search suffixes first (ndots:5): where a suffix of the nodes "
      "has a wildcard, that is what they find; a trailing dot, as in a.bar." +
      zone.text() + "., keeps them from it");
  return warnings;
}

}  // namespace meshdns
