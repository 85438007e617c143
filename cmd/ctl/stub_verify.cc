// meshdnsctl stub verify: whether names of the zone are answered, hop by hop.

#include <algorithm>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "cmd/ctl/cluster.h"
#include "cmd/ctl/command.h"
#include "cmd/ctl/config_maps.h"
#include "cmd/ctl/output.h"
#include "cmd/ctl/stop.h"
#include "cmd/ctl/stub.h"
#include "cmd/ctl/stub_dns.h"
#include "cmd/ctl/stub_flags.h"
#include "cmd/ctl/stub_verifier.h"
#include "cmd/ctl/verification_text.h"
#include "cmd/text_value.h"
#include "k8s/stub/stub_record.h"
#include "k8s/stub/verdict.h"
#include "k8s/stub/verification_report.h"

namespace meshdns {
namespace {

using Json = nlohmann::ordered_json;

struct VerifyFlags : StubFlags {
  VerifierFlags verifier{.via = {}, .name = {}, .image = {}, .wait = "0s"};
  std::vector<std::string> through;
  std::string own_name;
  std::vector<std::string> try_names;
  std::string verdict_file;

  /// Whether the command line leaves something out that the cluster knows.
  bool needs_cluster() const {
    return through.empty() || servers.empty() || verifier.via == "pod" ||
           std::ranges::any_of(servers, [](const std::string& server) { return server.starts_with("service/"); });
  }
};

/// NAME, or NAME=IP,IP
OwnName parse_own_name(const std::string& text) {
  const size_t equals = std::min(text.find('='), text.size());
  OwnName own{value_or_stop(parse_host_name(text.substr(0, equals)), kUsage, "--own-name: "), {}};
  for (size_t at = equals + 1; at < text.size();) {
    const size_t comma = std::min(text.find(',', at), text.size());
    own.addresses.push_back(value_or_stop(parse_address(text.substr(at, comma - at)), kUsage, "--own-name: "));
    at = comma + 1;
  }
  return own;
}

std::vector<Hop> parse_through(const std::vector<std::string>& texts) {
  std::vector<Hop> hops;
  for (const std::string& text : texts) hops.push_back(value_or_stop(parse_hop(text), kUsage, "--through: "));
  return hops;
}

/// Those of --server, else those that were installed. Stops with kUsage where there are none.
std::vector<DnsServer> servers_to_ask(const VerifyFlags& flags, const Name& zone, Cluster* cluster) {
  if (!flags.servers.empty() || cluster == nullptr) return servers_of(flags, cluster);
  const ConfigMap map = value_or_stop(read_config_map(*cluster, flags.name_space, record_name(zone)), kFailed);
  if (!map.exists()) check_servers(flags);
  std::vector<DnsServer> servers;
  for (const std::string& text : value_or_stop(parse_record(map.data), kFailed).servers) {
    servers.push_back(value_or_stop(parse_dns_server(text), kFailed, map.name + ": "));
  }
  return servers;
}

Json verify(const VerifyFlags& flags) {
  const Name zone = zone_of(flags);
  check_flags(flags);
  check_verifier_flags(flags.verifier, zone);
  const std::vector<Hop> through = parse_through(flags.through);
  std::optional<OwnName> own;
  if (!flags.own_name.empty()) own = parse_own_name(flags.own_name);
  std::vector<Name> candidates;
  for (const std::string& name : flags.try_names) {
    candidates.push_back(value_or_stop(parse_host_name(name), kUsage, "--try-name: "));
  }
  std::optional<Cluster> cluster;
  if (flags.needs_cluster()) cluster.emplace(value_or_stop(Cluster::open(flags.cluster), kFailed));
  Cluster* const open = cluster ? &*cluster : nullptr;
  const StubDomain stub{zone, servers_to_ask(flags, zone, open)};
  if (!through.empty()) {
    VerificationPlan plan = verification_plan(stub, flags.verifier);
    plan.own_name = own;
    plan.candidates = candidates;
    return StubVerifier(
               flags.verifier.via == "pod" ? open : nullptr, std::move(plan), [&] { return through; }, flags.name_space,
               flags.verifier)
        .verify();
  }
  const auto dns_now = [&] { return read_dns(*cluster, flags); };
  VerificationPlan plan = verification_plan(*cluster, domains_of(dns_now()).front(), stub, flags.verifier);
  if (own) plan.own_name = own;
  return StubVerifier(
             open, std::move(plan), [&] { return hops_of(dns_now().detected); }, flags.name_space, flags.verifier)
      .verify();
}

Ended run(const VerifyFlags& flags) {
  const OutputForm form = form_or_stop(flags.output);
  Json report = verify(flags);
  if (!flags.verdict_file.empty()) {
    std::ofstream file(flags.verdict_file, std::ios::binary);
    file << termination_message(report) << std::flush;
    if (!file) stop(kFailed, "--verdict-file: " + quote(flags.verdict_file) + " cannot be written");
  }
  for (const std::string& warning : zone_warnings(zone_of(flags))) report["warnings"].push_back(warning);
  const bool passed = report["passed"].get<bool>();
  const bool said = form == OutputForm::kText;
  return {passed ? 0 : kFailed, passed || said ? "" : verdict_line(report),
          in_form(form, verification_text(report), report)};
}

}  // namespace

void add_stub_verify(CtlCommand& stub) {
  CtlCommand command = stub.add(
      "verify", "Ask for names of the zone, directly and as pods do, hop by hop",
      "  # Does the delegation work, for each replica of the cluster's DNS and for node-local?\n"
      "  meshdnsctl stub verify\n"
      "\n"
      "  # The same without access to the cluster's API, on a machine that reaches the addresses\n"
      "  meshdnsctl stub verify --server 10.96.0.53 --through 10.96.0.10 --through node-local=169.254.20.10\n");
  const auto flags = std::make_shared<VerifyFlags>();
  add_zone_flag(command, *flags);
  add_server_flag(command, *flags);
  add_dns_flags(command, *flags);
  add_verifier_flags(command, flags->verifier);
  command.repeated("--through", flags->through,
                   "Who answers pods, in place of what the cluster has: IP[:PORT], replica/POD=IP[:PORT] or "
                   "node-local=IP[:PORT]; may be repeated",
                   "HOP");
  command.repeated("--try-name", flags->try_names,
                   "A name of the zone that may have an address: the first that has one is asked for; may be repeated",
                   "NAME");
  command.option("--own-name", flags->own_name,
                 "A name of the cluster that must stay answered, and its addresses: NAME=IP,IP", "NAME");
  command.option("--verdict-file", flags->verdict_file, "Where to write the report, too, in at most 4096 octets",
                 "FILE");
  add_output_flag(command, flags->output);
  command.runs([flags] { return run(*flags); });
}

}  // namespace meshdns
