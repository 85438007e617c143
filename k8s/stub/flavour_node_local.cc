#include "k8s/stub/flavour_node_local.h"

#include <algorithm>

#include "k8s/stub/corefile.h"
#include "k8s/stub/flavour_workload.h"

namespace meshdns {
namespace {

// Where node-cache looks without flags.
constexpr const char* kTemplate = "/etc/coredns/Corefile.base";
constexpr const char* kStubDomains = "/etc/kube-dns";

std::vector<IpAddress> parse_addresses(std::string_view list) {
  std::vector<IpAddress> addresses;
  while (!list.empty()) {
    const size_t comma = std::min(list.find(','), list.size());
    if (const auto address = IpAddress::parse(list.substr(0, comma))) addresses.push_back(*address);
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return addresses;
}

NodeLocalFacts facts(const ObservedWorkload& workload, const ObservedWorkload::Container& container) {
  NodeLocalFacts found{&workload, &container, parse_addresses(argument(container, "localip").value_or("")), {}, {}};
  const std::string base = argument(container, "basecorefile").value_or(kTemplate);
  const std::string directory = argument(container, "kubednscm").value_or(kStubDomains);
  if (!mounted_file(container, base)) {
    found.corefile = argument(container, "conf").value_or("/etc/coredns/Corefile");
    return found;
  }
  found.corefile = base;
  if (mounted_file(container, directory + "/stubDomains")) found.stub_domains = directory;
  return found;
}

}  // namespace

std::optional<NodeLocalFacts> find_node_local(const ObservedDns& observed) {
  for (const ObservedWorkload& workload : observed.workloads) {
    const auto container = std::ranges::find_if(workload.containers, is_node_cache);
    if (container != workload.containers.end()) return facts(workload, *container);
  }
  return std::nullopt;
}

bool forwards_everything_to(const std::string& text, const std::vector<std::string>& servers) {
  const auto corefile = Corefile::parse(text);
  if (!corefile) return false;
  const auto is_server = [&](const CorefileToken& argument) {
    return argument.text == "." || std::ranges::count(servers, argument.text) > 0;
  };
  for (const ServerBlock& block : corefile->blocks()) {
    if (!block.serves(Name())) continue;
    const auto forward =
        std::ranges::find_if(block.directives, [](const Directive& each) { return each.is("forward"); });
    return forward != block.directives.end() && std::ranges::all_of(forward->arguments, is_server);
  }
  return false;
}

}  // namespace meshdns
