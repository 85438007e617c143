// What the zone costs at a million names: memory a host, time a lookup and an update, and how long the slowest lookup takes while
// the writer runs. Run by `scripts/bench zone`; prints one figure a line.

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "tests/zone/zone_fixture.h"
#include "zone/catalog.h"

namespace meshdns {
namespace {

using Clock = std::chrono::steady_clock;

constexpr size_t kHosts = 1'000'000;
constexpr size_t kNamespaces = 1000;
constexpr size_t kBatch = 500;  // publications: a page of a list

std::string host(size_t n) {
  return "serverservice" + std::to_string(n) + ".team-" + std::to_string(n % kNamespaces) + ".global";
}

IpAddress vip(size_t n) {
  const auto word = static_cast<uint32_t>(n);
  const uint8_t bytes[4] = {240, static_cast<uint8_t>(word >> 16), static_cast<uint8_t>(word >> 8),
                            static_cast<uint8_t>(word)};
  return IpAddress::v4(std::span<const uint8_t, 4>(bytes));
}

size_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  size_t total = 0;
  size_t resident = 0;
  statm >> total >> resident;
  return resident * static_cast<size_t>(sysconf(_SC_PAGESIZE));
}

void put(Zone& zone, const Directory& directory, size_t n, size_t address) {
  static QueryName name;
  static OwnerBuilder builder;
  name.assign(test::name(host(n)), directory.key());
  builder.begin(name.wire(), name.hash(0));
  const IpAddress addresses[] = {vip(address)};
  add_addresses(builder, addresses, zone.options().ttl);
  zone.put(name, builder.finish());
}

/// Octets a host that `fill` makes this process grow by. In a child, so that what is measured starts from a fresh heap.
template <class Fill>
double growth_per_host(Fill fill) {
  int pipe_ends[2];
  if (pipe(pipe_ends) != 0) std::abort();
  const pid_t child = fork();
  if (child == 0) {
    Directory directory({test::zone_options("global")}, 1);
    const size_t before = resident_bytes();
    fill(directory, [&] {
      const double growth = static_cast<double>(resident_bytes() - before) / kHosts;
      if (write(pipe_ends[1], &growth, sizeof growth) != sizeof growth) std::abort();
      _exit(0);
    });
  }
  double growth = 0;
  if (read(pipe_ends[0], &growth, sizeof growth) != sizeof growth) std::abort();
  waitpid(child, nullptr, 0);
  return growth;
}

double zone_growth() {
  return growth_per_host([](Directory& directory, auto measured) {
    for (size_t n = 0; n < kHosts; ++n) {
      put(*directory.zones().front(), directory, n, n);
      if (n % kBatch == 0) directory.epochs().reclaim();
    }
    directory.epochs().reclaim();
    measured();
  });
}

Publication publication(size_t n) {
  return {.object = "team-" + std::to_string(n % kNamespaces) + "/serverservice" + std::to_string(n),
          .created = static_cast<int64_t>(1'600'000'000 + n),
          .hosts = {{test::name(host(n)), {vip(n)}}},
          .ports = {{"http1", 8000, "http"}},
          .skipped = {}};
}

void fill(Catalog& catalog) {
  Batch batch;
  for (size_t n = 0; n < kHosts; ++n) {
    batch.upserts.push_back(publication(n));
    if (batch.upserts.size() < kBatch && n + 1 < kHosts) continue;
    catalog.apply(0, batch);
    batch.upserts.clear();
  }
}

double catalog_growth() {
  return growth_per_host([](Directory& directory, auto measured) {
    Sources sources = test::sources({"east"});
    Catalog catalog(directory, sources);
    fill(catalog);
    measured();
  });
}

/// The wire form of a million random names of the zone: what queries bring.
std::vector<Name> random_names(size_t count, uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<Name> names;
  for (size_t i = 0; i < count; ++i) names.push_back(test::name(host(random() % kHosts)));
  return names;
}

double nanoseconds(Clock::duration duration, size_t count) {
  return std::chrono::duration<double, std::nano>(duration).count() / static_cast<double>(count);
}

void time_lookups(const Directory& directory) {
  const std::vector<Name> names = random_names(kHosts, 1);
  QueryName query;
  size_t found = 0;
  const auto start = Clock::now();
  for (const Name& name : names) {
    query.assign(name, directory.key());
    found += directory.find(query)->tree()->lookup(query).match == OwnerTree::Match::kExact ? 1 : 0;
  }
  std::printf("lookup at 1,000,000 names, hashing included: %.0f ns (%zu found)\n",
              nanoseconds(Clock::now() - start, kHosts), found);
}

void time_updates(Directory& directory) {
  Zone& zone = *directory.zones().front();
  const std::vector<Name> names = random_names(kHosts, 2);
  QueryName query;
  OwnerBuilder builder;
  const auto start = Clock::now();
  for (size_t i = 0; i < names.size(); ++i) {
    query.assign(names[i], directory.key());
    builder.begin(query.wire(), query.hash(0));
    const IpAddress addresses[] = {vip(i)};
    add_addresses(builder, addresses, 30);
    zone.put(query, builder.finish());
    if (i % kBatch == 0) directory.epochs().reclaim();
  }
  std::printf("update of the zone, node included: %.0f ns\n", nanoseconds(Clock::now() - start, kHosts));
}

void time_publications(Catalog& catalog) {
  std::mt19937 random(3);
  Batch batch;
  Clock::duration spent{};
  constexpr size_t kCount = 200'000;
  for (size_t i = 0; i < kCount; ++i) {
    batch.upserts.push_back(publication(random() % kHosts));
    batch.upserts.back().hosts.front().addresses.front() = vip(random());
    if (batch.upserts.size() < kBatch) continue;
    const auto start = Clock::now();
    catalog.apply(0, batch);
    spent += Clock::now() - start;
    batch.upserts.clear();
  }
  std::printf("a changed publication through the catalog: %.0f ns\n", nanoseconds(spent, kCount));
}

/// Times each of a million lookups on this thread, and prints the slow end.
void time_slowest(Directory& directory, const char* what) {
  const std::vector<Name> names = random_names(kHosts, 4);
  std::vector<uint32_t> times;
  times.reserve(names.size());
  Epochs::Reader reader(directory.epochs());
  QueryName query;
  for (const Name& name : names) {
    const auto start = Clock::now();
    reader.enter();
    query.assign(name, directory.key());
    directory.find(query)->tree()->lookup(query);
    reader.leave();
    times.push_back(static_cast<uint32_t>((Clock::now() - start).count()));
  }
  std::ranges::sort(times);
  const auto at = [&](double share) {
    return times[static_cast<size_t>(share * static_cast<double>(times.size() - 1))];
  };
  std::printf("lookup %s: p50 %u ns, p99 %u ns, p99.99 %u ns, longest %u ns\n", what, at(0.5), at(0.99), at(0.9999),
              times.back());
}

/// Replaces, withdraws and brings back owners, and adds new ones, until `stop`.
uint64_t write_until(Directory& directory, const std::atomic<bool>& stop) {
  Zone& zone = *directory.zones().front();
  std::mt19937 random(5);
  uint64_t changes = 0;
  QueryName query;
  while (!stop.load(std::memory_order_relaxed)) {
    const size_t n = random() % kHosts;
    if (random() % 4 == 0) {
      query.assign(test::name(host(n)), directory.key());
      zone.remove(query);
    }
    put(zone, directory, n, random());
    put(zone, directory, kHosts + changes, changes);
    if (changes++ % 64 == 0) directory.epochs().reclaim();
  }
  return changes;
}

void run() {
  const double zone = zone_growth();
  const double all = catalog_growth();
  std::printf("memory a host: zone %.0f octets, catalog and reflector %.0f more\n", zone, all - zone);

  Directory directory({test::zone_options("global")}, 1);
  Sources sources = test::sources({"east"});
  Catalog catalog(directory, sources);
  fill(catalog);
  catalog.set_synced(0);
  time_lookups(directory);
  time_updates(directory);
  time_publications(catalog);
  time_slowest(directory, "without the writer");
  std::atomic<bool> stop{false};
  uint64_t changes = 0;
  std::thread writer([&] { changes = write_until(directory, stop); });
  time_slowest(directory, "with the writer running");
  stop.store(true);
  writer.join();
  std::printf("the writer made %llu rounds meanwhile\n", static_cast<unsigned long long>(changes));
}

}  // namespace
}  // namespace meshdns

int main() { meshdns::run(); }
