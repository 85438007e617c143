#include "tests/fuzz/world.h"

#include <arpa/inet.h>
#include <unistd.h>

#include "server/transfer_image.h"
#include "server/wire.h"
#include "server/zone_copy.h"
#include "server/zone_text.h"
#include "tests/fuzz/check.h"
#include "zone/octets.h"

namespace meshdns::fuzz {
namespace {

constexpr size_t kLargestMessage = 65535;

sockaddr_in ipv4(const char* text) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  inet_pton(AF_INET, text, &address.sin_addr);
  return address;
}

Sources one_source() {
  Sources sources;
  sources.push_back(std::make_unique<Source>("east", true));
  return sources;
}

std::vector<uint8_t> make_query(const Name& name, uint16_t type, bool edns) {
  std::vector<uint8_t> query;
  for (const unsigned word : {0x1234U, 0U, 1U, 0U, 0U, edns ? 1U : 0U}) append16(query, word);
  query.insert(query.end(), name.wire().begin(), name.wire().end());
  append16(query, type);
  append16(query, kClassIn);
  if (!edns) return query;
  query.push_back(0);
  append16(query, rr_type::kOpt);
  append16(query, kLargestMessage);
  append32(query, 0);
  append16(query, 0);
  return query;
}

}  // namespace

const sockaddr& friendly_client() {
  static const sockaddr_in address = ipv4("127.0.0.1");
  return reinterpret_cast<const sockaddr&>(address);
}

const sockaddr& other_client() {
  static const sockaddr_in address = ipv4("192.0.2.1");
  return reinterpret_cast<const sockaddr&>(address);
}

World::World(std::vector<ZoneOptions> zones, CatalogOptions options)
    : directory(std::move(zones), 1),
      sources(one_source()),
      catalog(directory, sources, std::move(options)),
      cookies_({CookieSecret{1, 2, 3}}, directory.epochs()),
      counters_(directory.zones().size()),
      reader_(directory.epochs()),
      responder_(directory, counters_,
                 {.cookies = &cookies_,
                  .transfer_allow = {*IpBlock::parse("127.0.0.1")},
                  .identity = {.nsid = "east-1", .version = "meshdns"}}),
      udp_out_(responder_.largest_udp_response()),
      tcp_out_(kLargestMessage) {}

size_t World::ask(std::span<const uint8_t> query, const Client& client) {
  const Epochs::Guard guard(reader_);
  std::vector<uint8_t>& out = client.is_udp() ? udp_out_ : tcp_out_;
  const size_t size = responder_.respond(query, client, out);
  const bool transfers = responder_.take_transfer() != nullptr;
  require(!transfers || (!client.is_udp() && size > 0), "a transfer over TCP alone");
  if (size == 0) return 0;
  require(size <= (client.is_udp() ? udp_limit(query) : kLargestMessage), "no more octets than the client takes");
  require_message(std::span(out).first(size));
  return size;
}

void World::ask(const Name& name, uint16_t type) {
  const std::vector<uint8_t> plain = make_query(name, type, false);
  const std::vector<uint8_t> edns = make_query(name, type, true);
  require(ask(plain, {Transport::kUdp4, friendly_client()}) > 0, "a response");
  require(ask(edns, {Transport::kUdp4, friendly_client()}) > 0, "a response");
  require(ask(edns, {Transport::kTcp4, friendly_client()}) > 0, "a response");
}

std::shared_ptr<const ZoneCopy> World::copy(size_t zone) {
  return ZoneCopy::make(*directory.zones()[zone], directory.epochs(), [](const auto& work) { return work(), true; });
}

std::string World::text(size_t zone) {
  ZoneText text(*copy(zone));
  std::string out;
  while (text.next(out)) {
  }
  return out;
}

void World::transfer(size_t zone) {
  const std::atomic<bool> stop{false};
  const auto image = TransferImage::write(*copy(zone), stop);
  require(static_cast<bool>(image), "an image of the zone");
  std::vector<uint8_t> stream((*image)->octets);
  const ssize_t size = pread((*image)->file.get(), stream.data(), stream.size(), 0);
  require(static_cast<size_t>(size) == stream.size(), "all of the image");
  uint64_t records = 0;
  for (size_t at = 0; at < stream.size();) {
    const size_t message = get16(&stream[at]);
    require_message(std::span(stream).subspan(at + 2, message));
    records += get16(&stream[at + 2 + 6]);
    at += 2 + message;
  }
  require(records == (*image)->records && records == directory.zones()[zone]->records() + 1,
          "every record, and the SOA twice");
}

}  // namespace meshdns::fuzz
