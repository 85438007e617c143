#include "k8s/mesh/locality_mode.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace meshdns {
namespace {

using Detection = DestinationRule::OutlierDetection;

TEST_CASE("which mode a host's settings are") {
  struct Row {
    bool detection;
    std::optional<DestinationRule::LocalityLb> setting;
    LocalityMode expected;
  };
  const DestinationRule::LocalityLb shares{true, {{"", "*", {{"region1", 100}}}}, {}, {}};
  const DestinationRule::LocalityLb off{false, shares.distribute, {}, {}};
  for (const Row& row : std::vector<Row>{{false, {}, LocalityMode::kNone},
                                         {true, {}, LocalityMode::kFailover},
                                         {true, DestinationRule::LocalityLb{}, LocalityMode::kFailover},
                                         {false, DestinationRule::LocalityLb{}, LocalityMode::kNone},
                                         {true, shares, LocalityMode::kDistribute},
                                         {false, shares, LocalityMode::kDistribute},
                                         {true, off, LocalityMode::kNone}}) {
    DestinationRule::Settings settings;
    if (row.detection) settings.outlier_detection = Detection{};
    settings.locality_lb = row.setting;
    CHECK(text(locality_mode(&settings)) == text(row.expected));
  }
  CHECK(text(locality_mode(nullptr)) == "none");
}

TEST_CASE("how many may be ejected") {
  struct Row {
    std::optional<int64_t> percent;
    size_t endpoints;
    size_t expected;
  };
  for (const Row& row : std::vector<Row>{{{}, 2, 0},
                                         {{}, 10, 1},
                                         {0, 9, 0},
                                         {-1, 10, 1},
                                         {50, 2, 1},
                                         {49, 2, 0},
                                         {66, 3, 1},
                                         {67, 3, 2},
                                         {100, 3, 3},
                                         {2147483647, 3, 3}}) {
    CAPTURE(row.endpoints);
    Detection detection;
    detection.max_ejection_percent = row.percent;
    CHECK(most_ejected(detection, row.endpoints) == row.expected);
  }
}

TEST_CASE("what localityLbSetting means with a locality") {
  struct Row {
    const char* locality;
    const char* pattern;
    bool expected;
  };
  for (const Row& row : std::vector<Row>{{"region1/zone1/rack1", "region1/zone1/rack1", true},
                                         {"region1/zone1/rack1", "region1/zone1", true},
                                         {"region1/zone1/rack1", "region1/*", true},
                                         {"region1/zone1", "region1", true},
                                         {"region1", "region1/zone1", false},
                                         {"region10", "region1", false},
                                         {"region1/zone1", "region1/zone2", false},
                                         {"region1/zone1", "region2/zone1", false},
                                         {"region1/zone1", "*", true},
                                         {"", "*", true},
                                         {"", "region1", false}}) {
    CAPTURE(row.locality);
    CAPTURE(row.pattern);
    CHECK(matches_locality(row.locality, row.pattern) == row.expected);
  }
}

}  // namespace
}  // namespace meshdns
