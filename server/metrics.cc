#include "server/metrics.h"

#include <prometheus/text_serializer.h>

#include <limits>
#include <utility>
#include <vector>

#include "server/admin_view.h"

namespace meshdns {

namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Labels = std::vector<ClientMetric::Label>;

uint64_t read(const std::atomic<uint64_t>& number) { return number.load(std::memory_order_relaxed); }

/// The sum over all workers of the number that `pick` finds in each.
template <class Pick>
uint64_t sum(const AdminView& view, Pick pick) {
  uint64_t total = 0;
  for (const Counters* worker : view.workers) total += read(pick(*worker));
  return total;
}

class Family {
 public:
  Family(std::string name, MetricType type, std::string help)
      : family_{"meshdns_" + std::move(name), std::move(help), type, {}} {}

  Family& add(double value, Labels labels = {}) {
    ClientMetric metric;
    metric.label = std::move(labels);
    (family_.type == MetricType::Counter ? metric.counter.value : metric.gauge.value) = value;
    family_.metric.push_back(std::move(metric));
    return *this;
  }
  Family& add(uint64_t value, Labels labels = {}) { return add(static_cast<double>(value), std::move(labels)); }

  /// `count` and `bound` by the index of the bucket, of which the last has no bound.
  template <class Count, class Bound>
  Family& add_histogram(size_t bounds, Count count, Bound bound, double total) {
    ClientMetric metric;
    uint64_t cumulative = 0;
    for (size_t i = 0; i <= bounds; ++i) {
      cumulative += count(i);
      metric.histogram.bucket.push_back({cumulative, i < bounds ? bound(i) : std::numeric_limits<double>::infinity()});
    }
    metric.histogram.sample_count = cumulative;
    metric.histogram.sample_sum = total;
    family_.metric.push_back(std::move(metric));
    return *this;
  }

  MetricFamily take() { return std::move(family_); }

