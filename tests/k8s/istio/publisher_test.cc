#include "k8s/istio/publisher.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace meshdns {
namespace {

using Texts = std::vector<std::string>;

ServiceEntry entry_of(Texts hosts, Texts addresses = {"240.0.0.2"}) {
  ServiceEntry entry;
  entry.name_space = "bar";
  entry.name = "a";
  entry.created = 7;
  entry.hosts = std::move(hosts);
  entry.addresses = std::move(addresses);
  entry.ports = {{"http1", 8000, "http"}};
  return entry;
}

/// "host address address"
Texts served(const Publication& publication) {
  Texts texts;
  for (const HostAddresses& host : publication.hosts) {
    texts.push_back(host.owner.text());
    for (const IpAddress& address : host.addresses) texts.back() += " " + address.text();
  }
  return texts;
}

/// "reason what"
Texts skipped(const Publication& publication) {
  Texts texts;
  for (const Skipped& part : publication.skipped) {
    texts.push_back(std::string(text(part.reason)) + " " + part.what);
    CHECK_FALSE(part.detail.empty());
  }
  return texts;
}

TEST_CASE("hosts") {
  struct Case {
    std::string host;
    std::string expected;  // the owner, or the reason
  };
  const std::string label63(63, 'a');
  const std::string name253 = label63 + "." + label63 + "." + label63 + "." + std::string(61, 'b');
  const std::vector<Case> cases = {
      {"a.bar.global", "a.bar.global"},
      {"A.Bar.GLOBAL", "a.bar.global"},
      {"a.bar.global.", "a.bar.global"},
      {"a", "a"},
      {"1.b", "1.b"},
      {"a-b.c1", "a-b.c1"},
      {"xn--bcher-kva.global", "xn--bcher-kva.global"},
      {"*.bar.global", "*.bar.global"},
      {"*.b.", "*.b"},
      {label63 + ".b", label63 + ".b"},
      {name253, name253},
      {name253 + ".", name253},
      {"*foo.bar.global", "not-dns-name"},
      {"*-foo.bar.global", "not-dns-name"},
      {"*foo", "not-dns-name"},
      {label63 + "a.b", "not-dns-name"},
      {"*" + label63 + ".b", "not-dns-name"},
      {name253 + "b", "not-dns-name"},
      {"a." + name253, "not-dns-name"},
      {std::string(100'000, 'a'), "not-dns-name"},
      {"", "invalid-host"},
      {".", "invalid-host"},
      {"*", "invalid-host"},
      {"*.", "invalid-host"},
      {"..", "invalid-host"},
      {"a..b", "invalid-host"},
      {".a", "invalid-host"},
      {"a.b..", "invalid-host"},
      {"a.*.b", "invalid-host"},
      {"a.*", "invalid-host"},
      {"**.b", "invalid-host"},
      {"*-.b", "invalid-host"},
      {"*--a.b", "invalid-host"},
      {"a*.b", "invalid-host"},
      {"-a.b", "invalid-host"},
      {"a-.b", "invalid-host"},
      {"a_b.c", "invalid-host"},
      {"a b.c", "invalid-host"},
      {"a/b.c", "invalid-host"},
      {"a\\.b", "invalid-host"},
      {"b\xc3\xbc"
       "cher.global",
       "invalid-host"},
      {std::string("a\0b", 3), "invalid-host"},
      {"a.123", "invalid-host"},
      {"a.123.", "invalid-host"},
      {"*.123", "invalid-host"},
      {"10.0.0.1", "invalid-host"},
      {"2001:db8::1", "invalid-host"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.host.substr(0, 300));
    const Publication publication = publish(entry_of({c.host, "good.bar.global"}));
    if (c.expected.find('.') != std::string::npos || c.expected == c.host) {
      CHECK(served(publication) == Texts{c.expected + " 240.0.0.2", "good.bar.global 240.0.0.2"});
      CHECK(publication.skipped.empty());
    } else {
      CHECK(served(publication) == Texts{"good.bar.global 240.0.0.2"});
      CHECK(skipped(publication) == Texts{c.expected + " " + shown(c.host)});
    }
  }
}

TEST_CASE("addresses of the spec") {
  struct Case {
    Texts addresses;
    Texts served;
    Texts skipped;
  };
  const std::vector<Case> cases = {
      {{"240.0.0.2"}, {"a.b 240.0.0.2"}, {}},
      {{"240.0.0.3", "240.0.0.2", "2001:DB8::1"}, {"a.b 240.0.0.3 240.0.0.2 2001:db8::1"}, {}},
      {{"240.0.0.2", "240.0.0.2", "240.0.0.2/32"}, {"a.b 240.0.0.2"}, {}},
      {{"240.0.0.2/32", "2001:db8::1/128"}, {"a.b 240.0.0.2 2001:db8::1"}, {}},
      {{"2001:db8::1"}, {"a.b 2001:db8::1"}, {}},
      {{"10.0.0.0/8", "240.0.0.2"}, {"a.b 240.0.0.2"}, {"address-block 10.0.0.0/8"}},
      {{"10.0.0.0/8"}, {}, {"address-block 10.0.0.0/8", "no-address a.b"}},
      {{"2001:db8::/64"}, {}, {"address-block 2001:db8::/64", "no-address a.b"}},
      {{"10.0.0.0/8", "x"}, {}, {"address-block 10.0.0.0/8", "invalid-address x", "no-address a.b"}},
      {{"x", "240.0.0.2"}, {"a.b 240.0.0.2"}, {"invalid-address x"}},
      {{"x"}, {}, {"invalid-address x", "no-address a.b"}},
      {{"x", ""}, {}, {"invalid-address x", "invalid-address ", "no-address a.b"}},
      {{"0.0.0.0"}, {}, {"invalid-address 0.0.0.0", "no-address a.b"}},
      {{"::"}, {}, {"invalid-address ::", "no-address a.b"}},
      {{"0.0.0.0/32"}, {}, {"invalid-address 0.0.0.0/32", "no-address a.b"}},
      {{"10.0.0.1/33"}, {}, {"invalid-address 10.0.0.1/33", "no-address a.b"}},
      {{"10.0.0.01"}, {}, {"invalid-address 10.0.0.01", "no-address a.b"}},
      {{"fe80::1%eth0"}, {}, {"invalid-address fe80::1%eth0", "no-address a.b"}},
      {{"unix:///var/run/a.sock"}, {}, {"invalid-address unix:///var/run/a.sock", "no-address a.b"}},
      {{"1.2.3.4\n"}, {}, {"invalid-address 1.2.3.4?", "no-address a.b"}},
      {{}, {}, {"no-address a.b"}},
  };
  for (const Case& c : cases) {
    CAPTURE(c.addresses.empty() ? "" : c.addresses[0]);
    const Publication publication = publish(entry_of({"a.b"}, c.addresses));
    CHECK(served(publication) == c.served);
    CHECK(skipped(publication) == c.skipped);
  }
}

TEST_CASE("addresses that istiod allocated") {
  struct Case {
    Texts addresses;
    std::vector<ServiceEntry::StatusAddress> status;
    Texts served;
    Texts skipped;
  };
  const std::vector<Case> cases = {
      {{"240.0.0.2"}, {{"240.240.0.1", ""}}, {"a.b 240.0.0.2", "c.d 240.0.0.2"}, {}},
      {{}, {{"240.240.0.1", ""}, {"2001:2::1", ""}}, {"a.b 240.240.0.1 2001:2::1", "c.d 240.240.0.1 2001:2::1"}, {}},
      {{}, {{"240.240.0.1", "a.b"}, {"240.240.0.2", "C.D."}}, {"a.b 240.240.0.1", "c.d 240.240.0.2"}, {}},
      {{}, {{"240.240.0.1", "a.b"}}, {"a.b 240.240.0.1"}, {"no-address c.d"}},
      {{}, {{"240.240.0.1", "x.y"}}, {}, {"no-address a.b", "no-address c.d"}},
      {{}, {{"x", ""}}, {}, {"invalid-address x", "no-address a.b", "no-address c.d"}},
      {{"10.0.0.0/8"}, {{"240.240.0.1", ""}}, {}, {"address-block 10.0.0.0/8", "no-address a.b", "no-address c.d"}},
  };
  for (const Case& c : cases) {
    ServiceEntry entry = entry_of({"a.b", "c.d"}, c.addresses);
    entry.status_addresses = c.status;
    const Publication publication = publish(entry);
    CHECK(served(publication) == c.served);
    CHECK(skipped(publication) == c.skipped);
  }
}

TEST_CASE("addresses that istiod allocated in another cluster") {
  PublishRules rules;
  rules.allocated_addresses = false;
  ServiceEntry entry = entry_of({"a.b"}, {});
  entry.status_addresses = {{"240.240.0.1", ""}};
  CHECK(skipped(publish(entry, rules)) == Texts{"no-address a.b"});
  CHECK(publish(entry, rules).skipped[0].detail.find("own cluster") != std::string::npos);
  entry.addresses = {"240.0.0.2"};
  CHECK(served(publish(entry, rules)) == Texts{"a.b 240.0.0.2"});
}

TEST_CASE("what is answered, by zone and for want of an address") {
  using Without = PublishRules::WithoutAddress;
  struct Case {
    const char* host;
    Texts addresses;
    Texts endpoints;
    Without without;
    Texts served;
    Texts skipped;
    AddressOrigin origin = AddressOrigin::kSpec;
  };
  constexpr auto kEndpoints = AddressOrigin::kEndpoints;
  const std::vector<Case> cases = {
      // vip is a zone of addresses, pod one of endpoints, and a.pod again one of addresses.
      {"a.vip", {"240.0.0.2"}, {"10.0.0.1"}, Without::kSkip, {"a.vip 240.0.0.2"}, {}},
      {"a.vip", {}, {"10.0.0.1"}, Without::kSkip, {}, {"no-address a.vip"}},
      {"a.vip", {}, {"10.0.0.1", "::1"}, Without::kEndpoints, {"a.vip 10.0.0.1 ::1"}, {}, kEndpoints},
      {"a.vip", {}, {}, Without::kEndpoints, {}, {"no-address a.vip"}},
      {"a.vip", {}, {"10.0.0.1"}, Without::kDefault, {"a.vip 240.9.9.9"}, {}, AddressOrigin::kDefault},
      {"a.vip", {"x"}, {}, Without::kDefault, {"a.vip 240.9.9.9"}, {"invalid-address x"}, AddressOrigin::kDefault},
      {"a.b.pod",
       {"240.0.0.2"},
       {"10.0.0.2", "10.0.0.1", "10.0.0.2"},
       Without::kSkip,
       {"a.b.pod 10.0.0.2 10.0.0.1"},
       {},
       kEndpoints},
      {"*.pod", {"240.0.0.2"}, {"10.0.0.1"}, Without::kSkip, {"*.pod 10.0.0.1"}, {}, kEndpoints},
      {"a.b.pod", {"240.0.0.2"}, {}, Without::kSkip, {}, {"no-address a.b.pod"}},
      {"a.b.pod", {"240.0.0.2"}, {}, Without::kDefault, {"a.b.pod 240.9.9.9"}, {}, AddressOrigin::kDefault},
      {"b.a.pod", {"240.0.0.2"}, {"10.0.0.1"}, Without::kSkip, {"b.a.pod 240.0.0.2"}, {}},
      {"a.else", {"240.0.0.2"}, {"10.0.0.1"}, Without::kSkip, {"a.else 240.0.0.2"}, {}},
      {"a.b.pod",
       {},
       {"a.example.com", "unix:///a.sock", "", "0.0.0.0", "10.0.0.1/32", "10.0.0.1"},
       Without::kSkip,
       {"a.b.pod 10.0.0.1"},
       {"endpoint-not-ip a.example.com", "endpoint-not-ip unix:///a.sock", "endpoint-not-ip ",
        "invalid-address 0.0.0.0", "endpoint-not-ip 10.0.0.1/32"},
       kEndpoints},
  };
  PublishRules rules;
  rules.default_address = *IpAddress::parse("240.9.9.9");
  rules.zones = {{*Name::parse("vip"), Answer::kAddresses},
                 {*Name::parse("pod"), Answer::kEndpoints},
                 {*Name::parse("a.pod"), Answer::kAddresses}};
  for (const Case& c : cases) {
    CAPTURE(c.host);
    ServiceEntry entry = entry_of({c.host}, c.addresses);
    for (const std::string& address : c.endpoints) entry.endpoints.push_back({address, {}});
    rules.without_address = c.without;
    const Publication publication = publish(entry, rules);
    CHECK(served(publication) == c.served);
    CHECK(skipped(publication) == c.skipped);
    if (!publication.hosts.empty()) CHECK(publication.hosts[0].origin == c.origin);
  }
}

TEST_CASE("endpoints behind another port than the service's") {
  struct Case {
    ServiceEntry::PortMap target_ports;
    ServiceEntry::PortMap endpoint_ports;
    const char* skipped;  // empty: it is answered
  };
  const std::vector<Case> cases = {
      {{}, {}, ""},
      {{}, {{"http1", 8000}}, ""},
      {{}, {{"http1", 15443}}, "changed-port 10.0.0.1 http1 8000 is 15443"},
      {{}, {{"http1", 8000}, {"grpc", 15443}}, "changed-port 10.0.0.1 grpc 7000 is 15443"},
      {{}, {{"other", 15443}}, ""},
      {{{"http1", 8080}}, {}, "changed-port 10.0.0.1 http1 8000 is 8080"},
      {{{"http1", 8000}}, {}, ""},
      {{{"http1", 8080}}, {{"http1", 8000}}, ""},
      {{}, {{"http1", -1}}, "changed-port 10.0.0.1 http1 8000 is -1"},
  };
  PublishRules rules;
  rules.zones = {{*Name::parse("pod"), Answer::kEndpoints}};
  for (const Case& c : cases) {
    ServiceEntry entry = entry_of({"a.pod"});
    entry.ports.push_back({"grpc", 7000, "grpc"});
    entry.target_ports = c.target_ports;
    entry.endpoints = {{"10.0.0.1", c.endpoint_ports}, {"10.0.0.2", {}}};
    if (!c.target_ports.empty()) entry.endpoints[1].ports = {{"http1", 8000}};
    const Publication publication = publish(entry, rules);
    CAPTURE(c.skipped);
    CHECK(served(publication) == Texts{*c.skipped == '\0' ? "a.pod 10.0.0.1 10.0.0.2" : "a.pod 10.0.0.2"});
    CHECK(skipped(publication) == (*c.skipped == '\0' ? Texts{} : Texts{c.skipped}));
  }
}

TEST_CASE("bounds") {
  const auto numbered = [](const std::string& before, size_t count, const std::string& after) {
    Texts texts;
    for (size_t n = 0; n < count; ++n) {
      texts.push_back(before + std::to_string(n / 256) + "." + std::to_string(n % 256) + after);
    }
    return texts;
  };
  struct Case {
    size_t hosts, addresses, ports;
    bool served;
  };
  for (const Case& c : std::vector<Case>{
           {256, 60, 4, true}, {256, 60, 5, false}, {256, 256, 0, false}, {256, 1, 256, false}, {1, 256, 256, true}}) {
    ServiceEntry entry = entry_of(numbered("h.", c.hosts, ".b"), numbered("240.0.", c.addresses, ""));
    entry.ports.assign(c.ports, {"http1", 8000, "http"});
    const Publication publication = publish(entry);
    CHECK(publication.hosts.size() == (c.served ? c.hosts : 0));
    CHECK(publication.skipped.size() == (c.served ? 0 : c.hosts));
    if (!c.served) CHECK(skipped(publication)[0] == "too-large h.0.0.b");
  }

  PublishRules rules;
  rules.zones = {{*Name::parse("pod"), Answer::kEndpoints}};
  ServiceEntry entry = entry_of({"a.pod"});
  for (const std::string& address : numbered("10.0.", 4096, "")) entry.endpoints.push_back({address, {}});
  CHECK(publish(entry, rules).hosts.at(0).addresses.size() == 256);
  CHECK(skipped(publish(entry, rules)) == Texts{"too-many-endpoints spec.endpoints"});
  for (ServiceEntry::Endpoint& endpoint : entry.endpoints) endpoint.address = "name";
  CHECK(publish(entry, rules).skipped.size() == 33);  // what is wrong with endpoints is said of the first 32
}

TEST_CASE("who may see it") {
  struct Case {
    Texts export_to;
    bool is_public;
  };
  const std::vector<Case> cases = {
      {{}, true},     {{"*"}, true},           {{".", "*"}, true}, {{"."}, false},
      {{"~"}, false}, {{"bar", "foo"}, false}, {{""}, false},
  };
  for (const Case& c : cases) {
    CAPTURE(c.export_to.empty() ? "" : c.export_to[0]);
    ServiceEntry entry = entry_of({"a.b", "bad_host"});
    entry.export_to = c.export_to;
    const Publication publication = publish(entry);
    CHECK(publication.hosts.size() == (c.is_public ? 1 : 0));
    CHECK(publish(entry, {.visibility = PublishRules::Visibility::kAll}).hosts.size() == 1);
    CHECK(skipped(publication) ==
          (c.is_public ? Texts{"invalid-host bad_host"} : Texts{"not-exported a.b", "not-exported bad_host"}));
  }
}

TEST_CASE("the rest of a publication") {
  const Publication publication = publish(entry_of({"a.b", "A.b.", "c.b"}));
  CHECK(publication.object == "bar/a");
  CHECK(publication.created == 7);
  CHECK(publication.ports == std::vector<Port>{{"http1", 8000, "http"}});
  CHECK(served(publication) == Texts{"a.b 240.0.0.2", "c.b 240.0.0.2"});  // a host twice counts once

  const auto unusable = parse_service_entry(R"({"metadata": {"name": "a"}})");
  REQUIRE(unusable);
  CHECK(publish(*unusable).object == "default/a");
  CHECK(publish(*unusable).hosts.empty());
  CHECK(skipped(publish(*unusable)) == Texts{"invalid-object spec"});
}

}  // namespace
}  // namespace meshdns
