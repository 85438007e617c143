// The responder allocates, locks and throws nothing for a query.

#include <doctest/doctest.h>

#include <memory>
#include <mutex>
#include <vector>

#include "tests/server/forbidden_calls.h"
#include "tests/server/responder_fixture.h"

namespace meshdns {
namespace {

using test::Bytes;
using test::make_query;

TEST_CASE("no query makes the responder allocate, lock or throw") {
  test::ResponderWorld world;
  std::vector<Bytes> queries;
  for (const char* name :
       {"a.bar.global", "three.bar.global", "many.bar.global", "q.w.global", "p.q.w.global", "ent.global",
        "nobody.bar.global", "below.a.bar.global", "global", "ns.dns.global", "example.org", "."}) {
    for (const uint16_t type : {0, 1, 2, 6, 16, 28, 41, 250, 251, 252, 255, 65535}) {
      for (const bool edns : {false, true}) {
        const Bytes whole = make_query({.name = name, .type = type, .edns = edns});
        for (const size_t size : {size_t{0}, size_t{11}, size_t{12}, whole.size() - 1, whole.size()}) {
          queries.emplace_back(whole.begin(), whole.begin() + static_cast<ptrdiff_t>(size));
        }
      }
    }
  }
  queries.push_back(make_query({.klass = 3}));
  queries.push_back(make_query({.flags = 0x2800}));
  queries.push_back(make_query({.edns = true, .edns_flags = 0x10000}));
  const Bytes tsig = {1, 'k', 0, 0, 250, 0, 255, 0, 0, 0, 0, 0, 18, 1, 'h', 0,
                      0, 0,   0, 0, 0,   0, 0,   0, 0, 0, 0, 0, 0,  0, 0};
  for (const Bytes& options :
       {Bytes{0, 3, 0, 0}, Bytes{0, 11, 0, 0}, Bytes{0, 10, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8},
        Bytes{0, 10, 0, 24, 1, 2, 3, 4, 5, 6, 7, 8, 1, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8},
        Bytes{0, 10, 0, 1, 0}}) {
    queries.push_back(make_query({.edns = true, .options = options}));
    queries.push_back(make_query({.edns = true, .options = options, .additional = {tsig}}));
  }
  for (const char* name : {"version.bind", "id.server", "authors.bind"}) {
    queries.push_back(make_query({.name = name, .type = 16, .klass = 3}));
  }

  Bytes out(65535);
  for (const Bytes& query : queries) {
    for (const Transport transport : {Transport::kUdp4, Transport::kUdp6, Transport::kTcp4, Transport::kTcp6}) {
      const test::ForbiddenCalls calls = test::count_forbidden_calls([&] {
        const Epochs::Guard guard(world.reader);
        world.responder.respond(query, {transport, test::client_address()}, out);
      });
      REQUIRE(calls.allocations == 0);
      REQUIRE(calls.locks == 0);
      REQUIRE(calls.throws == 0);
    }
  }
}

TEST_CASE("the counters count") {
  std::mutex mutex;
  std::unique_ptr<int> kept;
  const test::ForbiddenCalls calls = test::count_forbidden_calls([&] {
    kept = std::make_unique<int>(1);
    const std::lock_guard lock(mutex);
    try {
      throw 1;
    } catch (int) {
    }
  });
  CHECK(calls.allocations > 0);
  CHECK(calls.locks == 1);
  CHECK(calls.throws == 1);
}

}  // namespace
}  // namespace meshdns
