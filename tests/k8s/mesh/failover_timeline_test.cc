#include "k8s/mesh/failover_timeline.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace meshdns {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kPause{100};
constexpr milliseconds kTelling{5};

/// What an endpoint does between two samples.
struct Step {
  uint64_t answered = 0;
  uint64_t failed = 0;
  bool ejected = false;
  uint64_t hung = 0;  // begun, and not ended
  uint64_t late = 0;  // answered, and begun before
};

/// So many intervals of each.
struct Phase {
  int count;
  std::vector<Step> steps;  // of each endpoint
};

std::vector<FailoverSample> samples_of(const std::vector<Phase>& phases) {
  FailoverSample sample{milliseconds(0), kTelling, std::vector<EndpointState>(phases.front().steps.size())};
  std::vector<FailoverSample> samples = {sample};
  for (const Phase& phase : phases) {
    for (int i = 0; i < phase.count; ++i) {
      sample.asked += kPause;
      sample.told += kPause;
      for (size_t e = 0; e < phase.steps.size(); ++e) {
        const Step& step = phase.steps[e];
        sample.endpoints[e].begun += step.answered + step.failed + step.hung;
        sample.endpoints[e].answered += step.answered + step.late;
        sample.endpoints[e].failed += step.failed;
        sample.endpoints[e].ejected = step.ejected;
      }
      samples.push_back(sample);
    }
  }
  return samples;
}

const std::vector<FailoverEndpoint> kTwo = {{"c", "a:1", "region1"}, {"c", "b:1", "region2"}};
const std::vector<FailoverEndpoint> kThree = {
    {"c", "a:1", "region1"}, {"c", "b:1", "region2"}, {"c", "c:1", "region3"}};

/// "region1 began 900-1105 moved 1000-1105 back 4000-4105 failed 3 instead 0 290", a line each.
std::string text_of(const FailoverTimeline& timeline) {
  const auto span = [](const std::optional<Span>& span) {
    return span ? std::to_string(span->after.count()) + "-" + std::to_string(span->by.count()) : "never";
  };
  std::string text;
  for (const Outage& outage : timeline.outages) {
    text += (text.empty() ? "" : "\n") + timeline.localities[outage.locality] + " began " + span(outage.began) +
            " moved " + span(outage.moved) + " back " + span(outage.back) + " failed " + std::to_string(outage.failed) +
            " instead";
    for (const uint64_t answers : outage.instead) text += " " + std::to_string(answers);
  }
  return text;
}

