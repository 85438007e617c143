#include "k8s/mesh/gateway_sni.h"

#include <doctest/doctest.h>

#include <optional>
#include <string>

namespace meshdns {
namespace {

TEST_CASE("the name by which a gateway knows a Service") {
  CHECK(gateway_sni(8000, "a.bar.svc.cluster.local") == "outbound_.8000_._.a.bar.svc.cluster.local");
  struct Row {
    std::string sni;
    std::optional<GatewaySni> expected;
  };
  for (const Row& row : {
           Row{"outbound_.8000_._.a.bar.svc.cluster.local", GatewaySni{8000, "a.bar.svc.cluster.local"}},
           Row{"outbound_.8000_.v1_.A.bar.global", GatewaySni{8000, "a.bar.global"}},
           Row{"outbound_.8000_._.a.bar.global.", GatewaySni{8000, "a.bar.global"}},
           Row{"", {}},
           Row{"a.bar.global", {}},
           Row{"outbound_.8000_.a.bar.global", {}},
           Row{"outbound_.0_._.a.bar.global", {}},
           Row{"outbound_.65536_._.a.bar.global", {}},
           Row{"outbound_.x_._.a.bar.global", {}},
           Row{"outbound_._._.a.bar.global", {}},
           Row{"outbound_.80/v1_._.a.bar.global", {}},
           Row{"outbound_.80_._.", {}},
           Row{"outbound_.80_._.a.bar.global:81", {}},
           Row{"outbound_.80_._.a.bar/v1", {}},
           Row{"outbound_.80_._.x\n y: 1", {}},
       }) {
    CAPTURE(row.sni);
    CHECK(parse_gateway_sni(row.sni) == row.expected);
  }
}

}  // namespace
}  // namespace meshdns
