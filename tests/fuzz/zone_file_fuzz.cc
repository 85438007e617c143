// Input: the file of the zone `example`. What is accepted is served beside ServiceEntries: every answer about its names is one that
// ldns reads, so is the zone's transfer, and the zone as text is read back as the same zone.

#include <algorithm>
#include <map>

#include "tests/fuzz/check.h"
#include "tests/fuzz/world.h"
#include "tests/zone/zone_fixture.h"
#include "zone/zone_file.h"

namespace meshdns::fuzz {
namespace {

constexpr size_t kMostOwners = 50;  // that are asked for: what more there is says little, and takes long

const ZoneFileOptions kOptions{.apex = test::name("example")};

std::vector<ZoneOptions> zones() {
  ZoneOptions example = test::zone_options("example");
  example.file = "zone";
  return {std::move(example), test::zone_options("child.example"), test::zone_options("10.in-addr.arpa")};
}

void ask_for(World& world, const ZoneRecords& records) {
  size_t left = kMostOwners;
  for (const auto& [owner, rrsets] : records.owners) {
    if (left-- == 0) break;
    const auto below = Name::parse("x." + owner.text());
    for (const uint16_t type : {rr_type::kA, rr_type::kDs, rr_type::kAny}) {
      world.ask(owner, type);
      if (below) world.ask(*below, type);
    }
    for (const ZoneRecords::Rrset& rrset : rrsets) world.ask(owner, rrset.type);
  }
}

/// As they are but for the order of RRsets.
std::map<Name, ZoneRecords::Owner> sorted(const ZoneRecords& records) {
  auto owners = records.owners;
  for (auto& [owner, rrsets] : owners) std::ranges::sort(rrsets, {}, &ZoneRecords::Rrset::type);
  return owners;
}

/// Of the zone, once its file has these records.
std::string serve(const ZoneRecords& records) {
  World world(zones(), {.reverse = {*IpBlock::parse("10.0.0.0/8")}, .services = true});
  world.catalog.apply(
      0,
      {{test::publication("bar/a", 1, {"a.example", "*.w.example", "x.ent.example", "a.child.example"}, {"10.0.0.1"})},
       {}});
  world.catalog.set_synced(0);
  world.catalog.set_zone_records(0, records);
  ask_for(world, records);
  world.transfer(0);
  return world.text(0);
}

}  // namespace
}  // namespace meshdns::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace meshdns;
  using namespace meshdns::fuzz;
  const auto records = read_zone_text({reinterpret_cast<const char*>(data), size}, "f.zone", kOptions);
  if (!records) {
    require(records.error().starts_with("f.zone:"), "an error with its place");
    for (const char c : records.error())
      require(c == '\t' || static_cast<unsigned char>(c) >= ' ', "no control characters");
    return 0;
  }
  const std::string text = serve(*records);
  const auto again = read_zone_text(text, "text", kOptions);
  require(static_cast<bool>(again), again ? "" : "to read what was written: " + again.error() + "\n" + text);
  require(!records->whole || sorted(*again) == sorted(*records), "the same records:\n" + text);
  const std::string text_again = serve(*again);
  require(text_again == text, "the same zone:\n" + text + "\nbut it is\n" + text_again);
  return 0;
}
