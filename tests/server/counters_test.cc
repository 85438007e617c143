#include "server/counters.h"

#include <doctest/doctest.h>

#include <chrono>
#include <vector>

namespace meshdns {
namespace {

using std::chrono::nanoseconds;

TEST_CASE("a request is counted by transport and type") {
  struct Case {
    uint16_t type;
    const char* name;
  };
  const std::vector<Case> cases = {
      {1, "A"},      {2, "NS"},    {5, "CNAME"}, {6, "SOA"},     {12, "PTR"},    {15, "MX"},     {16, "TXT"},
      {28, "AAAA"},  {33, "SRV"},  {43, "DS"},   {48, "DNSKEY"}, {64, "SVCB"},   {65, "HTTPS"},  {251, "IXFR"},
      {252, "AXFR"}, {255, "ANY"}, {0, "other"}, {3, "other"},   {254, "other"}, {256, "other"}, {65535, "other"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.type);
    Counters counters(1);
    counters.count_request(Transport::kTcp6, c.type, 40);
    for (size_t type = 0; type <= kOtherType; ++type) {
      CHECK((counters.requests[3][type] == 1) == (counted_type_name(type) == c.name));
    }
    for (size_t transport = 0; transport < 3; ++transport) {
      for (const auto& number : counters.requests[transport]) CHECK(number == 0);
    }
  }
}

TEST_CASE("a message's size finds the bucket that CoreDNS would") {
  struct Case {
    size_t size;
    size_t bucket;
  };
  const std::vector<Case> cases = {
      {0, 0},    {1, 1},    {100, 1},  {101, 2},  {511, 5},   {512, 6},    {1023, 6},   {1024, 7},
      {2047, 7}, {2048, 8}, {4095, 8}, {8291, 9}, {8292, 10}, {64000, 13}, {64001, 14}, {65535, 14},
  };
  for (const Case& c : cases) {
    CAPTURE(c.size);
    SizeHistogram histogram;
    histogram.observe(c.size);
    CHECK(histogram.buckets[c.bucket] == 1);
    CHECK(histogram.sum == c.size);
  }
}

TEST_CASE("a batch's duration counts once for each of its requests") {
  struct Case {
    int64_t microseconds;
    size_t bucket;
  };
  const std::vector<Case> cases = {{0, 0},          {250, 0},        {251, 1},        {500, 1},
                                   {8'192'000, 15}, {8'192'001, 16}, {60'000'000, 16}};
  for (const Case& c : cases) {
    CAPTURE(c.microseconds);
    RequestDuration histogram;
    histogram.observe(std::chrono::microseconds(c.microseconds), 7);
    CHECK(histogram.buckets[c.bucket] == 7);
    CHECK(histogram.sum == static_cast<uint64_t>(c.microseconds) * 7000);
  }
  CHECK(RequestDuration::bound(0) == 0.00025);
  CHECK(RequestDuration::bound(15) == 8.192);
  CHECK(ProgrammingDuration::bound(19) == 524.288);
}

TEST_CASE("a response is counted by zone and rcode") {
  Counters counters(2);
  counters.count_response(1, 3, 90);
  counters.count_response(counters.no_zone(), 5, 30);
  counters.count_response(counters.no_zone(), 4095, 30);  // not an rcode: still within the row
  CHECK(counters.responses[1].rcodes[3] == 1);
  CHECK(counters.responses[2].rcodes[5] == 1);
  CHECK(counters.responses[2].rcodes[31] == 1);
  CHECK(counters.response_size.sum == 150);
  CHECK(rcode_name(3) == "NXDOMAIN");
  CHECK(rcode_name(23) == "BADCOOKIE");
  CHECK(rcode_name(31).empty());
}

}  // namespace
}  // namespace meshdns
