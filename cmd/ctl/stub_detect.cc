// meshdnsctl stub detect: which DNS the cluster has, by what evidence, and where the zone would be delegated.

#include <memory>
#include <nlohmann/json.hpp>

#include "cmd/ctl/command.h"
#include "cmd/ctl/detected_text.h"
#include "cmd/ctl/output.h"
#include "cmd/ctl/stub.h"
#include "cmd/ctl/stub_dns.h"
#include "cmd/ctl/stub_flags.h"
#include "cmd/text_value.h"
#include "k8s/stub/remedy.h"

namespace meshdns {
namespace {

// What a remedy names where --server does not: of the addresses that documentation may use, so that nobody takes it for a real one.
constexpr const char* kSomeServer = "192.0.2.53";

std::string printed(const DetectedDns& dns, const Name& zone, OutputForm form, const std::string& remedy) {
  return in_form(form, detected_text(dns, zone), detected_json(dns, zone, remedy));
}

Ended detect(const StubFlags& flags) {
  const OutputForm form = form_or_stop(flags.output);
  const Name zone = zone_of(flags);
  check_flags(flags);
  Cluster cluster = value_or_stop(Cluster::open(flags.cluster), kFailed);
  const bool placeholder = flags.servers.empty();
  StubDomain stub{zone, {*parse_dns_server(kSomeServer)}};
  if (!placeholder) stub.servers = servers_of(flags, &cluster);
  const ClusterDns found = read_dns(cluster, flags);
  const DetectedDns& dns = found.detected;
  if (!dns.refusal) return {0, {}, printed(dns, zone, form, "")};
  std::string remedy = remedy_of(found.observed, dns, stub);
  if (placeholder) remedy += std::string("\n") + kSomeServer + " stands for meshdns: --server fills it in\n";
  return {kRefused, "refused: " + escape_controls(dns.refusal->reason) + "\n\n" + remedy,
          printed(dns, zone, form, remedy)};
}

}  // namespace

void add_stub_detect(CtlCommand& stub) {
  CtlCommand command = stub.add(
      "detect", "Say which DNS the cluster has, and where the zone would be delegated",
      "  # Where would the zone global be delegated, and by what evidence?\n"
      "  meshdnsctl stub detect\n"
      "\n"
      "  # Where meshdnsctl must not write (exit 3): the command that is right there, with the address of meshdns\n"
      "  meshdnsctl stub detect --server service/meshdns/meshdns\n");
  const auto flags = std::make_shared<StubFlags>();
  add_zone_flag(command, *flags);
  add_server_flag(command, *flags);
  add_dns_flags(command, *flags);
  add_output_flag(command, flags->output);
  command.runs([flags] { return detect(*flags); });
}

}  // namespace meshdns
