#include "server/metrics.h"

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <vector>

#include "tests/server/admin_fixture.h"

namespace meshdns {
namespace {

TEST_CASE("what is counted is shown, summed over the workers") {
  AdminFixture fixture;
  fixture.put("a.global", {"192.0.2.1", "192.0.2.2"});
  Counters& first = *fixture.workers[0];
  Counters& second = *fixture.workers[1];
  first.count_request(Transport::kUdp4, 1, 40);
  second.count_request(Transport::kUdp4, 1, 101);
  second.count_request(Transport::kTcp6, 4711, 40);
  first.count_response(0, 0, 80);
  second.count_response(0, 0, 120);
  second.count_response(second.no_zone(), 5, 40);
  first.duration.observe(std::chrono::microseconds(100), 2);
  bump(first.dropped, 3);
  bump(second.tcp_connections, 4);
  bump(second.tcp_refused, 5);
  fixture.sources[0]->set_synced();
  fixture.sources[0]->set_entries(7);
  fixture.sources[0]->heard(1700000000);
  fixture.sources[1]->count_relist();
  fixture.sources[1]->count_error(SourceError::kForbidden);
  fixture.counts.conflicts = 8;
  fixture.counts.skipped[static_cast<size_t>(SkipReason::kInvalidHost)] = 9;
  fixture.programming.observe(std::chrono::milliseconds(3));

  const std::string text = "\n" + metrics_text(fixture.view());
  const std::vector<const char*> lines = {
      R"(meshdns_dns_requests_total{proto="udp",family="4",type="A"} 2)",
      R"(meshdns_dns_requests_total{proto="tcp",family="6",type="other"} 1)",
      R"(meshdns_dns_responses_total{zone="global",rcode="NOERROR"} 2)",
      R"(meshdns_dns_responses_total{zone="",rcode="REFUSED"} 1)",
      R"(meshdns_dns_request_duration_seconds_bucket{le="0.00025"} 2)",
      R"(meshdns_dns_request_duration_seconds_bucket{le="8.192"} 2)",
      R"(meshdns_dns_request_duration_seconds_bucket{le="+Inf"} 2)",
      R"(meshdns_dns_request_duration_seconds_count 2)",
      R"(meshdns_dns_request_duration_seconds_sum 0.0002)",
      R"(meshdns_dns_request_size_bytes_bucket{le="0"} 0)",
      R"(meshdns_dns_request_size_bytes_bucket{le="100"} 2)",
      R"(meshdns_dns_request_size_bytes_bucket{le="200"} 3)",
      R"(meshdns_dns_request_size_bytes_bucket{le="64000"} 3)",
      R"(meshdns_dns_request_size_bytes_sum 181)",
      R"(meshdns_dns_response_size_bytes_count 3)",
      R"(meshdns_dns_response_size_bytes_sum 240)",
      R"(meshdns_dns_dropped_total 3)",
      R"(meshdns_tcp_connections 4)",
      R"(meshdns_tcp_refused_total 5)",
      R"(meshdns_zone_names{zone="global"} 3)",
      R"(meshdns_zone_records{zone="global"} 5)",
      R"(meshdns_zone_serial{zone="mesh.example"} 1000)",
      R"(meshdns_entries{source="east"} 7)",
      R"(meshdns_entries_skipped{reason="invalid-host"} 9)",
      R"(meshdns_entries_skipped{reason="no-address"} 0)",
      R"(meshdns_conflicts 8)",
      R"(meshdns_source_synced{source="east"} 1)",
      R"(meshdns_source_synced{source="west"} 0)",
      R"(meshdns_source_last_event_timestamp_seconds{source="east"} 1700000000)",
      R"(meshdns_source_relists_total{source="west"} 1)",
      R"(meshdns_source_errors_total{source="west",reason="forbidden"} 1)",
      R"(meshdns_programming_duration_seconds_bucket{le="0.002"} 0)",
      R"(meshdns_programming_duration_seconds_bucket{le="0.004"} 1)",
      R"(meshdns_programming_duration_seconds_sum 0.003)",
      R"(meshdns_retired_bytes 0)",
      R"(meshdns_build_info{version="1.2.3"} 1)",
  };
  CAPTURE(text);
  for (const char* line : lines) {
    CAPTURE(std::string(line));
    CHECK(text.find("\n" + std::string(line) + "\n") != std::string::npos);
  }
}

}  // namespace
}  // namespace meshdns
