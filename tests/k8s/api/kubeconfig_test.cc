#include "k8s/api/kubeconfig.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>
#include <vector>

#include "k8s/api/base64.h"
#include "tests/k8s/api/temp_dir.h"
#include "tests/k8s/api/test_keys.h"

namespace meshdns {
namespace {

const std::string kContext =
    "current-context: east\ncontexts: [{name: east, context: {cluster: c, user: u, namespace: mesh}}]\n";

std::string config(const std::string& cluster, const std::string& user) {
  return kContext + "clusters: [{name: c, cluster: {" + cluster + "}}]\nusers: [{name: u, user: {" + user + "}}]\n";
}

std::string exec(const std::string& fields) {
  return config("server: 'https://a'", "exec: {apiVersion: client.authentication.k8s.io/v1, " + fields + "}");
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
  const auto access = read_kubeconfig({file}, "");
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
      {dir.write("insecure", config("server: 'http://[::1]:8080/k8s/c1', insecure-skip-tls-verify: true, "
                                    "proxy-url: 'socks5://u:p@10.0.0.9:1080'",
                                    "token: t, tokenFile: missing, exec: {}"))},
      "east");
  REQUIRE_MESSAGE(insecure, (insecure ? "" : insecure.error()));
  CHECK(insecure->server == "http://[::1]:8080/k8s/c1");
  CHECK(insecure->token == "t");
  CHECK(insecure->tls.insecure);
  CHECK(insecure->proxy == "socks5://u:p@10.0.0.9:1080");
  CHECK_FALSE(insecure->exec.has_value());

