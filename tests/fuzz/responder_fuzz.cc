// Input: an octet that says who asks, over what and whom; then the query.
//
//   bits 0–1  transport: UDP, UDP over IPv6, TCP, TCP over IPv6
//   bit 2     a client that may not transfer zones
//   bit 3     a server with the root zone, and a zone whose file has not been read

#include "tests/fuzz/check.h"
#include "tests/fuzz/world.h"
#include "tests/zone/zone_fixture.h"
#include "zone/zone_file.h"

namespace meshdns::fuzz {
namespace {

// Where an RRset can rotate, all of its records bring as many octets into the additional section: the same query has to have an
// answer of the same length each time.
constexpr const char* kExample = R"(
@ 300 SOA ns hostmaster 7 7200 900 1209600 60
@ NS ns
@ NS ns.child
@ MX 10 mail
@ TXT "apex"
ns A 192.0.2.1
ns AAAA 2001:db8::1
mail A 192.0.2.2
a.b.ent A 192.0.2.3
*.wild TXT "wild"
*.wild A 192.0.2.4
x.y.wild A 192.0.2.5
*.alias CNAME mail
one CNAME two
two CNAME three
three CNAME mail
loop CNAME pool
pool CNAME loop
out CNAME host.elsewhere.
across CNAME a.bar.global.
into CNAME x.sub
dname DNAME wild
self DNAME self
long DNAME aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.wild
sub NS ns.sub
sub NS ns2.sub
sub DS 1 8 2 aabb
ns.sub A 192.0.2.6
ns2.sub A 192.0.2.7
deep.sub A 192.0.2.8
sibling NS ns.sub
bare NS host.elsewhere.
_s._tcp SRV 0 0 80 mail
_s._tcp SRV 0 0 81 ns.sub
svc SVCB 1 mail
web HTTPS 1 . alpn=h2
strange TYPE65280 \# 3 abcdef
big TXT "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
big TXT "1123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
big TXT "2123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
big TXT "3123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
big TXT "4123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
)";

ZoneRecords records(const char* text, const std::string& apex) {
  auto read = read_zone_text(text, apex, {.apex = test::name(apex)});
  require(static_cast<bool>(read), "a zone");
  return *std::move(read);
}

ZoneOptions from_file(const std::string& apex) {
  ZoneOptions options = test::zone_options("example");
  options.apex = test::name(apex);
  options.file = "zone";
  return options;
}

/// Zones from files and from ServiceEntries, nested and not, all synced.
World& complete_world() {
  static World world({from_file("example"), test::zone_options("child.example"), test::zone_options("global"),
                      test::zone_options("240.in-addr.arpa")},
                     {.reverse = {*IpBlock::parse("240.0.0.0/8")}, .services = true});
  if (world.sources[0]->synced()) return world;
  std::vector<std::string> many;
  for (int i = 0; i < 100; ++i) many.push_back("240.1.0." + std::to_string(i));
  world.catalog.set_zone_records(0, records(kExample, "example"));
  world.catalog.apply(0,
                      {{test::publication("bar/a", 1, {"a.bar.global", "*.w.global", "x.ent.global", "a.child.example"},
                                          {"240.0.0.2", "2001:db8::1"}),
                        test::publication("bar/many", 1, {"many.bar.global"}, many)},
                       {}});
  world.catalog.set_synced(0);
  return world;
}

/// The root, and what does not know yet.
World& young_world() {
  static World world({from_file("."), from_file("late"), test::zone_options("global")});
  if (world.directory.zones()[0]->loaded()) return world;
  world.catalog.set_zone_records(
      0, records(". SOA . . 1 2 3 4 5\n. NS .\ncom NS ns.com\nns.com A 192.0.2.1\n* TXT x\n", "."));
  world.catalog.apply(0, {{test::publication("bar/a", 1, {"a.bar.global", "*.w.global"}, {"240.0.0.2"})}, {}});
  return world;
}

}  // namespace
}  // namespace meshdns::fuzz

/// The servers live until the end, and the leak sanitizer does not see their owners: the tables' pointers are tagged.
extern "C" int __lsan_is_turned_off() { return 1; }

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace meshdns;
  using namespace meshdns::fuzz;
  if (size == 0) return 0;
  constexpr Transport kTransports[] = {Transport::kUdp4, Transport::kUdp6, Transport::kTcp4, Transport::kTcp6};
  const Client client{kTransports[data[0] & 3], (data[0] & 4) != 0 ? other_client() : friendly_client()};
  World& world = (data[0] & 8) != 0 ? young_world() : complete_world();
  // A copy of the exact size, so that the address sanitizer sees what is read behind it.
  const std::vector<uint8_t> query(data + 1, data + size);
  const size_t first = world.ask(query, client);
  require(world.ask(query, client) == first, "the same query to have an answer of the same length");
  return 0;
}
