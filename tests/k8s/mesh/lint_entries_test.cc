#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "lint_fixture.h"

namespace meshdns {
namespace {

TEST_CASE("entries") {
  const auto of = [](const std::string& spec) { return "ServiceEntry bar/e {" + spec + "}"; };
  const std::string rest = ", addresses: [240.0.0.3], resolution: STATIC, endpoints: [{address: 192.0.2.1}]";
  const std::string label(64, 'a');
  check({
      {"no JSON of its kind", {of("hosts: a")}, {"object-unreadable bar/e"}},
      {"no host", {of("hosts: []" + rest)}, {"host-invalid bar/e spec.hosts"}},
      {"a host that Istio refuses", {of("hosts: [a_b.bar.global]" + rest)}, {"host-invalid bar/e spec.hosts"}},
      {"half a wildcard", {of("hosts: ['*-a.bar.global']" + rest)}, {"host-not-dns bar/e spec.hosts"}},
      {"a long label", {of("hosts: [" + label + ".global]" + rest)}, {"host-not-dns bar/e spec.hosts"}},
      {"a long label elsewhere", {of("hosts: [" + label + ".example]" + rest)}, {}},
      {"no address",
       {of("hosts: [e.global], resolution: STATIC, endpoints: [{address: 192.0.2.1}]")},
       {"address-missing bar/e spec.addresses"}},
      {"no address elsewhere", {of("hosts: [e.example], location: MESH_EXTERNAL, resolution: DNS")}, {}},
      {"no IP address", {of("hosts: [e.example], addresses: [x]")}, {"address-invalid bar/e spec.addresses[0]"}},
      {"an address of nothing",
       {of("hosts: [e.global], addresses: [0.0.0.0], resolution: STATIC, endpoints: [{address: 192.0.2.1}]")},
       {"address-not-answerable bar/e spec.addresses[0]"}},
      {"a block for a zone of ours",
       {of("hosts: [e.global], addresses: [192.0.2.0/24], resolution: STATIC, endpoints: [{address: 192.0.2.1}]")},
       {"address-not-answerable bar/e spec.addresses[0]"}},
      {"a block with DNS",
       {of("hosts: [e.example], addresses: [192.0.2.0/24], resolution: DNS")},
       {"address-invalid bar/e spec.addresses[0]"}},
      {"a block with NONE", {of("hosts: [e.example], addresses: [192.0.2.0/24]")}, {}},
      {"a block by one of its addresses", {of("hosts: [e.example], addresses: [192.0.2.7/24]")}, {}},
      {"a port twice",
       {of("hosts: [e.example], ports: [{name: a, number: 1}, {name: b, number: 1}]")},
       {"port-twice bar/e spec.ports[1]"}},
      {"a port's name twice",
       {of("hosts: [e.example], ports: [{name: a, number: 1}, {name: a, number: 2}]")},
       {"port-twice bar/e spec.ports[1]"}},
      {"an endpoint's port",
       {of("hosts: [e.example], resolution: STATIC, ports: [{name: http, number: 1}], endpoints: [{address: 192.0.2.1, "
           "ports: {htpt: 2}}]")},
       {"endpoint-port-unknown bar/e spec.endpoints[0].ports"}},
      {"endpoints with NONE",
       {of("hosts: [e.example], endpoints: [{address: 192.0.2.1}]")},
       {"endpoints-refused bar/e spec.resolution"}},
      {"endpoints and a selector",
       {of("hosts: [e.example], resolution: STATIC, workloadSelector: {labels: {a: b}}, endpoints: [{address: "
           "192.0.2.1}]")},
       {"endpoints-refused bar/e spec.workloadSelector"}},
      {"no endpoints",
       {of("hosts: [e.global], addresses: [240.0.0.3], resolution: DNS")},
       {"endpoints-missing bar/e spec.endpoints"}},
      {"a name with STATIC",
       {of("hosts: [e.example], resolution: STATIC, endpoints: [{address: a.example}]")},
       {"endpoint-not-ip bar/e spec.endpoints[0].address"}},
      {"a name with DNS",
       {of("hosts: [e.global], addresses: [240.0.0.3], resolution: DNS, endpoints: [{address: a.example}]")},
       {"endpoint-not-answerable bar/e spec.endpoints[0].address"}},
      {"hidden", {of("hosts: [e.global], exportTo: [.]" + rest)}, {"entry-hidden bar/e spec.exportTo"}},
      {"hidden, and wrong",
       {of("hosts: [a_b.global, e.global], exportTo: [.]" + rest)},
       {"entry-hidden bar/e spec.exportTo", "host-invalid bar/e spec.hosts"}},
      {"hidden elsewhere", {of("hosts: [e.example], exportTo: [.]" + rest)}, {}},
  });
}

}  // namespace
}  // namespace meshdns