 private:
  MetricFamily family_;
};

MetricFamily counter(std::string name, std::string help, uint64_t value) {
  return Family(std::move(name), MetricType::Counter, std::move(help)).add(value).take();
}

MetricFamily gauge(std::string name, std::string help, uint64_t value) {
  return Family(std::move(name), MetricType::Gauge, std::move(help)).add(value).take();
}

MetricFamily requests(const AdminView& view) {
  static constexpr std::array<std::pair<const char*, const char*>, kTransports> kLabels = {
      {{"udp", "4"}, {"udp", "6"}, {"tcp", "4"}, {"tcp", "6"}}};
  Family family("dns_requests_total", MetricType::Counter, "Requests, by transport, IP version and type.");
  for (size_t transport = 0; transport < kTransports; ++transport) {
    for (size_t type = 0; type <= kOtherType; ++type) {
      const uint64_t n = sum(
          view, [&](const Counters& worker) -> auto& { return worker.requests[transport][type]; });
      if (n == 0) continue;
      const auto& [proto, version] = kLabels[transport];
      family.add(n, {{"proto", proto}, {"family", version}, {"type", std::string(counted_type_name(type))}});
    }
  }
  return family.take();
}

MetricFamily responses(const AdminView& view) {
  Family family("dns_responses_total", MetricType::Counter,
                "Responses, by zone (empty: the name is in none of ours, or was not looked for) and rcode.");
  const auto zones = view.directory.zones();
  for (size_t zone = 0; zone <= zones.size(); ++zone) {
    for (size_t rcode = 0; rcode < kRcodes; ++rcode) {
      const uint64_t n = sum(
          view, [&](const Counters& worker) -> auto& { return worker.responses[zone].rcodes[rcode]; });
      if (n == 0) continue;
      const std::string name(rcode_name(rcode));
      family.add(n, {{"zone", zone < zones.size() ? zones[zone]->apex().text() : ""},
                     {"rcode", name.empty() ? std::to_string(rcode) : name}});
    }
  }
  return family.take();
}

MetricFamily sizes(const AdminView& view, std::string name, std::string help, SizeHistogram Counters::*histogram) {
  const uint64_t total = sum(
      view, [&](const Counters& worker) -> auto& { return (worker.*histogram).sum; });
  return Family(std::move(name), MetricType::Histogram, std::move(help))
      .add_histogram(
          kSizeBounds.size(),
          [&](size_t i) {
            return sum(
                view, [&](const Counters& worker) -> auto& { return (worker.*histogram).buckets[i]; });
          },
          [](size_t i) { return kSizeBounds[i]; }, static_cast<double>(total))
      .take();
}

MetricFamily durations(const AdminView& view) {
  const uint64_t total = sum(
      view, [](const Counters& worker) -> auto& { return worker.duration.sum; });
  return Family("dns_request_duration_seconds", MetricType::Histogram,
                "From the receipt of a request to its response; a batch of requests takes as long as its last.")
      .add_histogram(
          RequestDuration::kSteps,
          [&](size_t i) {
            return sum(
                view, [&](const Counters& worker) -> auto& { return worker.duration.buckets[i]; });
          },
          RequestDuration::bound, static_cast<double>(total) / 1e9)
      .take();
}

MetricFamily programming(const AdminView& view) {
  return Family("programming_duration_seconds", MetricType::Histogram,
                "From the receipt of an event to the moment from which it is answered.")
      .add_histogram(
          ProgrammingDuration::kSteps, [&](size_t i) { return read(view.programming.buckets[i]); },
          ProgrammingDuration::bound, static_cast<double>(read(view.programming.sum)) / 1e9)
      .take();
}

void append_queries(const AdminView& view, std::vector<MetricFamily>& out) {
  out.push_back(requests(view));
  out.push_back(responses(view));
  out.push_back(durations(view));
  out.push_back(sizes(view, "dns_request_size_bytes", "Sizes of requests.", &Counters::request_size));
  out.push_back(sizes(view, "dns_response_size_bytes", "Sizes of responses.", &Counters::response_size));
  out.push_back(counter("dns_dropped_total", "Messages that deserve no answer: too short, or responses.",
                        sum(
                            view, [](const Counters& worker) -> auto& { return worker.dropped; })));
  out.push_back(gauge("tcp_connections", "Open TCP connections.",
                      sum(
                          view, [](const Counters& worker) -> auto& { return worker.tcp_connections; })));
  out.push_back(counter("tcp_refused_total", "TCP connections closed for want of room.",
                        sum(
                            view, [](const Counters& worker) -> auto& { return worker.tcp_refused; })));
}

void append_zones(const AdminView& view, std::vector<MetricFamily>& out) {
  Family names("zone_names", MetricType::Gauge, "Names with records, by zone.");
  Family records("zone_records", MetricType::Gauge, "Records, by zone.");
  Family serials("zone_serial", MetricType::Gauge, "The SOA's serial, by zone.");
  for (const auto& zone : view.directory.zones()) {
    const Labels label = {{"zone", zone->apex().text()}};
    names.add(zone->names(), label);
    records.add(zone->records(), label);
    serials.add(uint64_t{zone->serial()}, label);
  }
  for (Family* family : {&names, &records, &serials}) out.push_back(family->take());
}

void append_sources(const AdminView& view, std::vector<MetricFamily>& out) {
  Family entries("entries", MetricType::Gauge, "ServiceEntries held, by source.");
  Family held("source_withdrawals_held", MetricType::Gauge,
              "ServiceEntries that are gone at the source and served until a list agrees or a SIGHUP withdraws them.");
  Family synced("source_synced", MetricType::Gauge, "Whether the source has delivered all it has, once.");
  Family stale("source_stale", MetricType::Gauge, "Whether a snapshot is served until the source has synced.");
  Family heard("source_last_event_timestamp_seconds", MetricType::Gauge, "When the source was last heard; 0: never.");
  Family relists("source_relists_total", MetricType::Counter, "Lists of all that the source has.");
  Family errors("source_errors_total", MetricType::Counter, "What the source failed at, by reason.");
  for (const auto& source : view.sources) {
    const Labels label = {{"source", source->name()}};
    entries.add(source->entries(), label);
    held.add(source->withdrawals_held(), label);
    synced.add(source->synced() ? 1.0 : 0.0, label);
    stale.add(source->stale() ? 1.0 : 0.0, label);
    heard.add(static_cast<double>(source->last_event()), label);
    relists.add(source->relists(), label);
    for (size_t i = 0; i < kSourceErrors; ++i) {
      const auto error = static_cast<SourceError>(i);
      errors.add(source->errors(error), {{"source", source->name()}, {"reason", std::string(text(error))}});
    }
  }
  for (Family* family : {&entries, &held, &synced, &stale, &heard, &relists, &errors}) out.push_back(family->take());
}

void append_catalog(const AdminView& view, std::vector<MetricFamily>& out) {
  Family skipped("entries_skipped", MetricType::Gauge, "ServiceEntries with something that is not served, by reason.");
  for (size_t i = 0; i < kSkipReasons; ++i) {
    skipped.add(read(view.catalog.skipped[i]), {{"reason", std::string(text(static_cast<SkipReason>(i)))}});
  }
  out.push_back(skipped.take());
  out.push_back(gauge("conflicts", "Names that more than one ServiceEntry claims.", read(view.catalog.conflicts)));
  out.push_back(programming(view));
  out.push_back(
      gauge("retired_bytes", "Memory that is replaced and not yet freed.", view.directory.epochs().retired_bytes()));
}

void append_snapshot(const AdminView& view, std::vector<MetricFamily>& out) {
  const auto taken = static_cast<double>(view.snapshot.taken.load(std::memory_order_relaxed));
  out.push_back(Family("snapshot_timestamp_seconds", MetricType::Gauge,
                       "When the snapshot on the state disk was taken; 0: there is none.")
                    .add(taken)
                    .take());
  out.push_back(Family("snapshot_errors_total", MetricType::Counter,
                       "Snapshots that could not be written, and those that could not be read or were refused.")
                    .add(read(view.snapshot.failed_writes), {{"reason", "write"}})
                    .add(read(view.snapshot.refused), {{"reason", "read"}})
                    .take());
}

}  // namespace

std::string metrics_text(const AdminView& view) {
  std::vector<MetricFamily> families;
  append_queries(view, families);
  append_zones(view, families);
  append_sources(view, families);
  append_catalog(view, families);
  append_snapshot(view, families);
  families.push_back(Family("build_info", MetricType::Gauge, "1; the program's version is the label.")
                         .add(1.0, {{"version", view.version}})
                         .take());
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace meshdns
