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
  for (const auto& [owner, addresses] : publication.hosts) {
    texts.push_back(owner.text());
    for (const IpAddress& address : addresses) texts.back() += " " + address.text();
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
      {{"x"}, {}, {"invalid-address x"}},
      {{"x", ""}, {}, {"invalid-address x", "invalid-address "}},
      {{"0.0.0.0"}, {}, {"invalid-address 0.0.0.0"}},
      {{"::"}, {}, {"invalid-address ::"}},
      {{"0.0.0.0/32"}, {}, {"invalid-address 0.0.0.0/32"}},
      {{"10.0.0.1/33"}, {}, {"invalid-address 10.0.0.1/33"}},
      {{"10.0.0.01"}, {}, {"invalid-address 10.0.0.01"}},
      {{"fe80::1%eth0"}, {}, {"invalid-address fe80::1%eth0"}},
      {{"unix:///var/run/a.sock"}, {}, {"invalid-address unix:///var/run/a.sock"}},
      {{"1.2.3.4\n"}, {}, {"invalid-address 1.2.3.4?"}},
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
      {{}, {{"x", ""}}, {}, {"invalid-address x"}},
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
