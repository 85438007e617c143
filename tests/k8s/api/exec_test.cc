#include <doctest/doctest.h>
#include <unistd.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "k8s/api/api_client.h"
#include "k8s/api/child_process.h"
#include "k8s/api/exec_credential.h"
#include "k8s/api/exec_plugin.h"
#include "tests/k8s/api/fake_api.h"
#include "tests/k8s/api/notes.h"
#include "tests/k8s/api/temp_dir.h"
#include "tests/k8s/api/test_keys.h"

namespace meshdns {
namespace {

using std::chrono::seconds;

const char* const kVersion = "client.authentication.k8s.io/v1";

std::string credential(const std::string& status) {
  return R"({"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":)" + status + "}";
}

TEST_CASE("what a plugin prints") {
  struct Case {
    std::string json;
    std::string token;  // or what is wrong
    int64_t expires = 0;
  };
  const std::string key = nlohmann::json(make_key()).dump();
  const std::string both = "expected both of clientCertificateData and clientKeyData, or neither";
  const std::vector<Case> cases = {
      {credential(R"({"token":"t0ken"})"), "t0ken"},
      {credential(R"({"token":"t","expirationTimestamp":null})"), "t"},
      {credential(R"({"token":"t","expirationTimestamp":"1970-01-02T00:00:00Z"})"), "t", 86400},
      {credential(R"({"token":"t","expirationTimestamp":"1970-01-02T01:00:00.5+01:00"})"), "t", 86400},
      {"", "expected an ExecCredential in JSON"},
      {"[]", "expected an ExecCredential in JSON"},
      {"{", "expected an ExecCredential in JSON"},
      {R"({"kind":"Pod","apiVersion":"v1"})",
       "expected kind ExecCredential and apiVersion client.authentication.k8s.io/v1, which the kubeconfig names"},
      {R"({"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1beta1","status":{"token":"t"}})",
       "expected kind ExecCredential and apiVersion client.authentication.k8s.io/v1, which the kubeconfig names"},
      {credential("null"), "status is missing"},
      {credential("{}"), "status: expected a token, or clientCertificateData and clientKeyData"},
      {credential(R"({"token":7})"), "status: expected a token, or clientCertificateData and clientKeyData"},
      {credential(R"({"token":"a\r\nX: y"})"), "status.token: expected one line of visible ASCII"},
      {credential(R"({"clientCertificateData":"x"})"), "status: " + both},
      {credential(R"({"token":"t","clientKeyData":"x"})"), "status: " + both},
      {credential(R"({"clientCertificateData":"x","clientKeyData":)" + key + "}"),
       "status.clientCertificateData: no certificate: expected PEM, -----BEGIN CERTIFICATE-----"},
      {credential(R"({"token":"t","expirationTimestamp":"tomorrow"})"),
       "status.expirationTimestamp: expected a time such as 2026-01-31T12:00:00Z"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.json);
    const auto parsed = parse_exec_credential(c.json, kVersion);
    CHECK((parsed ? parsed->token : parsed.error()) == c.token);
    if (parsed)
      CHECK(parsed->expires.value_or(ExecCredential::Clock::time_point()).time_since_epoch() == seconds(c.expires));
  }
}

TEST_CASE("a program and how it ends") {
  struct Case {
    std::string program;
    std::vector<std::string> arguments;
    std::string expected;  // its output, or what is wrong
  };
  const Variable before("MESHDNS_TEST", "old");
  const std::vector<Case> cases = {
      {"/bin/sh", {"-c", "echo $MESHDNS_TEST; echo no error >&2"}, "new\n"},
      {"sh", {"-c", "printf %s \"$HOME\""}, std::getenv("HOME")},
      {"sh", {"-c", "cat"}, ""},
      {"sh", {"-c", "echo secret; echo secret >&2; exit 3"}, "ended with 3; run it by hand to see why"},
      {"sh", {"-c", "kill -9 $$"}, "was ended by signal 9; run it by hand to see why"},
      {"sh", {"-c", "sleep 1000 & sleep 1000"}, "took longer than 1 s; run it by hand to see why"},
      {"sh", {"-c", "cat /dev/zero"}, "wrote more than 1 MiB; run it by hand to see why"},
      {"/missing/program", {}, "cannot be run: no such file or directory"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.expected);
    TestLoop loop;
    std::optional<ChildProcess> child;
    std::string result;
    bool ended = false;
    const seconds deadline(c.expected.starts_with("took longer") ? 1 : 60);
    child.emplace(loop, Command{c.program, c.arguments, {"MESHDNS_TEST=new"}}, deadline,
                  [&](const Result<std::string>& got) {
                    result = got ? *got : got.error();
                    ended = true;
                    child.reset();
                  });
    CHECK_FALSE(ended);
    REQUIRE(run_until(loop, [&] { return ended; }));
    CHECK(result == c.expected);
  }
  TestLoop loop;
  ChildProcess destroyed(loop, Command{"sleep", {"1000"}, {}}, seconds(60), [](const Result<std::string>&) {});
}

/// A plugin that writes down that it ran and prints what a file holds.
struct Setup {
  Setup() {
    ClusterAccess access{api.url(), {}, "", "", ""};
    access.exec = ExecConfig{kVersion, "sh", {"-c", "echo run >> runs; cat answer"}, {}, "install sh"};
    access.exec->arguments.back() = "cd " + dir.path() + "; " + access.exec->arguments.back();
    client.emplace(loop, access);
  }

