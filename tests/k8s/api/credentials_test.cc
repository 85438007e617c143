#include "k8s/api/credentials.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>

#include "k8s/api/base64.h"
#include "tests/k8s/api/temp_dir.h"
#include "tests/k8s/api/test_keys.h"

namespace meshdns {
namespace {

TEST_CASE("what is mounted into a pod") {
  const TempDir dir;
  const Variable port("KUBERNETES_SERVICE_PORT", "443");
  {
    const Variable host("KUBERNETES_SERVICE_HOST", nullptr);
    const auto outside = in_cluster_access(dir.path());
    REQUIRE(outside);
    CHECK_FALSE(outside->has_value());
  }
  const Variable host("KUBERNETES_SERVICE_HOST", "fd00::1");
  CHECK(in_cluster_access(dir.path()).error() ==
        "cannot read " + dir.path() +
            "/token: No such file or directory; the pod needs a service account's token "
            "(automountServiceAccountToken: true)");
  dir.write("token", "abc\n");
  CHECK(in_cluster_access(dir.path()).error() == "cannot read " + dir.path() + "/ca.crt: No such file or directory");
  dir.write("ca.crt", make_certificate(make_key()));
  dir.write("namespace", "istio-system");
  const auto inside = in_cluster_access(dir.path());
  REQUIRE(inside);
  REQUIRE(inside->has_value());
  const ClusterAccess& access = **inside;
  CHECK(access.server == "https://[fd00::1]:443");
  CHECK(access.token == "abc");
  CHECK(access.token_file == dir.path() + "/token");
  CHECK(access.tls.ca.file == dir.path() + "/ca.crt");
  CHECK(access.name_space == "istio-system");

  const Variable no_host("KUBERNETES_SERVICE_HOST", "a b");
  CHECK(in_cluster_access(dir.path()).error().find("expected an address and a port") != std::string::npos);
}

TEST_CASE("a token that rotates") {
  const TempDir dir;
  const std::string file = dir.write("token", "one");
  BearerToken token("zero", file);
  const auto start = BearerToken::Clock::time_point{};
  CHECK(token.value(start) == "one");
  dir.write("token", "two");
  CHECK(token.value(start + std::chrono::seconds(59)) == "one");
  CHECK(token.value(start + std::chrono::seconds(60)) == "two");
  CHECK_FALSE(token.read(start + std::chrono::seconds(60)));
  dir.write("token", "three");
  CHECK(token.read(start + std::chrono::seconds(61)));
  CHECK(token.value(start + std::chrono::seconds(61)) == "three");
  std::filesystem::remove(file);
  CHECK_FALSE(token.read(start + std::chrono::seconds(62)));
  CHECK(token.value(start + std::chrono::seconds(62)) == "three");
  dir.write("token", "");
  CHECK(token.value(start + std::chrono::seconds(200)) == "three");
  dir.write("token", "four");
  CHECK(token.value(start + std::chrono::seconds(300)) == "four");

  BearerToken fixed("fixed", "");
  CHECK(fixed.value(start) == "fixed");
  CHECK_FALSE(fixed.read(start));
}

TEST_CASE("base64") {
  struct Case {
    const char* text;
    const char* expected;  // null where it is refused
  };
  const Case cases[] = {
      {"", ""},
      {"YQ==", "a"},
      {"YWI=", "ab"},
      {"YWJj", "abc"},
      {"YWJj\nYQ==\n", "abca"},
      {"YQ", nullptr},
      {"YQ=", nullptr},
      {"Y===", nullptr},
      {"=", nullptr},
      {"====", nullptr},
      {"YQ==YQ==", nullptr},
      {" YQ=", nullptr},
      {"YQ= ", nullptr},
      {"Y*==", nullptr},
      {"Y Q=", nullptr},
      {"YW-_", nullptr},
      {"Y\xc3\xbcx", nullptr},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    const auto bytes = base64_decode(c.text);
    REQUIRE(bytes.has_value() == (c.expected != nullptr));
    if (bytes) CHECK(*bytes == c.expected);
  }
  for (const char* text : {"", "a", "ab", "abc", "abcd"}) CHECK(*base64_decode(base64_encode(text)) == text);
}

}  // namespace
}  // namespace meshdns
