#include "cmd/ctl/stub_verifier.h"

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <utility>

#include "cmd/ctl/cluster.h"
#include "cmd/ctl/command.h"
#include "cmd/ctl/stop.h"
#include "cmd/ctl/verification_text.h"
#include "cmd/text_value.h"
#include "k8s/stub/verdict.h"
#include "k8s/stub/verification_names.h"
#include "k8s/stub/verification_report.h"

namespace meshdns {
namespace {

using Json = nlohmann::ordered_json;
using std::chrono::milliseconds;

constexpr milliseconds kLongestWait = std::chrono::hours(1);

milliseconds parse_wait(const VerifierFlags& flags) {
  return value_or_stop(parse_duration_within(flags.wait, milliseconds(0), kLongestWait), kUsage, "--wait: ");
}

std::optional<Name> parse_known(const VerifierFlags& flags, const Name& zone) {
  if (flags.name.empty()) return std::nullopt;
  auto name = value_or_stop(parse_host_name(flags.name), kUsage, "--name: ");
  if (name.is_within(zone)) return name;
  stop(kUsage, "--name: found " + quote(flags.name) + ", expected a name in the zone " + zone.text());
}

/// The first kind of hop of which none answers here; nothing where some of each do.
std::optional<Hop> out_of_reach(const std::vector<Hop>& hops, milliseconds patience) {
  for (const HopKind kind : {HopKind::kService, HopKind::kReplica, HopKind::kNodeLocal}) {
    std::vector<Hop> alike;
    std::ranges::copy_if(hops, std::back_inserter(alike), [&](const Hop& hop) { return hop.kind == kind; });
    if (!alike.empty() && !any_answers(alike, patience)) return alike.front();
  }
  return std::nullopt;
}

/// How kubernetes.default is answered, as the API has it.
OwnName own_name_of(Cluster& cluster, const Name& cluster_domain) {
  OwnName own{*Name::parse("kubernetes.default.svc"), {}};
  if (const auto name = Name::parse(own.name.text() + "." + cluster_domain.text())) own.name = *name;
  const auto answer = cluster.get("/api/v1/namespaces/default/services/kubernetes");
  const auto address = answer && answer->done() ? cluster_ip(answer->body) : std::nullopt;
  if (address) own.addresses.push_back(*address);
  return own;
}

/// Nothing where they may not be read: it is the zone's servers that tell which of them are answered.
std::vector<Name> published_names(Cluster& cluster, const Name& zone) {
  for (const char* version : {"v1", "v1beta1"}) {
    const auto answer = cluster.get(std::string("/apis/networking.istio.io/") + version + "/serviceentries?limit=100");
    if (answer && answer->done()) return service_entry_names(answer->body, zone);
  }
  return {};
}

/// The verdict comes last, and whoever stops goes on behind it.
std::string failure_text(const Json& report) {
  std::string text = verification_text(report);
  text.pop_back();
  return text;
}

}  // namespace

void add_verifier_flags(CtlCommand& command, VerifierFlags& flags) {
  command.option(
      "--via", flags.via,
      "Who asks: local, this machine, or pod, a short-lived Pod; without it, pod where the cluster's DNS does not "
      "answer here",
      "WHO");
  command.option("--name", flags.name,
                 "A name of the zone that has an address, to be asked for; without it, one that is found", "NAME");
  command.option("--image", flags.image, "The Pod's image; without it, that of the meshdns that is asked", "IMAGE");
  command.option("--wait", flags.wait, "How long it may take until all is as it should be; without it, " + flags.wait,
                 "DURATION");
}

void check_verifier_flags(const VerifierFlags& flags, const Name& zone) {
  if (!flags.via.empty() && flags.via != "local" && flags.via != "pod") {
    stop(kUsage, "--via: found " + quote(flags.via) + ", expected local or pod");
  }
  parse_wait(flags);
  parse_known(flags, zone);
}

std::vector<Hop> hops_of(const DetectedDns& dns) {
  std::vector<Hop> hops;
  const auto node_local = dns.node_local ? dns.node_local->addresses : std::vector<IpAddress>();
  for (const DnsReplica& replica : dns.replicas) hops.push_back({HopKind::kReplica, replica.pod, replica.server});
  for (const IpAddress& address : dns.addresses) {
    const bool intercepted = std::ranges::count(node_local, address) > 0;
    if (!intercepted) hops.push_back({HopKind::kService, "", {address, kDnsPort}});
  }
  for (const IpAddress& address : node_local) hops.push_back({HopKind::kNodeLocal, "", {address, kDnsPort}});
  return hops;
}

VerificationPlan verification_plan(const StubDomain& stub, const VerifierFlags& flags) {
  VerificationPlan plan;
  plan.zone = stub.zone;
  for (const DnsServer& server : stub.servers) plan.servers.push_back({HopKind::kServer, "", server});
  plan.known = parse_known(flags, stub.zone);
  return plan;
}

VerificationPlan verification_plan(Cluster& cluster, const Name& cluster_domain, const StubDomain& stub,
                                   const VerifierFlags& flags) {
  VerificationPlan plan = verification_plan(stub, flags);
  plan.own_name = own_name_of(cluster, cluster_domain);
  if (!plan.known) plan.candidates = published_names(cluster, stub.zone);
  return plan;
}

StubVerifier::StubVerifier(Cluster* cluster, VerificationPlan plan, HopsNow hops_now, const std::string& name_space,
                           const VerifierFlags& flags)
    : cluster_(cluster), plan_(std::move(plan)), hops_now_(std::move(hops_now)), wait_(parse_wait(flags)) {
  plan_.hops = hops_now_();
  if (cluster_ == nullptr || flags.via == "local") return;
  const auto unreached = flags.via.empty() ? out_of_reach(plan_.hops, plan_.patience) : std::nullopt;
  if (flags.via.empty() && !unreached) return;
  auto place = find_pod_place(*cluster_, plan_.servers, flags.image, name_space);
  if (place) {
    pod_ = *std::move(place);
    return;
  }
  const std::string here = unreached ? unreached->text() + " does not answer on this machine, and " : "";
  stop(kRefused, here + place.error() + ", and --via local asks from this machine all the same");
}

void StubVerifier::require_servers() {
  const Json report = ask(milliseconds(0), kRefused);
  if (report["serverFails"].get<bool>()) stop(kFailed, failure_text(report));
  if (report["cause"] == "own-names") plan_.own_name.reset();
}

std::string StubVerifier::wait_until_verified() {
  const Json report = verify();
  if (!report["passed"].get<bool>()) stop(kFailed, failure_text(report));
  return verification_text(report);
}

Json StubVerifier::verify() {
  plan_.hops = hops_now_();
  return ask(wait_, kFailed);
}

Json StubVerifier::ask(milliseconds wait, int code) {
  return pod_ ? value_or_stop(verify_in_pod(*cluster_, *pod_, plan_, wait), code) : ask_here(wait);
}

Json StubVerifier::ask_here(milliseconds wait) {
  std::string shown;
  const auto meanwhile = [&](const Verification& verification, VerificationPlan& plan) {
    const Verdict verdict = verdict_of(plan, verification);
    if (std::exchange(shown, verdict.hop) != verdict.hop) {
      std::fprintf(stderr, "waiting for the %s\n", escape_controls(verdict.hop).c_str());
    }
    if (verdict.cause == "dns-down") plan_.hops = plan.hops = hops_now_();
  };
  const Verification verification = ask_until_live(plan_, wait, meanwhile);
  return verification_report(plan_, verification);
}

}  // namespace meshdns