  const auto nobody = read_kubeconfig(
      {dir.write("nobody",
                 "contexts: [{name: x, context: {cluster: c}}]\nclusters: [{name: c, cluster: {" + server + "}}]")},
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
  CHECK(read_kubeconfig({file}, "").error().find("no certificate: expected PEM") != std::string::npos);
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
  REQUIRE(mkfifo((dir.path() + "/pipe").c_str(), 0600) == 0);
  const std::string good = "server: 'https://a'";
  const std::vector<Case> cases = {
      {"", ": current-context: is not set: set it, or name a context with --context"},
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
      {"current-context: x\ncontexts: [{name: x, context: {cluster: \"c\\n2026 info fake\\e[31m\"}}]\n",
       ":1: context \"x\": no cluster \"c?2026 info fake?[31m\" in clusters"},
      {"current-context: \"x\\n\"\ncontexts: [{name: \"x\\n\", context: {}}]\n",
       ":2: context \"x?\": cluster is missing"},
      {"current-context: \"x\\n\"\ncontexts: [{name: \"x\\n\"}, {name: \"x\\n\"}]\n",
       ":2: contexts: a second context \"x?\""},
      {config(good + ", certificate-authority: \"a\\nb\"", ""),
       ":3: context \"east\", cluster \"c\": certificate-authority: expected a path without control characters"},
      {config("server: \"https://a/\\u009b31m\"", ""),
       ":3: context \"east\", cluster \"c\": server: expected a URL such as https://10.0.0.1:6443"},
      {config("", ""), ":3: context \"east\", cluster \"c\": server is missing"},
      {config("server: 'ftp://a'", ""),
       ":3: context \"east\", cluster \"c\": server: expected a URL such as https://10.0.0.1:6443"},
      {config("server: 10.0.0.1", ""),
       ":3: context \"east\", cluster \"c\": server: expected a URL such as https://10.0.0.1:6443"},
      {config("server: 'https://u:p@a'", ""),
       ":3: context \"east\", cluster \"c\": server: a user in the URL is not supported: use a token or a certificate"},
      {config("server: 'https://a?b'", ""),
       ":3: context \"east\", cluster \"c\": server: expected a URL without a query and a fragment"},
      {config(good + ", proxy-url: 'ftp://u:secret@p'", ""),
       ":3: context \"east\", cluster \"c\": proxy-url: expected a URL of http, https or socks5, such as "
       "http://10.0.0.1:3128"},
      {config(good + ", tls-server-name: 'bad name/x'", ""),
       ":3: context \"east\", cluster \"c\": tls-server-name: expected a host's name such as kube.example.com"},
      {"current-context: x\ncontexts: [7]", ":2: contexts: expected a mapping"},
      {kContext + "clusters: [{name: c, cluster: {" + good + "}}, {name: c}]",
       ":3: context \"east\", clusters: a second cluster \"c\""},
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
      {config(good, "auth-provider: {name: gcp}"),
       ":4: context \"east\", user \"u\": auth-provider is not supported: use exec, or a token"},
      {config(good, "username: a, password: b"),
       ":4: context \"east\", user \"u\": username is not supported: use a token or a client certificate"},
      {config(good, "as: root"),
       ":4: context \"east\", user \"u\": as is not supported: grant to the user itself what it shall be allowed"},
      {config(good, "exec: aws"), ":4: context \"east\", user \"u\", exec: expected a mapping"},
      {config(good, "exec: {}"), ":4: context \"east\", user \"u\", exec: apiVersion is missing"},
      {config(good, "exec: {apiVersion: client.authentication.k8s.io/v1alpha1}"),
       ":4: context \"east\", user \"u\", exec: apiVersion: expected client.authentication.k8s.io/v1 or "
       "client.authentication.k8s.io/v1beta1"},
      {exec("interactiveMode: Never"), ":4: context \"east\", user \"u\", exec: command is missing"},
      {exec("command: aws"), ":4: context \"east\", user \"u\", exec: interactiveMode: expected Never or IfAvailable"},
      {exec("command: aws, interactiveMode: Always"),
       ":4: context \"east\", user \"u\", exec: interactiveMode: Always is refused: nobody is there to be asked"},
      {exec("command: aws, interactiveMode: Never, args: [[]]"),
       ":4: context \"east\", user \"u\", exec: args: expected a list of texts"},
      {exec("command: aws, interactiveMode: Never, env: [{value: x}]"),
       ":4: context \"east\", user \"u\", exec, env: name is missing"},
      {exec("command: aws, interactiveMode: Never, provideClusterInfo: perhaps"),
       ":4: context \"east\", user \"u\", exec: provideClusterInfo: expected true or false"},
      {config(good, "token: \"a\\r\\nX: y\""),
       ":4: context \"east\", user \"u\": token: expected one line of visible ASCII"},
      {config(good, "tokenFile: crt"),
       ":4: context \"east\", user \"u\": tokenFile: DIR/crt holds no bearer token: expected one line of visible "
       "ASCII"},
      {config(good, "tokenFile: pipe"),
       ":4: context \"east\", user \"u\": tokenFile: cannot read DIR/pipe: it is not a regular file"},
      {config(good + ", certificate-authority: pipe", ""),
       ":3: context \"east\", cluster \"c\": certificate-authority: cannot read DIR/pipe: it is not a regular file"},
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
    const auto access = read_kubeconfig({file}, "");
    REQUIRE_FALSE(static_cast<bool>(access));
    std::string expected = file + c.error;
    for (size_t at; (at = expected.find("DIR")) != std::string::npos;) expected.replace(at, 3, dir.path());
    CHECK(access.error() == expected);
  }
  CHECK(read_kubeconfig({dir.path() + "/none"}, "").error() ==
        "cannot read " + dir.path() + "/none: No such file or directory");
  for (const std::string& file : {dir.path() + "/pipe", dir.path(), std::string("/dev/zero")}) {
    CHECK(read_kubeconfig({file}, "").error() == "cannot read " + file + ": it is not a regular file");
  }
  const std::string large = dir.write("large", std::string((1 << 20) + 1, '#'));
  CHECK(read_kubeconfig({large}, "").error() == large + " is larger than 1 MiB");
}

TEST_CASE("which kubeconfigs are read") {
  using Files = std::vector<std::string>;
  const Variable home("HOME", "/home/me");
  struct Case {
    const char* variable;
    Files expected;
  };
  const Case cases[] = {
      {nullptr, {"/home/me/.kube/config"}}, {"", {"/home/me/.kube/config"}},  {"/y", {"/y"}}, {"/y:/z", {"/y", "/z"}},
      {":/y::/z:/y", {"/y", "/z"}},         {":", {"/home/me/.kube/config"}},
  };
  for (const Case& c : cases) {
    CAPTURE(c.variable);
    const Variable variable("KUBECONFIG", c.variable);
    CHECK(*kubeconfig_files("") == c.expected);
    CHECK(*kubeconfig_files("/x") == Files{"/x"});
  }
}

TEST_CASE("several kubeconfigs as one") {
  const TempDir dir;
  std::filesystem::create_directory(dir.path() + "/other");
  const std::string missing = dir.path() + "/missing";
  const std::string empty = dir.write("empty", "");
  const std::string one = dir.write("one",
                                    "users: [{name: u, user: {tokenFile: token}}]\n"
                                    "contexts: [{name: far, context: {cluster: nowhere}}]\n");
  const std::string two = dir.write("other/two", kContext +
                                                     "clusters: [{name: c, cluster: {server: 'https://two'}}]\n"
                                                     "users: [{name: u, user: {token: two}}]\n");
  const std::string three = dir.write("other/three",
                                      "current-context: far\n"
                                      "contexts: [{name: three, context: {cluster: c, user: v}}]\n"
                                      "clusters: [{name: c, cluster: {server: 'https://three'}}]\n"
                                      "users: [{name: v, user: {tokenFile: token}}]\n");
  dir.write("token", "of-one");
  dir.write("other/token", "of-three");
  struct Case {
    std::vector<std::string> files;
    std::string context;
    std::string server, token;  // no server: what is wrong
  };
  const std::vector<Case> cases = {
      {{one, two, three}, "", "https://two", "of-one"},
      {{missing, empty, two, missing}, "", "https://two", "two"},
      {{two, one}, "", "https://two", "two"},
      {{three, two, one}, "east", "https://three", "two"},
      {{one, two, three}, "three", "https://two", "of-three"},
      {{three, one}, "", "", three + ", " + one + ": context \"far\": no cluster \"nowhere\" in clusters"},
      {{one, two}, "west", "", one + ", " + two + ": no context \"west\" in contexts"},
      {{missing, missing + "2"}, "", "", "cannot read " + missing + "2: No such file or directory"},
      {{two, dir.path()}, "", "", "cannot read " + dir.path() + ": it is not a regular file"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.files.front());
    CAPTURE(c.context);
    const auto access = read_kubeconfig(c.files, c.context);
    CHECK((access ? access->server : "") == c.server);
    CHECK((access ? access->token : access.error()) == c.token);
  }
}

TEST_CASE("an exec plugin and what it is told") {
  const TempDir dir;
  const std::string ca = make_certificate(make_key());
  dir.write("ca.crt", ca);
  const std::string text = config(
      "server: 'https://a:6443', certificate-authority: ca.crt, tls-server-name: kube, proxy-url: 'http://p:1', "
      "extensions: [{name: other, extension: {}}, {name: client.authentication.k8s.io/exec, "
      "extension: {audience: 06, port: 7, quoted: '7', on: true, list: [a, null]}}]",
      "exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: bin/login, args: [--for, '1'], "
      "env: [{name: A, value: b}, {name: E}], installHint: get it, provideClusterInfo: true}");
  const std::string file = dir.write("config", text);
  const auto access = read_kubeconfig({file}, "");
  REQUIRE_MESSAGE(access, (access ? "" : access.error()));
  REQUIRE(access->exec.has_value());
  const ExecConfig& exec = *access->exec;
  CHECK(exec.api_version == "client.authentication.k8s.io/v1beta1");
  CHECK(exec.command == dir.path() + "/bin/login");
  CHECK(exec.arguments == std::vector<std::string>{"--for", "1"});
  CHECK(exec.install_hint == "get it");
  REQUIRE(exec.environment.size() == 3);
  CHECK(exec.environment[0] == "A=b");
  CHECK(exec.environment[1] == "E=");
  CHECK(exec.environment[2] ==
        R"(KUBERNETES_EXEC_INFO={"apiVersion":"client.authentication.k8s.io/v1beta1","kind":"ExecCredential",)"
        R"("spec":{"cluster":{"certificate-authority-data":")" +
            base64_encode(ca) +
            R"(","config":{"audience":"06","list":["a",null],"on":true,"port":7,"quoted":"7"},)"
            R"("proxy-url":"http://p:1","server":"https://a:6443","tls-server-name":"kube"},"interactive":false}})");

  const Variable pod("KUBERNETES_SERVICE_HOST", "10.96.0.1");
  CHECK(read_kubeconfig({file}, "").error() ==
        file +
            ":4: context \"east\", user \"u\", exec: plugins are not run in a pod: give the user a tokenFile, a "
            "token or a client-certificate");
}

}  // namespace
}  // namespace meshdns
