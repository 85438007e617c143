#include "k8s/mesh/failover_losses.h"

#include <doctest/doctest.h>

#include "objects.h"

namespace meshdns {
namespace {

TEST_CASE("what is lost without which flag") {
  struct Row {
    FailoverState state;
    std::vector<std::string> flags;  // each loss's, in order
  };
  const std::string repeatable = "--repeatable";
  const std::string per_try = "--per-try-timeout";
  const std::string connect = "--connect-timeout";
  for (const Row& row : {
           Row{{.http = true, .repeatable = true, .per_try_timeout = true, .connect_timeout = true}, {}},
           Row{{.http = true, .repeatable = true, .per_try_timeout = true}, {connect}},
           Row{{.http = true, .repeatable = true, .connect_timeout = true}, {per_try}},
           Row{{.http = true}, {repeatable, per_try, connect}},
           Row{{.streams = true}, {connect, "open TCP"}},
           Row{{.streams = true, .connect_timeout = true}, {"open TCP"}},
       }) {
    const auto losses = failover_losses(row.state);
    REQUIRE(losses.size() == row.flags.size());
    for (size_t i = 0; i < losses.size(); ++i) {
      CAPTURE(losses[i]);
      CHECK(losses[i].find(row.flags[i]) != std::string::npos);
    }
  }
}

TEST_CASE("how a host fails over") {
  const auto entry = parse_mesh_entry(object_json(
      "{hosts: [a.bar.global], ports: [{name: a, number: 80, protocol: HTTP}, {name: b, number: 90, protocol: TLS}]}"));
  const FailoverState state = failover_state({*parse_mesh_host("a.bar.global"), {}, {}, {}, true, "1s", ""}, *entry);
  CHECK((state.http && state.streams && state.repeatable && state.per_try_timeout && !state.connect_timeout));
}

}  // namespace
}  // namespace meshdns
