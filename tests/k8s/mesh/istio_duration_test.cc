#include "k8s/mesh/istio_duration.h"

#include <doctest/doctest.h>

namespace meshdns {
namespace {

TEST_CASE("durations as Istio takes them") {
  struct Row {
    const char* text;
    int64_t milliseconds;  // 0: none
  };
  for (const Row& row : {
           Row{"1ms", 1},       Row{"500ms", 500},  Row{"0.5s", 500},      Row{".5s", 500},  Row{"1.s", 1000},
           Row{"1m30s", 90000}, Row{"1h", 3600000}, Row{"3600s", 3600000}, Row{"0.001s", 1}, Row{"1.5ms", 0},
           Row{"0s", 0},        Row{"", 0},         Row{"5", 0},           Row{"s", 0},      Row{".s", 0},
           Row{"1 s", 0},       Row{"-1s", 0},      Row{"1d", 0},          Row{"1h1ms", 0},  Row{"99999999s", 0},
           Row{"9999999h", 0},  Row{"0.0001s", 0},  Row{"0.0000001h", 0},  Row{"1s\n", 0},   Row{"1us", 0},
       }) {
    CAPTURE(row.text);
    const auto parsed = parse_istio_duration(row.text);
    CHECK(static_cast<bool>(parsed) == (row.milliseconds != 0));
    if (parsed) CHECK(parsed->count() == row.milliseconds);
  }
}

TEST_CASE("durations in objects, whoever wrote them") {
  CHECK(*parse_istio_duration("2h", kLongestEver) == std::chrono::hours(2));
  CHECK(*parse_istio_duration("8760h", kLongestEver) == kLongestEver);
  CHECK_FALSE(parse_istio_duration("8760h1ms", kLongestEver));
  CHECK_FALSE(parse_istio_duration("99999999999h", kLongestEver));
  CHECK_FALSE(parse_istio_duration("99999999999h99999999999h", kLongestEver));
  CHECK_FALSE(parse_istio_duration("0s", kLongestEver));
}

TEST_CASE("durations as text") {
  CHECK(istio_duration_text(std::chrono::milliseconds(500)) == "500ms");
  CHECK(istio_duration_text(std::chrono::milliseconds(1500)) == "1500ms");
  CHECK(istio_duration_text(std::chrono::seconds(90)) == "90s");
}

}  // namespace
}  // namespace meshdns
