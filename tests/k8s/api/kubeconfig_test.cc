#include "k8s/api/kubeconfig.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/k8s/api/temp_dir.h"
#include "tests/k8s/api/test_keys.h"

namespace meshdns {
namespace {

const std::string kContext =
    "current-context: east\ncontexts: [{name: east, context: {cluster: c, user: u, namespace: mesh}}]\n";

std::string config(const std::string& cluster, const std::string& user) {
  return kContext + "clusters: [{name: c, cluster: {" + cluster + "}}]\nusers: [{name: u, user: {" + user + "}}]\n";
}

TEST_CASE("a kubeconfig that is understood") {
  const TempDir dir;
  const std::string key = make_key(), certificate = make_certificate(key);
  dir.write("ca.crt", certificate);
  dir.write("client.crt", certificate);
  dir.write("client.key", key);
  dir.write("token", " t0ken\n");
  const std::string server = R"(server: "https://10.0.0.1:6443/")";
  const std::string file =
      dir.write("config", config(server + ", certificate-authority: ca.crt, tls-server-name: kube.internal",
                                 "tokenFile: token, client-certificate: client.crt, client-key: client.key"));
  const auto access = read_kubeconfig(file, "");
  REQUIRE_MESSAGE(access, (access ? "" : access.error()));
  CHECK(access->server == "https://10.0.0.1:6443");
  CHECK(access->name_space == "mesh");
  CHECK(access->token == "t0ken");
  CHECK(access->token_file == dir.path() + "/token");
  CHECK(access->tls.ca.file == dir.path() + "/ca.crt");
  CHECK(access->tls.certificate.file == dir.path() + "/client.crt");
  CHECK(access->tls.key.file == dir.path() + "/client.key");
  CHECK(access->tls.server_name == "kube.internal");
  CHECK_FALSE(access->tls.insecure);

  const auto insecure = read_kubeconfig(
      dir.write("insecure", config("server: 'http://[::1]:8080/k8s/c1', insecure-skip-tls-verify: true", "token: t")),
      "east");
  REQUIRE_MESSAGE(insecure, (insecure ? "" : insecure.error()));
  CHECK(insecure->server == "http://[::1]:8080/k8s/c1");
  CHECK(insecure->token == "t");
  CHECK(insecure->tls.insecure);

  const auto nobody = read_kubeconfig(
      dir.write("nobody",
                "contexts: [{name: x, context: {cluster: c}}]\nclusters: [{name: c, cluster: {" + server + "}}]"),
      "x");
  REQUIRE_MESSAGE(nobody, (nobody ? "" : nobody.error()));
  CHECK(nobody->token.empty());
}

TEST_CASE("data in a kubeconfig stands before files") {
  const TempDir dir;
  // "-----BEGIN …" is not needed to see who wins: what is not a certificate is refused.
  const std::string file = dir.write(
      "config",
      config("server: 'https://a', certificate-authority: /missing, certificate-authority-data: bm9uZQ==", ""));
  CHECK(read_kubeconfig(file, "").error().find("no certificate: expected PEM") != std::string::npos);
}

TEST_CASE("a kubeconfig that is not understood") {
  struct Case {
    std::string text;
    std::string error;  // behind the file's name
  };
  const TempDir dir;
  const std::string key = make_key();
  dir.write("crt", make_certificate(key));
  dir.write("other.key", make_key());
  const std::string good = "server: 'https://a'";
  const std::vector<Case> cases = {
      {"", ": expected a mapping"},
      {"[]", ":1: expected a mapping"},
      {"a: [", ":1: end of sequence flow not found"},
      {"clusters: []", ":1: current-context: is not set: set it, or name a context with --context"},
      {"current-context: x\n", ":1: no context \"x\" in contexts"},
      {"current-context: x\ncontexts: []", ":2: no context \"x\" in contexts"},
      {"current-context: x\ncontexts: 7", ":2: contexts: expected a list"},
      {"current-context: [x]", ":1: current-context: expected text"},
      {"current-context: x\ncontexts:\n- name: x", ": context \"x\": cluster is missing"},
      {"current-context: x\ncontexts:\n- name: x\n  context: {user: u}", ":4: context \"x\": cluster is missing"},
      {kContext + "clusters: []", ":3: context \"east\": no cluster \"c\" in clusters"},
      {kContext + "clusters: [{name: c, cluster: {server: 'https://a'}}]",
       ":1: context \"east\": no user \"u\" in users"},
      {config("", ""), ":3: context \"east\", cluster \"c\": server is missing"},
      {config("server: 'ftp://a'", ""),
       ":3: context \"east\", cluster \"c\": server: expected a URL such as https://10.0.0.1:6443"},
      {config("server: 10.0.0.1", ""),
       ":3: context \"east\", cluster \"c\": server: expected a URL such as https://10.0.0.1:6443"},
      {config("server: 'https://u:p@a'", ""),
       ":3: context \"east\", cluster \"c\": server: a user in the URL is not supported: use a token or a certificate"},
      {config("server: 'https://a?b'", ""),
       ":3: context \"east\", cluster \"c\": server: expected a URL without a query and a fragment"},
      {config(good + ", proxy-url: 'http://p'", ""),
       ":3: context \"east\", cluster \"c\": proxy-url is not yet supported"},
      {config(good + ", insecure-skip-tls-verify: maybe", ""),
       ":3: context \"east\", cluster \"c\": insecure-skip-tls-verify: expected true or false"},
      {config(good + ", insecure-skip-tls-verify: true, certificate-authority: crt", ""),
       ":3: context \"east\", cluster \"c\": insecure-skip-tls-verify: true contradicts the certificate-authority"},
      {config(good + ", certificate-authority: missing", ""),
       ":3: context \"east\", cluster \"c\": certificate-authority: cannot read DIR/missing: No such file or "
       "directory"},
      {config(good + ", certificate-authority: other.key", ""),
       ":3: context \"east\", cluster \"c\": certificate-authority: no certificate in DIR/other.key: expected PEM, "
       "-----BEGIN CERTIFICATE-----"},
      {config(good + ", certificate-authority-data: '*'", ""),
       ":3: context \"east\", cluster \"c\": certificate-authority-data: expected base64"},
      {config(good, "exec: {command: aws}"), ":4: context \"east\", user \"u\": exec is not yet supported"},
      {config(good, "auth-provider: {name: gcp}"),
       ":4: context \"east\", user \"u\": auth-provider is not yet supported"},
      {config(good, "username: a, password: b"), ":4: context \"east\", user \"u\": username is not yet supported"},
      {config(good, "as: root"), ":4: context \"east\", user \"u\": as is not yet supported"},
      {config(good, "token: \"a\\r\\nX: y\""),
       ":4: context \"east\", user \"u\": token: expected one line of visible ASCII"},
      {config(good, "tokenFile: crt"),
       ":4: context \"east\", user \"u\": tokenFile: DIR/crt holds no bearer token: expected one line of visible "
       "ASCII"},
      {config(good, "client-certificate: crt"),
       ":4: context \"east\", user \"u\": client-key: is missing beside client-certificate"},
      {config(good, "client-key: other.key"),
       ":4: context \"east\", user \"u\": client-certificate: is missing beside client-key"},
      {config(good, "client-certificate: crt, client-key: other.key"),
       ":4: context \"east\", user \"u\": client-certificate: the private key in DIR/other.key is not that of the "
       "certificate in DIR/crt"},
      {config(good, "client-certificate: crt, client-key: crt"),
       ":4: context \"east\", user \"u\": client-certificate: no private key in DIR/crt: expected PEM without a pass "
       "phrase"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    const std::string file = dir.write("config", c.text);
    const auto access = read_kubeconfig(file, "");
    REQUIRE_FALSE(static_cast<bool>(access));
    std::string expected = file + c.error;
    for (size_t at; (at = expected.find("DIR")) != std::string::npos;) expected.replace(at, 3, dir.path());
    CHECK(access.error() == expected);
  }
  CHECK(read_kubeconfig(dir.path() + "/none", "").error() ==
        "cannot read " + dir.path() + "/none: No such file or directory");
  CHECK(read_kubeconfig(dir.path(), "").error() == "cannot read " + dir.path() + ": Is a directory");
  CHECK(read_kubeconfig("/dev/zero", "").error() == "/dev/zero is larger than 1 MiB");
}

TEST_CASE("which kubeconfig is read") {
  const Variable home("HOME", "/home/me");
  {
    const Variable variable("KUBECONFIG", nullptr);
    CHECK(*kubeconfig_path("") == "/home/me/.kube/config");
    CHECK(*kubeconfig_path("/x") == "/x");
  }
  {
    const Variable variable("KUBECONFIG", "/y");
    CHECK(*kubeconfig_path("") == "/y");
    CHECK(*kubeconfig_path("/x") == "/x");
  }
  const Variable variable("KUBECONFIG", "/y:/z");
  CHECK(kubeconfig_path("").error().find("not yet supported") != std::string::npos);
  CHECK(*kubeconfig_path("/x") == "/x");
}

}  // namespace
}  // namespace meshdns
