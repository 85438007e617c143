#include "k8s/api/url.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace meshdns {
namespace {

TEST_CASE("what a URL asks for") {
  struct Case {
    const char* url;
    const char* authority;
    uint16_t port;
    const char* path;
    const char* query;
  };
  for (const Case& c : std::vector<Case>{{"http://A.bar.global", "a.bar.global", 80, "/", ""},
                                         {"http://a:80/x", "a", 80, "/x", ""},
                                         {"http://a:8000/x/y?z=1&u", "a:8000", 8000, "/x/y", "z=1&u"},
                                         {"https://a?x", "a", 443, "/", "x"},
                                         {"http://[2001:db8::1]:8000/", "[2001:db8::1]:8000", 8000, "/", ""}}) {
    CAPTURE(c.url);
    const auto url = parse_web_url(c.url);
    REQUIRE_MESSAGE(url, url.error());
    CHECK(url->authority() == c.authority);
    CHECK(url->port == c.port);
    CHECK(url->path == c.path);
    CHECK(url->query == c.query);
  }
}

TEST_CASE("what is no URL that can be asked for") {
  for (const char* url : {"", "a", "a/b", "ftp://a", "file:///a", "http://", "http://a b", "http://a\n", "http://u@a",
                          "http://u:p@a", "http://a/#b", "http://a:0/", "http://a:65536/", "http://a:x/"}) {
    CAPTURE(url);
    CHECK_FALSE(parse_web_url(url));
  }
}

}  // namespace
}  // namespace meshdns
