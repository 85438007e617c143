#include "k8s/stub/corefile_modernise.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace meshdns {
namespace {

constexpr CoreDnsVersion kNew{1, 14, 7};

Corefile parse(const std::string& text) {
  auto corefile = Corefile::parse(text);
  REQUIRE_MESSAGE(corefile, (corefile ? "" : corefile.error()));
  return *corefile;
}

std::string modern(const std::string& text, const CoreDnsVersion& version = kNew) {
  const auto corefile = modernise(parse(text), version);
  return corefile ? corefile->corefile.text() : corefile.error();
}

TEST_CASE("the tutorial's Corefile") {
  const std::string before =
      ".:53 {\n"
      "    errors\n"
      "    health\n"
      "    kubernetes cluster.local in-addr.arpa ip6.arpa {\n"
      "        pods insecure\n"
      "        upstream\n"
      "        fallthrough in-addr.arpa ip6.arpa\n"
      "    }\n"
      "    prometheus :9153\n"
      "    proxy . /etc/resolv.conf\n"
      "    cache 30\n"
      "    loop\n"
      "    reload\n"
      "}\n"
      "global:53 {\n"
      "    errors\n"
      "    cache 30\n"
      "    proxy . 10.43.57.78\n"
      "}\n";
  const auto corefile = modernise(parse(before), kNew);
  REQUIRE(corefile);
  CHECK(corefile->corefile.text() ==
        ".:53 {\n"
        "    errors\n"
        "    health\n"
        "    kubernetes cluster.local in-addr.arpa ip6.arpa {\n"
        "        pods insecure\n"
        "        fallthrough in-addr.arpa ip6.arpa\n"
        "    }\n"
        "    prometheus :9153\n"
        "    forward . /etc/resolv.conf\n"
        "    cache 30\n"
        "    loop\n"
        "    reload\n"
        "}\n"
        "global:53 {\n"
        "    errors\n"
        "    cache 30\n"
        "    forward . 10.43.57.78\n"
        "}\n");
  CHECK(corefile->changes ==
        std::vector<std::string>{"Corefile:6: upstream of kubernetes, which CoreDNS refuses since 1.7.0, is taken out",
                                 "Corefile:10: proxy, which CoreDNS does not have since 1.5.0, becomes forward",
                                 "Corefile:18: proxy, which CoreDNS does not have since 1.5.0, becomes forward"});
  CHECK(modern(before, {1, 4, 0}) == before);
  CHECK(outdated_settings(corefile->corefile, kNew).empty());
}

TEST_CASE("plugins and options of old") {
  struct Case {
    const char* before;
    const char* after;
  };
  for (const Case& c : std::vector<Case>{
           {".\nproxy . 1.2.3.4:54 {\n policy round_robin\n except a b\n}",
            ".\nforward . 1.2.3.4:54 {\n policy round_robin\n except a b\n}"},
           {".\nproxy . 1.2.3.4 {\n policy first # x\n}", ".\nforward . 1.2.3.4 {\n policy sequential # x\n}"},
           {".\nproxy . 1.2.3.4 {\n policy least_conn # x\n}", ".\nforward . 1.2.3.4 {\n}"},
           {".\nproxy . 1.2.3.4 {\n fail_timeout 5s\n max_fails 1\n health_check a:80 5s\n spray\n}",
            ".\nforward . 1.2.3.4 {\n}"},
           {".\nproxy . 1.2.3.4 {\n protocol dns force_tcp\n}", ".\nforward . 1.2.3.4 {\n force_tcp\n}"},
           {".\nproxy . 1.2.3.4 { protocol dns }", ".\nforward . 1.2.3.4 {  }"},
           {".\nproxy . 1.2.3.4 {\n protocol grpc insecure\n}",
            "Corefile:3: found protocol grpc of proxy, which forward does not have: the plugin grpc or an upstream "
            "such as "
            "tls://ADDRESS may take its place"},
           {".\nproxy a 1.2.3.4\nproxy . 1.2.3.5",
            "Corefile:2: found proxy beside another in one block, expected one: give each zone a block of its own"},
           {".\nproxy . 1.2.3.4 {\n spray#a }", ".\nforward . 1.2.3.4 {\n  }"},
           {".\nproxy#a . 1.2.3.4 {\n spray#a\n}", ".\nforward . 1.2.3.4 {\n}"},
           {".\n\"proxy\". 1.2.3.4", ".\nforward . 1.2.3.4"},
           {".\nkubernetes {\n\tresyncperiod 5m\n}", ".\nkubernetes {\n}"},
           {".\nkubernetes { upstream 1.2.3.4 }", ".\nkubernetes {  }"},
           {".\nfederation cluster.local {\n a b\n}\nerrors", ".\nerrors"},
           {". {\nfederation cluster.local {\n a b\n}\n", ". {\n}\n"},
           {".\nstartup /bin/true", ".\non startup /bin/true"},
           {".\nkubernetes {\n transfer to *\n}",
            "Corefile:3: found transfer in kubernetes, expected the plugin transfer beside it, as CoreDNS wants it "
            "since 1.8.0"},
           {"(s) {\n proxy . 1.2.3.4\n}\na {\nimport s\n}\nb {\nimport s\n}",
            "(s) {\n forward . 1.2.3.4\n}\na {\nimport s\n}\nb {\nimport s\n}"},
           {".\ntemplate {\n upstream\n}\nlog proxy", ".\ntemplate {\n upstream\n}\nlog proxy"}}) {
    CAPTURE(c.before);
    CHECK(modern(c.before) == c.after);
  }
}

TEST_CASE("what a version refuses, and what it takes no notice of") {
  struct Case {
    CoreDnsVersion version;
    int proxy;  // -1: not outdated, 0: ignored, 1: refused
    int upstream;
  };
  for (const Case& c :
       std::vector<Case>{{{1, 4, 0}, -1, -1}, {{1, 5, 0}, 1, 0}, {{1, 6, 9}, 1, 0}, {{1, 7, 0}, 1, 1}}) {
    CAPTURE(c.version.text());
    const auto found = [&](const char* text) {
      const auto settings = outdated_settings(parse(text), c.version);
      return settings.empty() ? -1 : static_cast<int>(settings[0].refused);
    };
    CHECK(found(".\nproxy . 1.2.3.4") == c.proxy);
    CHECK(found(".\nkubernetes {\nupstream\n}") == c.upstream);
  }
}

}  // namespace
}  // namespace meshdns
