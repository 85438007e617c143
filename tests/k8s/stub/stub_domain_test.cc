#include "k8s/stub/stub_domain.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace meshdns {
namespace {

TEST_CASE("servers") {
  struct Case {
    const char* text;
    const char* printed;  // empty: refused
  };
  for (const Case& c : std::vector<Case>{{"10.96.0.53", "10.96.0.53"},
                                         {"10.96.0.53:53", "10.96.0.53"},
                                         {"10.96.0.53:5353", "10.96.0.53:5353"},
                                         {"fd00::1", "fd00::1"},
                                         {"[fd00::1]", "fd00::1"},
                                         {"[fd00::1]:5353", "[fd00::1]:5353"},
                                         {"127.0.0.1:5300", "127.0.0.1:5300"},
                                         {"", ""},
                                         {"meshdns.meshdns.svc", ""},
                                         {"10.96.0.53:", ""},
                                         {"10.96.0.53:0", ""},
                                         {"10.96.0.53:65536", ""},
                                         {"10.96.0.53:53 x", ""},
                                         {"10.96.0", ""},
                                         {"[fd00::1", ""},
                                         {"[fd00::1]5353", ""},
                                         {"[fd00::1]:", ""},
                                         {"0.0.0.0", ""},
                                         {"::", ""},
                                         {"224.0.0.1", ""},
                                         {"ff02::1", ""}}) {
    CAPTURE(std::string(c.text));
    const auto server = parse_dns_server(c.text);
    CHECK((server ? server->text() : "") == c.printed);
  }
}

TEST_CASE("zones") {
  struct Case {
    const char* text;
    const char* wrong;  // a part of what is said; empty: accepted
  };
  for (const Case& c : std::vector<Case>{{"global", ""},
                                         {"a.mesh-1.example.", ""},
                                         {"", "expected a zone"},
                                         {".", "below the root"},
                                         {"*.global", "letters, digits"},
                                         {"a\\.b", "letters, digits"},
                                         {"a b", "letters, digits"},
                                         {"a..b", "expected a zone"},
                                         {"10.in-addr.arpa", "reverse zone"},
                                         {"IN-ADDR.arpa", "reverse zone"},
                                         {"arpa", "reverse zone"},
                                         {"8.b.d.ip6.arpa", "reverse zone"}}) {
    CAPTURE(std::string(c.text));
    const auto zone = parse_stub_zone(c.text);
    CHECK(static_cast<bool>(zone) == std::string(c.wrong).empty());
    if (!zone) CHECK(zone.error().find(c.wrong) != std::string::npos);
  }
}

}  // namespace
}  // namespace meshdns
