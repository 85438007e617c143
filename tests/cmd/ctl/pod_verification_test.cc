#include "cmd/ctl/pod_verification.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "cmd/ctl/command_line.h"

namespace meshdns {
namespace {

using namespace std::chrono_literals;

TEST_CASE("what the Pod is told is all of the plan, and a command line of ours") {
  VerificationPlan plan;
  plan.zone = *Name::parse("global");
  plan.servers = {{HopKind::kServer, "", *parse_dns_server("10.96.0.53")},
                  {HopKind::kServer, "", *parse_dns_server("[fd00::53]:5353")}};
  plan.hops = {*parse_hop("replica/coredns-1=10.244.0.3"), *parse_hop("10.96.0.10"),
               *parse_hop("node-local=169.254.20.10")};
  plan.known = *Name::parse("a.bar.global");
  plan.candidates = {*Name::parse("b.global")};
  plan.own_name = OwnName{*Name::parse("kubernetes.default.svc.cluster.local"),
                          {*IpAddress::parse("10.96.0.1"), *IpAddress::parse("fd00::1")}};
  const auto arguments = verify_arguments(plan, 90s);
  std::string line;
  for (const std::string& argument : arguments) line += argument + " ";
  CHECK(line ==
        "stub verify --via local --zone global --server 10.96.0.53 --server [fd00::53]:5353 --through "
        "replica/coredns-1=10.244.0.3 "
        "--through service=10.96.0.10 --through node-local=169.254.20.10 --name a.bar.global --try-name b.global "
        "--own-name kubernetes.default.svc.cluster.local=10.96.0.1,fd00::1 --wait 90s --verdict-file "
        "/dev/termination-log ");
  std::vector<const char*> argv = {"meshdnsctl"};
  for (const std::string& argument : arguments) argv.push_back(argument.c_str());
  CHECK(parse_ctl_command_line(static_cast<int>(argv.size()), argv.data(), "1"));
}

}  // namespace
}  // namespace meshdns
