#include "k8s/api/http_client.h"

#include <doctest/doctest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "k8s/api/url.h"
#include "tests/k8s/api/fake_api.h"
#include "tests/k8s/api/notes.h"
#include "tests/k8s/api/temp_dir.h"

namespace meshdns {
namespace {

using std::chrono::seconds;

struct Setup {
  HttpRequest request(const std::string& path) { return HttpRequest{api.url() + path, {}, seconds(60)}; }

  TestLoop loop;
  FakeApi api{loop};
  std::optional<HttpClient> client{std::in_place, loop, TlsSettings{}};
  Notes notes;
};

TEST_CASE("a response in parts") {
  Setup setup;
  setup.api.script = {{"GET /a?b=c ", 503, "hello", Ending::kOpen, "Retry-After: 7\r\n"}};
  setup.client->send({setup.api.url() + "/a?b=c", {"X-Test: 1"}, seconds(60)}, setup.notes);
  REQUIRE(run_until(setup.loop, [&] { return setup.notes.body == "hello"; }));
  CHECK(setup.notes.status == 503);
  CHECK(setup.notes.retry_after == seconds(7));
  setup.api.push(" world");
  setup.api.finish();
  REQUIRE(run_until(setup.loop, [&] { return setup.notes.done == 1; }));
  CHECK(setup.notes.body == "hello world");
  CHECK(setup.notes.error == "");
  CHECK(setup.api.requests.at(0).find("\r\nX-Test: 1\r\n") != std::string::npos);
  CHECK(setup.api.requests.at(0).find("HTTP/1.1\r\n") != std::string::npos);
}

TEST_CASE("headers, one by one, of the response that counts") {
  Setup setup;
  setup.api.script = {{"/", 200, "x", Ending::kComplete, "X-Served-By:  v: 1 \t\r\nx-empty:\r\n"}};
  setup.client->send(setup.request("/"), setup.notes);
  REQUIRE(run_until(setup.loop, [&] { return setup.notes.done == 1; }));
  CHECK(setup.notes.headers.find("X-Served-By=v: 1;x-empty=;") != std::string::npos);
  CHECK(setup.notes.headers.find("HTTP") == std::string::npos);
}

TEST_CASE("what fails says why") {
  Setup setup;
  setup.api.script = {{"/broken", 200, "x", Ending::kBroken}, {"/silent", 200, "x", Ending::kOpen}};
  struct Case {
    std::string url;
    HttpError::Kind kind;
    std::string error;
  };
  using Kind = HttpError::Kind;
  const std::string url = setup.api.url();
  const std::vector<Case> cases = {
      {url + "/broken", Kind::kBroken, "transfer closed with outstanding read data remaining"},
      {url + "/silent", Kind::kSilent, "Operation too slow. Less than 1 bytes/sec transferred the last 1 seconds"},
      {"http://127.0.0.1:1/", Kind::kUnreachable, "Connection refused"},
      {"file:///etc/hostname", Kind::kOther, "Protocol \"file\" not supported or disabled in libcurl"},
      {"nonsense://", Kind::kOther, "URL using bad/illegal format or missing URL"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.url);
    Notes notes;
    setup.client->send({c.url, {}, seconds(1)}, notes);
    CHECK(notes.done == 0);
    REQUIRE(run_until(setup.loop, [&] { return notes.done == 1; }));
    CHECK(notes.error == c.error);
    CHECK(notes.kind == c.kind);
  }
}

TEST_CASE("the environment has no say") {
  const Variable proxy("http_proxy", "http://127.0.0.1:1");
  const Variable all("ALL_PROXY", "http://127.0.0.1:1");
  Setup setup;
  setup.api.script = {{"GET / ", 200, ""}};
  setup.client->send(setup.request("/"), setup.notes);
  REQUIRE(run_until(setup.loop, [&] { return setup.notes.done == 1; }));
  CHECK(setup.notes.error == "");
}

TEST_CASE("through a proxy, which learns no token of a server with TLS") {
  const Variable no_proxy("no_proxy", "*");
  Setup setup;
  setup.client.emplace(setup.loop, TlsSettings{}, "http://me:pass@127.0.0.1:" + std::to_string(setup.api.port()));
  struct Case {
    std::string url;
    std::string line;
    int status;
    std::string error;
    bool token_shown;
  };
  const std::vector<Case> cases = {
      {"http://api.example:6443/x", "GET http://api.example:6443/x ", 200, "", true},
      {"https://api.example:6443/x", "CONNECT api.example:6443 ", 407, "CONNECT tunnel failed, response 407", false},
  };
  for (const Case& c : cases) {
    CAPTURE(c.url);
    Notes notes;
    setup.api.script = {{c.line, c.status, ""}};
    setup.client->send({c.url, {"Authorization: Bearer t0ken"}, seconds(60)}, notes);
    REQUIRE(run_until(setup.loop, [&] { return notes.done == 1; }));
    CHECK(notes.error == c.error);
    const std::string& request = setup.api.requests.back();
    CHECK((request.find("t0ken") != std::string::npos) == c.token_shown);
    CHECK(request.find("\r\nProxy-Authorization: Basic bWU6cGFzcw==\r\n") != std::string::npos);
  }
}

TEST_CASE("cancelled, from anywhere") {
  struct Case {
    const char* where;
    std::function<void(Notes&, std::function<void()>)> hook;
  };
  const std::vector<Case> cases = {
      {"headers", [](Notes& notes, std::function<void()> cancel) { notes.headers_hook = std::move(cancel); }},
      {"pause", [](Notes& notes, std::function<void()> cancel) { notes.pause_hook = std::move(cancel); }},
      {"body", [](Notes& notes, std::function<void()> cancel) { notes.body_hook = std::move(cancel); }},
  };
  for (const Case& c : cases) {
    CAPTURE(c.where);
    Setup setup;
    setup.api.script = {{"/first", 200, "x", Ending::kOpen}, {"/second", 200, "y"}};
    Notes second;
    HttpClient::Id id = 0;
    c.hook(setup.notes, [&] {
      setup.client->cancel(id);
      setup.client->send(setup.request("/second"), second);
    });
    id = setup.client->send(setup.request("/first"), setup.notes);
    REQUIRE(run_until(setup.loop, [&] { return second.done == 1; }));
    CHECK(second.body == "y");
    CHECK(setup.notes.done == 0);
    setup.client->cancel(id);
  }
}

TEST_CASE("cancelled before it began, and after it was over") {
  Setup setup;
  setup.api.script = {{"/second", 200, ""}};
  setup.client->cancel(setup.client->send(setup.request("/first"), setup.notes));
  Notes second;
  const auto id = setup.client->send(setup.request("/second"), second);
  REQUIRE(run_until(setup.loop, [&] { return second.done == 1; }));
  setup.client->cancel(id);
  setup.client->cancel(4711);
  CHECK(setup.notes.done == 0);
}

TEST_CASE("one request cancels another") {
  Setup setup;
  setup.api.script = {{"/first", 200, "x", Ending::kOpen}};
  const auto first = setup.client->send(setup.request("/first"), setup.notes);
  REQUIRE(run_until(setup.loop, [&] { return setup.notes.body == "x"; }));
  setup.api.script = {{"/second", 200, "y"}};
  Notes second;
  second.body_hook = [&] { setup.client->cancel(first); };
  setup.client->send(setup.request("/second"), second);
  REQUIRE(run_until(setup.loop, [&] { return second.done == 1; }));
  CHECK(setup.notes.done == 0);
}

TEST_CASE("the client destroyed, from anywhere") {
  using Hook = std::function<void()> Notes::*;
  for (const Hook hook : {&Notes::headers_hook, &Notes::body_hook, &Notes::pause_hook, &Notes::done_hook}) {
    Setup setup;
    setup.api.script = {{"/first", 200, "x"}};
    setup.notes.*hook = [&] { setup.client.reset(); };
    setup.client->send(setup.request("/first"), setup.notes);
    REQUIRE(run_until(setup.loop, [&] { return !setup.client; }));
  }
  Setup setup;
  setup.api.script = {{"/first", 200, "x", Ending::kOpen}};
  setup.client->send(setup.request("/first"), setup.notes);
  REQUIRE(run_until(setup.loop, [&] { return setup.notes.body == "x"; }));
  setup.client.reset();
}

TEST_CASE("other TLS settings end the requests under way, and no others") {
  Setup setup;
  setup.api.script = {{"/first", 200, "x", Ending::kOpen}, {"/third", 200, "z"}};
  setup.client->send(setup.request("/first"), setup.notes);
  REQUIRE(run_until(setup.loop, [&] { return setup.notes.body == "x"; }));
  Notes second, third;
  const auto cancelled = setup.client->send(setup.request("/second"), second);
  setup.notes.done_hook = [&] {
    setup.client->cancel(cancelled);
    setup.client->send(setup.request("/third"), third);
  };
  setup.client->rotate(TlsSettings{});
  CHECK(setup.notes.done == 0);
  REQUIRE(run_until(setup.loop, [&] { return third.done == 1; }));
  CHECK(setup.notes.kind == HttpError::Kind::kRotated);
  CHECK(second.done == 0);
  CHECK(third.body == "z");
}

TEST_CASE("what a proxy is called in the log") {
  const std::pair<const char*, const char*> cases[] = {
      {"http://me:secret@proxy.example:3128", "proxy.example:3128"},
      {"socks5://[fd00::1]:1080/", "[fd00::1]:1080"},
      {"https://proxy.example", "proxy.example"},
      {"", ""},
  };
  for (const auto& [url, expected] : cases) CHECK(proxy_address(url) == expected);
}

TEST_CASE("another name for the server") {
  const auto renamed = with_host("https://10.0.0.1:6443/k8s?x=1", "kube.internal");
  REQUIRE(renamed);
  CHECK(renamed->url == "https://kube.internal:6443/k8s?x=1");
  CHECK(renamed->authority == "10.0.0.1:6443");
  CHECK(with_host("https://[fd00::1]/", "a")->authority == "[fd00::1]:443");
  CHECK_FALSE(with_host("10.0.0.1", "a"));
  CHECK_FALSE(with_host("https://10.0.0.1", "bad name/x"));
  CHECK(url_escape("a b/=&\xc3\xa9") == "a%20b%2F%3D%26%C3%A9");
  CHECK(url_escape("") == "");

  Setup setup;
  setup.client.emplace(setup.loop, TlsSettings{{}, {}, {}, "kube.internal", false});
  setup.api.script = {{"GET /x ", 200, ""}};
  setup.client->send(setup.request("/x"), setup.notes);
  REQUIRE(run_until(setup.loop, [&] { return setup.notes.done == 1; }));
  CHECK(setup.notes.error == "");
  CHECK(setup.api.requests.at(0).find("\r\nHost: 127.0.0.1:" + std::to_string(setup.api.port())) != std::string::npos);
}

}  // namespace
}  // namespace meshdns
