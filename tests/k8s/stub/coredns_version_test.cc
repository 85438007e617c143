#include "k8s/stub/coredns_version.h"

#include <doctest/doctest.h>

#include <vector>

namespace meshdns {
namespace {

TEST_CASE("versions of images and tags") {
  struct Case {
    const char* image;
    const char* version;  // empty: none
  };
  for (const Case& c : std::vector<Case>{{"1.8.0", "1.8.0"},
                                         {"v1.11.1-eksbuild.4", "1.11.1"},
                                         {"1.6.9_rke", "1.6.9"},
                                         {"v1.12", "1.12.0"},
                                         {"registry.k8s.io/coredns/coredns:v1.11.1", "1.11.1"},
                                         {"registry:5000/coredns:1.2.6@sha256:00", "1.2.6"},
                                         {"1.14.7-20260101", "1.14.7"},
                                         {"", ""},
                                         {"latest", ""},
                                         {"registry:5000/coredns", ""},
                                         {"registry/coredns@sha256:1111", ""},
                                         {"1", ""},
                                         {"1.", ""},
                                         {"1.8.", ""},
                                         {"-1.2.3", ""},
                                         {"99999999999.1.1", ""}}) {
    CAPTURE(c.image);
    const auto version = parse_coredns_version(c.image);
    CHECK((version ? version->text() : "") == c.version);
  }
  CHECK(CoreDnsVersion{1, 4, 99} < CoreDnsVersion{1, 5, 0});
}

}  // namespace
}  // namespace meshdns
