// Input: a ServiceEntry as JSON. What it publishes is asked for, explained, transferred, written as text and read back.

#include "k8s/istio/publisher.h"
#include "k8s/istio/service_entry.h"
#include "tests/fuzz/check.h"
#include "tests/fuzz/world.h"
#include "tests/zone/zone_fixture.h"
#include "zone/reverse.h"
#include "zone/zone_file.h"

namespace meshdns::fuzz {
namespace {

void require_printable(const std::vector<Skipped>& skips) {
  for (const Skipped& skip : skips) {
    require(skip.what.size() <= 300, "a bounded text");
    for (const char c : skip.what) require(c >= ' ' && c < 0x7f, "printable text");
  }
}

void ask_for(World& world, const Publication& publication) {
  for (const HostAddresses& host : publication.hosts) {
    for (const uint16_t type : {rr_type::kA, rr_type::kAaaa, rr_type::kAny}) world.ask(host.owner, type);
    (void)world.catalog.explain(host.owner, rr_type::kA);
    for (const IpAddress& address : host.addresses) world.ask(reverse_name(address), rr_type::kPtr);
  }
}

void serve(const Publication& publication) {
  World world({test::zone_options("global"), test::zone_options("in-addr.arpa"), test::zone_options("ip6.arpa")},
              {.reverse = {*IpBlock::parse("0.0.0.0/0"), *IpBlock::parse("::/0")}, .services = true});
  world.catalog.apply(0, {{publication}, {}});
  world.catalog.set_synced(0);
  ask_for(world, publication);
  for (size_t zone = 0; zone < world.directory.zones().size(); ++zone) {
    world.transfer(zone);
    const std::string text = world.text(zone);
    const auto records = read_zone_text(text, "text", {.apex = world.directory.zones()[zone]->apex(), .whole = true});
    require(static_cast<bool>(records), records ? "" : "to read what was written: " + records.error() + "\n" + text);
    for (const auto& [owner, rrsets] : records->owners) {
      for (const ZoneRecords::Rrset& rrset : rrsets) world.ask(owner, rrset.type);
    }
  }
  world.catalog.apply(0, {{}, {publication.object}});
  for (const HostAddresses& host : publication.hosts) world.ask(host.owner, rr_type::kA);
}

}  // namespace
}  // namespace meshdns::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace meshdns;
  using namespace meshdns::fuzz;
  auto entry = parse_service_entry({reinterpret_cast<const char*>(data), size});
  if (!entry) return 0;
  const Publication publication = publish(*std::move(entry));
  require_printable(publication.skipped);
  serve(publication);
  return 0;
}
