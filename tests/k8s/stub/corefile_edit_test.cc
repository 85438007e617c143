#include "k8s/stub/corefile_edit.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace meshdns {
namespace {

const Name kZone = *Name::parse("global");
const StubDomain kStub{kZone, {*parse_dns_server("10.96.0.53")}};
const std::string kWritten =
    "# Written by meshdnsctl stub: the zone global is answered by meshdns.\n"
    "global:53 {\n"
    "    errors\n"
    "    cache 30\n"
    "    forward . 10.96.0.53\n"
    "}\n";

Corefile parse(const std::string& text) {
  auto corefile = Corefile::parse(text);
  REQUIRE_MESSAGE(corefile, (corefile ? "" : corefile.error()));
  return *corefile;
}

std::string added(const std::string& text, const ListenAddresses& addresses = {{53}, {}}) {
  const auto corefile = add_stub(parse(text), kStub, addresses, "forward");
  REQUIRE_MESSAGE(corefile, (corefile ? "" : corefile.error()));
  return corefile->text();
}

CorefileStub found(const Corefile& corefile) {
  const auto stub = find_stub(corefile, kZone);
  REQUIRE_MESSAGE(stub, (stub ? "" : stub.error()));
  REQUIRE(*stub);
  return **stub;
}

TEST_CASE("a block comes and goes without a trace") {
  struct Case {
    std::string before;
    std::string after;
  };
  for (const Case& c : std::vector<Case>{{"", kWritten},
                                         {"\n", kWritten + "\n\n"},
                                         {". {\n}\n", kWritten + "\n. {\n}\n"},
                                         {".\nerrors", kWritten + "\n.\nerrors"},
                                         {"\r\n. {\r\n}", kWritten + "\n\r\n. {\r\n}"},
                                         {"\xef\xbb\xbf. {\n}", "\xef\xbb\xbf" + kWritten + "\n. {\n}"},
                                         {"\xef\xbb\xbf", "\xef\xbb\xbf" + kWritten}}) {
    CAPTURE(c.before);
    CHECK(added(c.before) == c.after);
    const Corefile after = parse(c.after);
    const CorefileStub stub = found(after);
    CHECK(stub.marked);
    CHECK(stub.plugin == "forward");
    CHECK(stub.asks(kStub.servers));
    CHECK(remove_stub(after, stub)->text() == c.before);
    CHECK_FALSE(*find_stub(parse(c.before), kZone));
  }
}

TEST_CASE("a block listens where the one for all names does") {
  struct Case {
    const char* text;
    const char* first_lines;  // behind the comment; empty: refused
  };
  for (const Case& c : std::vector<Case>{
           {".", "global:53 {\n    errors\n"},
           {"dns://.:5353 {\n}", "global:5353 {\n    errors\n"},
           {"a tls://. . .:1053 {\n}", "global:53 global:1053 {\n    errors\n"},
           {". {\nbind 169.254.20.10 {$POD_IP}\n}", "global:53 {\n    bind 169.254.20.10 {$POD_IP}\n    errors\n"},
           {"a {\n}", ""},
           {".\nbind \"127.0.0.1", "global:53 {\n    bind 127.0.0.1\n    errors\n"},
           {".\nbind \"127.0.0.1\n", ""},
           {"tls://. {\n}", ""},
           {". {\nbind 127.0.0.1\n}\n. {\nbind 127.0.0.2\n}",
            "global:53 {\n    bind 127.0.0.1 127.0.0.2\n    errors\n"},
           {". {\nbind 127.0.0.1\n}\n.:54 {\n}", ""}}) {
    CAPTURE(c.text);
    const auto addresses = root_addresses(parse(c.text));
    CHECK(static_cast<bool>(addresses) == !std::string(c.first_lines).empty());
    if (!addresses) continue;
    const std::string text = added(c.text, *addresses);
    CHECK(text.substr(text.find('\n') + 1).starts_with(c.first_lines));
  }
}

TEST_CASE("blocks for the zone, ours, like ours, and others'") {
  struct Case {
    const char* text;
    const char* found;  // the upstreams, "none", or a part of the error
  };
  for (const Case& c : std::vector<Case>{
           {"global {\nforward . 1.2.3.4\n}", "1.2.3.4 "},
           {"GLOBAL.:53 {\nerrors\nlog\nbind 10.0.0.1\nproxy . 1.2.3.4:54 5.6.7.8 {\npolicy random\n}\n}",
            "1.2.3.4:54 5.6.7.8 "},
           {"global:53 global:54 {\nforward global 1.2.3.4\n}", "1.2.3.4 "},
           {"# Written by meshdnsctl stub: x\nglobal {\nforward . 1.2.3.4\nprometheus\n}", "1.2.3.4 "},
           {".\nforward . 1.2.3.4", "none"},
           {"global.example {\n}", "none"},
           {"x.global {\n}", "none"},
           {"{$ZONE} {\n}", "none"},
           {"global {\nforward . 1.2.3.4\nprometheus\n}", "Corefile:1: found a block for global that does more"},
           {"global {\nforward . 1.2.3.4\nimport x/*\n}", "does more"},
           {"global {\nforward . 1.2.3.4\nforward . 5.6.7.8\n}", "does more"},
           {"global {\nforward x.global 1.2.3.4\n}", "does more"},
           {"global {\nfile db\n}", "does more"},
           {"global:54 {\nforward . 1.2.3.4\n}", "1.2.3.4 "},
           {".:53 .:54 {\n}\nglobal:54 global {\nforward . 1.2.3.4\n}", "1.2.3.4 "},
           {".:53 {\n}\nglobal:54 {\nforward . 1.2.3.4\n}", "Corefile:3: found a block for global, but not on port 53"},
           {"(s) {\nforward . 1.2.3.4\n}\nglobal {\nimport s\n}", "does more"},
           {"(s) {\nglobal {\nforward . 1.2.3.4\n}\n}\nimport s", "does more"},
           {"global example.org {\nforward . 1.2.3.4\n}", "Corefile:1: found a block for global and more"},
           {"tls://global {\nforward . 1.2.3.4\n}", "and more"},
           {"global {\nforward . 1.2.3.4\n}\nglobal:54 {\nforward . 1.2.3.4\n}", "Corefile:4: found a second block"},
           {". {\nforward global 1.2.3.4\n}", "Corefile:2: found forward for global"},
           {". {\nkubernetes cluster.local GLOBAL\n}", "Corefile:2: found kubernetes for global"}}) {
    CAPTURE(c.text);
    const auto stub = find_stub(parse(c.text), kZone);
    if (!stub) {
      CHECK_MESSAGE(stub.error().find(c.found) != std::string::npos, stub.error());
      continue;
    }
    std::string upstreams = *stub ? "" : "none";
    if (*stub)
      for (const std::string& upstream : (*stub)->upstreams) upstreams += upstream + " ";
    CHECK(upstreams == c.found);
  }
}

TEST_CASE("other servers change one line") {
  const std::string before = "global { # ours\n  forward . 1.2.3.4   5.6.7.8:54 { # two\n policy random\n}\n}\n.\n";
  const Corefile corefile = parse(before);
  const auto after =
      set_servers(corefile, found(corefile), {*parse_dns_server("10.0.0.1:5353"), *parse_dns_server("fd00::1")});
  REQUIRE(after);
  CHECK(after->text() == "global { # ours\n  forward . 10.0.0.1:5353 fd00::1 { # two\n policy random\n}\n}\n.\n");
}

TEST_CASE("other servers beside what is glued to the words") {
  for (const char* before : {"global\nforward . 1.2.3.4#a {\n}", "global\nforward . \"1.2.3.4\"{\n}"}) {
    CAPTURE(before);
    const Corefile corefile = parse(before);
    const auto after = set_servers(corefile, found(corefile), {*parse_dns_server("10.0.0.1")});
    REQUIRE(after);
    CHECK(found(*after).asks({*parse_dns_server("10.0.0.1")}));
  }
}

TEST_CASE("whether those servers are asked") {
  const auto asks = [](const std::string& upstreams, const char* server) {
    return found(parse("global {\nforward . " + upstreams + "\n}")).asks({*parse_dns_server(server)});
  };
  CHECK(asks("10.96.0.53", "10.96.0.53"));
  CHECK(asks("dns://10.96.0.53:53", "10.96.0.53"));
  CHECK(asks("[fd00::1]:53", "fd00::1"));
  CHECK_FALSE(asks("10.96.0.53:54", "10.96.0.53"));
  CHECK_FALSE(asks("10.96.0.53 10.96.0.54", "10.96.0.53"));
  CHECK_FALSE(asks("/etc/resolv.conf", "10.96.0.53"));
  CHECK_FALSE(asks("tls://10.96.0.53", "10.96.0.53"));
}

TEST_CASE("a block that was made by hand goes with its lines") {
  struct Case {
    const char* before;
    const char* after;
  };
  for (const Case& c : std::vector<Case>{{".\n{\n}\nglobal {\nforward . 1.2.3.4\n}\n", ".\n{\n}\n"},
                                         {"global {\nforward . 1.2.3.4\n} # end\n\n.\n", ".\n"},
                                         {"a {\n} global {\nforward . 1.2.3.4\n}\n", "a {\n} \n"},
                                         {"# about it\nglobal\nforward . 1.2.3.4", "# about it\n"}}) {
    CAPTURE(c.before);
    const Corefile corefile = parse(c.before);
    const auto after = remove_stub(corefile, found(corefile));
    REQUIRE(after);
    CHECK(after->text() == c.after);
  }
}

TEST_CASE("a comment that is none") {
  for (const char* text : {"a {\nlog \"\n# Written by meshdnsctl stub: x\n\"\n}\nglobal {\nforward . 1.2.3.4\n}",
                           "a {\nlog \"\n# Written by meshdnsctl stub: x\" } global {\nforward . 1.2.3.4\n}",
                           " # Written by meshdnsctl stub: x\nglobal {\nforward . 1.2.3.4\n}",
                           "# Written by meshdnsctl stub: x\n\nglobal {\nforward . 1.2.3.4\n}"}) {
    CAPTURE(text);
    const auto corefile = Corefile::parse(text);
    if (corefile) CHECK_FALSE(found(*corefile).marked);
  }
}

TEST_CASE("facts about a Corefile") {
  CHECK(has_reload(parse("a {\n}\n. {\nreload\n}")));
  CHECK(has_reload(parse("(s) {\nreload 10s\n}\n. {\nimport s\n}")));
  CHECK_FALSE(has_reload(parse(". {\nlog reload\n}")));
  CHECK(forwarding_plugin({1, 4, 9}) == "proxy");
  CHECK(forwarding_plugin({1, 5, 0}) == "forward");
  CHECK(stub_notes(parse(".\n{\n}\nx.global {$Y} {\n}"), kZone) ==
        std::vector<std::string>{"Corefile:4: x.global stays with this block: meshdns is not asked for it",
                                 "Corefile:4: the zone {$Y} is not known here, as its variables are not"});
}

}  // namespace
}  // namespace meshdns
