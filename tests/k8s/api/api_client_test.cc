#include "k8s/api/api_client.h"

#include <doctest/doctest.h>

#include <optional>
#include <string>

#include "tests/k8s/api/fake_api.h"
#include "tests/k8s/api/notes.h"
#include "tests/k8s/api/temp_dir.h"
#include "tests/k8s/api/test_keys.h"

namespace meshdns {
namespace {

using std::chrono::seconds;

struct Setup {
  ClusterAccess access() const { return ClusterAccess{api.url(), {}, "", "", ""}; }

  TestLoop loop;
  FakeApi api{loop};
  TempDir dir;
  Notes notes;
};

TEST_CASE("a token is read again when the server refuses it, and when its file changes") {
  Setup setup;
  ClusterAccess access = setup.access();
  access.token_file = setup.dir.write("token", "one");
  ApiClient client(setup.loop, access);
  const auto sent = [&] {
    setup.api.script = {{"/x", 401, ""}};
    Notes notes;
    client.ask({"/x"}, seconds(60), notes);
    REQUIRE(run_until(setup.loop, [&] { return notes.done == 1; }));
    const std::string& request = setup.api.requests.back();
    const size_t at = request.find("Bearer ") + 7;
    return request.substr(at, request.find('\r', at) - at);
  };
  CHECK(sent() == "one");
  CHECK_FALSE(client.unauthorized());
  setup.dir.write("token", "two");
  CHECK(client.unauthorized());
  CHECK(sent() == "two");
  setup.dir.write("token", "three");
  CHECK(run_until(setup.loop, [&] { return sent() == "three"; }));
}

TEST_CASE("other certificates end what is under way") {
  Setup setup;
  const std::string key = make_key();
  ClusterAccess access = setup.access();
  access.tls.ca = *read_pem(setup.dir.write("ca.crt", make_certificate(make_key())));
  access.tls.certificate = *read_pem(setup.dir.write("client.crt", make_certificate(key)));
  access.tls.key = *read_pem(setup.dir.write("client.key", key));
  ApiClient client(setup.loop, access);
  const auto stream = [&] {
    setup.api.script = {{"/x", 200, "x", Ending::kOpen}};
    setup.notes = Notes();
    client.ask({"/x"}, seconds(60), setup.notes);
    return run_until(setup.loop, [&] { return setup.notes.body == "x"; });
  };
  const auto rotated = [&] {
    return run_until(setup.loop, [&] { return setup.notes.done == 1; }) &&
           setup.notes.kind == HttpError::Kind::kRotated;
  };
  REQUIRE(stream());
  CHECK_FALSE(client.unauthorized());
  setup.dir.write("ca.crt", make_certificate(make_key()));
  CHECK(rotated());

  REQUIRE(stream());
  setup.dir.write("ca.crt", "half a fil");
  CHECK_FALSE(client.unauthorized());
  setup.dir.write("ca.crt", make_certificate(make_key()));
  const std::string other = make_key();
  setup.dir.write("client.crt", make_certificate(other));
  CHECK_FALSE(client.unauthorized());  // the key is still that of the old certificate
  CHECK(setup.notes.done == 0);
  setup.dir.write("client.key", other);
  CHECK(client.unauthorized());
  CHECK(rotated());
}

}  // namespace
}  // namespace meshdns
