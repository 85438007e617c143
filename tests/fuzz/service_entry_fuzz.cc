// Input: a ServiceEntry as JSON; its length chooses among what the operator may have decided. What it publishes is asked for,
// explained, transferred, written as text and read back.

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

PublishRules rules_of(size_t choice) {
  PublishRules rules;
  rules.visibility = choice % 2 == 0 ? PublishRules::Visibility::kPublic : PublishRules::Visibility::kAll;
  rules.without_address = static_cast<PublishRules::WithoutAddress>(choice / 2 % 3);
  rules.default_address = *IpAddress::parse("240.9.9.9");
  rules.allocated_addresses = choice / 6 % 2 == 0;
  if (choice / 12 % 2 == 1) rules.zones = {{*Name::parse("global"), Answer::kEndpoints}};
  return rules;
}

CatalogOptions options_of(size_t choice) {
  using Options = CatalogOptions;
  return {.claims = choice / 24 % 2 == 0 ? Options::Claims::kAny : Options::Claims::kNamespace,
          .conflicts = choice / 48 % 2 == 0 ? Options::Conflicts::kOldest : Options::Conflicts::kMerge,
          .reverse = {*IpBlock::parse("0.0.0.0/0"), *IpBlock::parse("::/0")},
          .services = true};
}

// With more, an input takes seconds under the sanitizers, and shows nothing new.
constexpr size_t kServed = 4096;

size_t bounded_records(const Publication& publication) {
  size_t records = publication.hosts.size() * publication.ports.size();
  for (const HostAddresses& host : publication.hosts) {
    require(!host.addresses.empty(), "an address for each host");
    records += host.addresses.size();
  }
  require(records <= kMaxRecords, "no more records than an object may make");
  return records;
}

/// What is there, serve() asks for: here it is the types that may not be.
void ask_for(World& world, const Publication& publication) {
  for (const HostAddresses& host : publication.hosts) {
    for (const uint16_t type : {rr_type::kAaaa, rr_type::kAny}) world.ask(host.owner, type);
    world.ask(reverse_name(host.addresses.front()), rr_type::kPtr);
    (void)world.catalog.explain(host.owner, rr_type::kA);
  }
}

void serve(const Publication& publication, const CatalogOptions& options) {
  World world({test::zone_options("global"), test::zone_options("in-addr.arpa"), test::zone_options("ip6.arpa")},
              options);
  Publication twin = publication;
  twin.object += "2";
  world.catalog.apply(0, {{twin}, {}});
  world.catalog.apply(0, {{publication}, {}});
  require(world.catalog.counts().conflicts == 0, "claimants that give the same answer to be no conflict");
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
  world.catalog.apply(0, {{}, {publication.object, twin.object}});
  for (const HostAddresses& host : publication.hosts) world.ask(host.owner, rr_type::kA);
}

}  // namespace
}  // namespace meshdns::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace meshdns;
  using namespace meshdns::fuzz;
  auto entry = parse_service_entry({reinterpret_cast<const char*>(data), size});
  if (!entry) return 0;
  const Publication publication = publish(*std::move(entry), rules_of(size));
  require_printable(publication.skipped);
  if (bounded_records(publication) <= kServed) serve(publication, options_of(size));
  return 0;
}
