// Input: a snapshot without what stands before its content (magic, version, checksum), which it is given. What is accepted is written
// again as the same snapshot, and what the catalog makes of it can be asked for.

#include <algorithm>
#include <string>

#include "tests/fuzz/check.h"
#include "tests/fuzz/world.h"
#include "tests/zone/zone_fixture.h"
#include "zone/rr_type.h"
#include "zone/snapshot.h"

namespace meshdns::fuzz {
namespace {

constexpr size_t kMostHosts = 50;  // that are asked for

std::string sealed(std::span<const uint8_t> content) {
  SnapshotWriter writer({}, 0, 0);
  const std::vector<uint8_t> empty = writer.finish();
  const Digest digest = digest_of(content);
  constexpr size_t kPreamble = 12;
  std::string octets(empty.begin(), empty.begin() + kPreamble);
  octets.append(digest.begin(), digest.end());
  return octets.append(content.begin(), content.end());
}

std::vector<Publication> publications(const Snapshot& snapshot, size_t source) {
  std::vector<Publication> all;
  snapshot.for_each(source, [&](Publication each) { all.push_back(std::move(each)); });
  require(all.size() == snapshot.sources()[source].publications, "as many publications as it says");
  return all;
}

void write_again(const Snapshot& snapshot) {
  SnapshotWriter writer(snapshot.head(), snapshot.sources().size(), 0);
  for (size_t i = 0; i < snapshot.sources().size(); ++i) {
    writer.source(snapshot.sources()[i]);
    for (const Publication& each : publications(snapshot, i)) writer.publication(each);
  }
  const std::vector<uint8_t> octets = writer.finish();
  const auto again = Snapshot::read({octets.begin(), octets.end()});
  require(static_cast<bool>(again), again ? "" : "to read what was written: " + again.error());
  require(again->head() == snapshot.head() && again->sources() == snapshot.sources(), "the same snapshot");
  for (size_t i = 0; i < snapshot.sources().size(); ++i) {
    require(publications(*again, i) == publications(snapshot, i), "the same publications");
  }
}

void serve(const Snapshot& snapshot) {
  World world({test::zone_options("global"), test::zone_options("10.in-addr.arpa")},
              {.reverse = {*IpBlock::parse("10.0.0.0/8")}, .services = true});
  size_t left = kMostHosts;
  for (size_t i = 0; i < snapshot.sources().size(); ++i) {
    Batch batch{publications(snapshot, i), {}};
    world.catalog.apply(0, batch);
    for (const Publication& each : batch.upserts) {
      for (const HostAddresses& host : each.hosts) {
        if (left == 0) break;
        --left;
        for (const uint16_t type : {rr_type::kA, rr_type::kAaaa}) world.ask(host.owner, type);
      }
    }
  }
  world.catalog.set_restored(0, snapshot.head().taken, true);
  for (const SnapshotHead::Serial& last : snapshot.head().serials) {
    world.directory.zones()[0]->continue_serial(last.serial);
  }
  for (const size_t zone : {0, 1}) world.transfer(zone);
}

}  // namespace
}  // namespace meshdns::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace meshdns;
  using namespace meshdns::fuzz;
  const auto snapshot = Snapshot::read(sealed({data, size}));
  if (!snapshot) {
    for (const char c : snapshot.error()) require(static_cast<unsigned char>(c) >= ' ', "no control characters");
    return 0;
  }
  write_again(*snapshot);
  serve(*snapshot);
  return 0;
}
