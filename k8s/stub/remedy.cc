#include "k8s/stub/remedy.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "k8s/api/api_objects.h"
#include "k8s/stub/corefile_edit.h"
#include "k8s/stub/kube_dns_stub_domains.h"
#include "k8s/stub/remedy_chart.h"
#include "zone/joined.h"

namespace meshdns {
namespace {

using Json = nlohmann::ordered_json;

/// The Corefile with the zone in it; of an empty one, the block alone.
Result<std::string> delegated(const std::string& text, const StubDomain& stub) {
  const auto corefile = Corefile::parse(text);
  if (!corefile) return Error{corefile.error()};
  const auto there = find_stub(*corefile, stub.zone);
  if (!there) return Error{there.error()};
  const auto listen = root_addresses(*corefile);
  const auto edited = *there ? set_servers(*corefile, **there, stub.servers)
                             : add_stub(*corefile, stub, listen ? *listen : ListenAddresses{{kDnsPort}, {}}, "forward");
  if (!edited) return Error{edited.error()};
  return edited->text();
}

std::string block_of(const StubDomain& stub) {
  const auto block = delegated("", stub);
  return block ? *block : block.error() + "\n";
}

/// For a shell, in single quotes.
std::string quoted(const Json& json) {
  std::string text = json.dump(-1, ' ', true, Json::error_handler_t::replace);
  for (size_t at = 0; (at = text.find('\'', at)) != std::string::npos; at += 4) text.replace(at, 1, "'\\''");
  return "'" + text + "'";
}

std::string eks_add_on(const DetectedDns& dns, const StubDomain& stub) {
  const auto corefile = delegated(dns.corefile, stub);
  if (!corefile) return "First mend the Corefile of the add-on: " + printable(corefile.error()) + "\n";
  return "Give the add-on the Corefile with the zone in it; CLUSTER is the cluster's name at EKS. What the first "
         "command shows goes into the "
         "JSON of the second, too:\n\n"
         "aws eks describe-addon --cluster-name CLUSTER --addon-name coredns --query addon.configurationValues\n"
         "aws eks update-addon --cluster-name CLUSTER --addon-name coredns --configuration-values " +
         quoted({{"corefile", *corefile}}) + "\n";
}

bool is_of_zone(const Json& server, const std::string& zone) {
  return server.is_object() && server.value("zones", Json()) == Json::array({zone});
}

std::string openshift(const ObservedDns& observed, const StubDomain& stub) {
  const std::string zone = stub.zone.text();
  Json servers = Json::parse(observed.openshift_servers.value_or("[]"), nullptr, false);
  if (!servers.is_array()) servers = Json::array();
  Json kept = Json::array();
  std::ranges::copy_if(servers, std::back_inserter(kept),
                       [&](const Json& server) { return !is_of_zone(server, zone); });
  const auto is_taken = [&](const std::string& name) {
    return std::ranges::any_of(
        kept, [&](const Json& server) { return server.is_object() && server.value("name", Json()) == name; });
  };
  std::string name = "meshdns";  // a service's name by RFC 6335: at most 15 octets
  for (int number = 2; is_taken(name); ++number) name = "meshdns-" + std::to_string(number);
  kept.push_back({{"name", name}, {"zones", {zone}}, {"forwardPlugin", {{"upstreams", stub.server_texts()}}}});
  return "Give the zone to the DNS operator, which writes the Corefile; the list is restated as a whole:\n\n"
         "oc patch dns.operator/default --type merge -p " +
         quoted({{"spec", {{"servers", kept}}}}) + "\n";
}

std::string cloud_dns(const StubDomain& stub) {
  std::string name = "meshdns-" + stub.zone.text();
  std::ranges::replace(name, '.', '-');
  std::vector<std::string> addresses;
  for (const DnsServer& server : stub.servers) addresses.push_back(server.address.text());
  return "Have Cloud DNS forward the zone. It asks port 53 of addresses that the VPC network NETWORK reaches, such as "
         "that of an internal "
         "load balancer in front of meshdns: a ClusterIP is none.\n\n"
         "gcloud dns managed-zones create " +
         name + " --description='answered by meshdns' --dns-name=" + stub.zone.text() +
         ". --visibility=private --networks=NETWORK --forwarding-targets=" + joined(addresses, {}, ",") + "\n";
}

/// The repository, the operator's object, the manifest: what its owner makes the configuration of is its owner's to know.
std::string put_into(const std::string& place, const DetectedDns& dns, const StubDomain& stub) {
  if (dns.flavour != Flavour::kKubeDns) return "Put this block into " + place + ":\n\n" + block_of(stub);
  const auto domains = with_stub_domain("", stub);
  return "Put this into " + place + ", as stubDomains:\n\n" + (domains ? *domains : domains.error()) + "\n";
}

std::string of_owner(const ObservedDns& observed, const DetectedDns& dns, const StubDomain& stub) {
  const Owner& owner = dns.refusal->owner;
  const std::string configuration = "the configuration of " + (dns.workload ? dns.workload->text() : "");
  switch (owner.kind) {
    case Owner::Kind::kHelm:
      return helm_upgrade(owner, observed, dns, stub)
          .value_or(
              put_into("the values that Helm's release " + printable(owner.name) + " makes " + configuration + " of",
                       dns, stub));
    case Owner::Kind::kArgoCd:
    case Owner::Kind::kFlux:
      return put_into("the Git repository that " + text(owner) + " follows, in " + configuration, dns, stub);
    case Owner::Kind::kEks:
      return eks_add_on(dns, stub);
    case Owner::Kind::kAddonManager:
      return put_into(
          "the manifest that the addon manager applies, on the machines of the control plane, in " + configuration, dns,
          stub);
    case Owner::Kind::kK3s:
      return "Upgrade k3s, and run this again: the Corefile of a newer one imports coredns-custom, which is yours to "
             "write.\n";
    case Owner::Kind::kController:
      return put_into("what " + text(owner) + " makes " + configuration + " of", dns, stub);
    case Owner::Kind::kNobody:
      break;
  }
  if (dns.workload) return put_into(configuration + ", wherever that comes from", dns, stub);
  const std::string name_space = printable(observed.name_space);
  if (dns.addresses.empty())
    return "Say in which namespace the cluster's DNS is, with -n NAMESPACE: it is not in " + name_space + ".\n";
  return "Of two, scale to 0 the one that is left over, and run this again:\n\nkubectl -n " + name_space +
         " scale deployment/NAME --replicas=0\n\nAnother DNS server has a form of its own for what this says to "
         "CoreDNS:\n\n" +
         block_of(stub);
}

}  // namespace

std::string remedy_of(const ObservedDns& observed, const DetectedDns& dns, const StubDomain& stub) {
  if (!dns.refusal) return {};
  switch (dns.flavour) {
    case Flavour::kRke2:
      return rke2_chart_config(observed, dns, stub);
    case Flavour::kOpenShift:
      return openshift(observed, stub);
    case Flavour::kGkeAutopilot:
    case Flavour::kCloudDns:
      return cloud_dns(stub);
    default:
      return of_owner(observed, dns, stub);
  }
}

}  // namespace meshdns