  /// The token of the next request, which is answered with 200; or why there was none.
  std::string sent() {
    api.script = {{"/x", 200, ""}};
    Notes notes;
    client->ask({"/x"}, seconds(60), notes);
    CHECK(notes.done == 0);
    REQUIRE(run_until(loop, [&] { return notes.done == 1; }));
    if (!notes.error.empty()) return notes.error;
    const std::string& request = api.requests.back();
    const size_t at = request.find("Bearer ") + 7;
    return request.substr(at, request.find('\r', at) - at);
  }

  size_t runs() const { return (*read_pem(dir.path() + "/runs")).text.size() / 4; }

  TestLoop loop;
  FakeApi api{loop};
  TempDir dir;
  std::optional<ApiClient> client;
};

TEST_CASE("requests with a plugin's credential") {
  Setup setup;
  setup.dir.write("answer", credential(R"({"token":"one","expirationTimestamp":"2100-01-01T00:00:00Z"})"));
  CHECK(setup.sent() == "one");
  CHECK(setup.sent() == "one");
  CHECK(setup.runs() == 1);
  setup.dir.write("answer", credential(R"({"token":"two"})"));
  CHECK(setup.client->unauthorized());
  CHECK(setup.sent() == "two");
  CHECK(setup.runs() == 2);
  setup.dir.write("answer", "{}");
  setup.client->unauthorized();
  const std::string who = "the exec plugin sh gave ";
  CHECK(setup.sent() == who +
                            "no credential: expected kind ExecCredential and apiVersion "
                            "client.authentication.k8s.io/v1, which the kubeconfig names");
  setup.dir.write("answer", credential(R"({"token":"t","expirationTimestamp":"2000-01-01T00:00:00Z"})"));
  CHECK(setup.sent() == who + "a credential that has expired");
  std::filesystem::remove(setup.dir.path() + "/answer");
  CHECK(setup.sent() == "the exec plugin sh ended with 1; run it by hand to see why; install sh");
  CHECK(setup.runs() == 5);
}

TEST_CASE("when a plugin has to be run") {
  const TempDir dir;
  TestLoop loop;
  int ended = 0;
  ExecPlugin plugin(loop, ExecConfig{kVersion, "cat", {dir.path() + "/answer"}, {}, ""},
                    [&](const Error*) { ++ended; });
  const auto run = [&] {
    plugin.run();
    plugin.run();
    const int before = ended;
    return run_until(loop, [&] { return ended == before + 1; });
  };
  const ExecPlugin::Clock::time_point expiry(seconds(4102444800));
  CHECK(plugin.is_due({}));
  dir.write("answer", credential(R"({"token":"one","expirationTimestamp":"2100-01-01T00:00:00Z"})"));
  REQUIRE(run());
  CHECK_FALSE(plugin.is_due(expiry - seconds(1)));
  CHECK(plugin.is_due(expiry));
  plugin.refuse();
  CHECK(plugin.is_due({}));
  CHECK(plugin.credential()->token == "one");
  dir.write("answer", credential(R"({"token":"two"})"));
  REQUIRE(run());
  CHECK_FALSE(plugin.is_due(expiry));
}

TEST_CASE("requests that wait for the plugin") {
  Setup setup;
  setup.dir.write("answer", "");
  Notes first, second, third, later;
  setup.client->ask({"/first"}, seconds(60), first);
  const auto id = setup.client->ask({"/second"}, seconds(60), second);
  const auto cancelled = setup.client->ask({"/third"}, seconds(60), third);
  first.done_hook = [&] {
    setup.client->cancel(id);
    setup.client->ask({"/later"}, seconds(60), later);
  };
  setup.client->cancel(cancelled);
  REQUIRE(run_until(setup.loop, [&] { return first.done == 1; }));
  CHECK(first.kind == HttpError::Kind::kIdentity);
  REQUIRE(run_until(setup.loop, [&] { return later.done == 1; }));
  CHECK(second.done + third.done == 0);
  CHECK(setup.runs() == 2);
  setup.client->ask({"/gone"}, seconds(60), later);
}

}  // namespace
}  // namespace meshdns