TEST_CASE("what is a move, and when") {
  struct Case {
    const char* what;
    const std::vector<FailoverEndpoint>& endpoints;
    std::vector<Phase> phases;
    std::string outages;
  };
  const Step none{};
  const Step out{.ejected = true};
  const std::vector<Case> cases = {
      {"all is well", kTwo, {{50, {{10}, none}}}, ""},
      {"both are", kTwo, {{50, {{7}, {3}}}}, ""},
      {"nobody asks", kTwo, {{50, {none, none}}}, ""},
      {"killed, and back",
       kTwo,
       {{10, {{10}, none}}, {1, {{4, 3, true}, {6}}}, {20, {out, {10}}}, {9, {{10}, none}}},
       "region1 began 1000-1105 moved 1000-1105 back 3100-3205 failed 3 instead 0 200"},
      {"killed between two samples",
       kTwo,
       {{10, {{10}, none}}, {1, {{0, 3, true}, {10}}}, {20, {out, {10}}}},
       "region1 began 900-1105 moved 1000-1105 back never failed 3 instead 0 210"},
      {"hung, until a try's time is over",
       kTwo,
       {{10, {{10}, none}},
        {5, {{.hung = 10}, none}},
        {1, {{0, 40, true}, {40}}},
        {1, {{0, 10, true}, {20}}},
        {9, {out, {10}}}},
       "region1 began 900-1605 moved 1600-1705 back never failed 50 instead 0 150"},
      {"hung, and late answers when it goes on",
       kTwo,
       {{10, {{10}, none}},
        {1, {{.hung = 10}, none}},
        {1, {{0, 3, true, 7}, {10}}},
        {3, {out, {10}}},
        {1, {{.ejected = true, .late = 9}, {10}}},
        {5, {out, {10}}},
        {9, {{10}, none}}},
       "region1 began 900-1205 moved 1100-1205 back 2100-2205 failed 3 instead 0 100"},
      {"silent, and others answer at last",
       kTwo,
       {{10, {{10}, none}}, {5, {none, none}}, {10, {none, {10}}}},
       "region1 began 900-1605 moved 1500-1605 back never failed 0 instead 0 100"},
      {"let in again, and still dead",
       kTwo,
       {{10, {{10}, none}}, {1, {{0, 3, true}, {10}}}, {10, {out, {10}}}, {1, {{0, 3}, {10}}}, {10, {out, {10}}}},
       "region1 began 900-1105 moved 1000-1105 back never failed 6 instead 0 220"},
      {"asked to the end, never ejected",
       kTwo,
       {{10, {{10}, none}}, {20, {{0, 10}, {10}}}},
       "region1 began 900-1105 moved never back never failed 200 instead 0 200"},
      {"dead, and nobody else answers", kTwo, {{10, {{10}, none}}, {20, {{0, 10}, {0, 10}}}}, ""},
      {"too few before", kTwo, {{1, {{15}, none}}, {4, {{1}, none}}, {20, {none, {10}}}}, ""},
      {"just enough before",
       kTwo,
       {{5, {{4}, none}}, {20, {none, {10}}}},
       "region1 began 400-605 moved 500-605 back never failed 0 instead 0 200"},
      {"tried again elsewhere, now and then", kTwo, {{10, {{10}, none}}, {4, {{9, 1}, {1}}}, {500, {{10}, none}}}, ""},
      {"gradually away and back",
       kTwo,
       {{10, {{10}, none}}, {1, {{4}, {6}}}, {10, {out, {10}}}, {1, {{4}, {6}}}, {500, {{10}, none}}},
       "region1 began 1000-1205 moved 1100-1205 back 2100-2205 failed 0 instead 0 100"},
      {"too few after", kTwo, {{10, {{10}, none}}, {1, {none, {4}}}}, ""},
      {"a share by chance", kTwo, {{10, {{5}, {5}}}, {1, {none, {10}}}, {10, {{5}, {5}}}}, ""},
      {"a share goes dark",
       kTwo,
       {{10, {{3}, {7}}}, {1, {{1, 2, true}, {7}}}, {20, {out, {10}}}, {20, {{3}, {7}}}},
       "region1 began 1000-1105 moved 1000-1105 back 3100-3205 failed 2 instead 0 200"},
      {"away, back, and away again",
       kTwo,
       {{10, {{10}, none}}, {10, {out, {10}}}, {10, {{10}, none}}, {10, {out, {10}}}},
       "region1 began 900-1105 moved 1000-1105 back 2000-2105 failed 0 instead 0 100\n"
       "region1 began 2900-3105 moved 3000-3105 back never failed 0 instead 0 100"},
      {"one of three",
       kThree,
       {{20, {{5}, {3}, {2}}}, {20, {out, {6}, {4}}}, {20, {{5}, {3}, {2}}}},
       "region1 began 1900-2105 moved 2000-2105 back 4000-4105 failed 0 instead 0 120 80"},
      {"one, and another behind it",
       kThree,
       {{20, {{5}, {3}, {2}}}, {20, {out, {6}, {4}}}, {20, {out, out, {10}}}},
       "region1 began 1900-2105 moved 2000-2105 back never failed 0 instead 0 120 280\n"
       "region2 began 3900-4105 moved 4000-4105 back never failed 0 instead 0 0 200"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.what);
    CHECK(text_of(failover_timeline(c.endpoints, samples_of(c.phases))) == c.outages);
  }
}

TEST_CASE("how much has to come from others") {
  struct Case {
    uint64_t own;
    uint64_t all;
    uint64_t answers;
  };
  for (const Case& c :
       std::vector<Case>{{20, 20, 5}, {1000, 1000, 5}, {50, 100, 20}, {250, 1000, 48}, {10, 1000, 1252}}) {
    CAPTURE(c.own);
    CAPTURE(c.all);
    CHECK(answers_that_tell(c.own, c.all) == c.answers);
  }
}

TEST_CASE("what was answered at first, and in all") {
  const auto timeline = failover_timeline(
      kTwo, samples_of({{10, {{7}, {3}}}, {1, {{2, 3, true}, {8}}}, {20, {{.ejected = true}, {10}}}}));
  REQUIRE(timeline.at_first.size() == 2);
  CHECK(timeline.at_first[0].answered == 70);
  CHECK(timeline.at_first[1].answered == 30);
  CHECK(timeline.all[1].answered == 238);
  CHECK(timeline.answered == 310);
  CHECK(timeline.resolution == kPause + kTelling);
  CHECK(failover_timeline(kTwo, {}).all.empty());
  CHECK(failover_timeline({}, samples_of({{3, {}}})).outages.empty());
}

TEST_CASE("when an endpoint was out") {
  auto samples = samples_of({{10, {{10}, {}}}, {10, {{.ejected = true}, {10}}}, {10, {{10}, {}}}});
  samples[25].endpoints[1].there = samples[26].endpoints[1].there = false;
  const auto timeline = failover_timeline(kTwo, samples);
  const auto ms = [](int value) { return milliseconds(value); };
  REQUIRE(timeline.absences.size() == 2);
  CHECK_FALSE(timeline.absences[0].gone);
  CHECK(timeline.absences[0].endpoint == 0);
  CHECK(timeline.absences[0].from == Span{ms(1000), ms(1105)});
  CHECK(timeline.absences[0].to == Span{ms(2000), ms(2105)});
  CHECK(timeline.absences[1].gone);
  CHECK(timeline.absences[1].endpoint == 1);
  CHECK(timeline.absences[1].from == Span{ms(2400), ms(2505)});
  CHECK(timeline.absences[1].to == Span{ms(2600), ms(2705)});
}

}  // namespace
}  // namespace meshdns
