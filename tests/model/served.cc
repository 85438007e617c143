#include "tests/model/served.h"

#include <netinet/in.h>

#include <array>
#include <stdexcept>

#include "server/counters.h"
#include "server/responder.h"
#include "tests/model/master_file.h"
#include "zone/catalog.h"
#include "zone/directory.h"
#include "zone/zone_file.h"

namespace meshdns::model {
namespace {

meshdns::Name apex_of(const Zone& zone) {
  const std::string octets = wire(zone.apex);
  return *meshdns::Name::from_wire({reinterpret_cast<const uint8_t*>(octets.data()), octets.size()});
}

std::vector<ZoneOptions> options_of(const std::vector<Zone>& zones) {
  std::vector<ZoneOptions> options;
  for (const Zone& zone : zones) options.push_back({.apex = apex_of(zone), .file = "the zone"});
  return options;
}

}  // namespace

struct Served::Server {
  explicit Server(const std::vector<Zone>& zones)
      : directory(options_of(zones), 1), catalog(directory, no_sources, {}), counters(zones.size()) {}

  Directory directory;
  Sources no_sources;
  Catalog catalog;
  Counters counters;
  Epochs::Reader reader{directory.epochs()};
  Responder responder{directory, counters, {}};
  std::array<uint8_t, 65535> out;
};

Served::Served(const std::vector<Zone>& zones, uint64_t spelling) : server_(std::make_unique<Server>(zones)) {
  for (size_t i = 0; i < zones.size(); ++i) {
    const ZoneFileOptions options{.apex = apex_of(zones[i]), .ttl = kFileTtl, .whole = true};
    auto records = read_zone_text(master_file(zones[i], spelling), "the zone", options);
    if (!records) throw std::runtime_error(records.error());
    server_->catalog.set_zone_records(i, *std::move(records));
  }
}

Served::~Served() = default;

std::span<const uint8_t> Served::respond(const std::string& query) {
  static const sockaddr_in kLoopback{
      .sin_family = AF_INET, .sin_port = 0, .sin_addr = {htonl(INADDR_LOOPBACK)}, .sin_zero = {}};
  const Client client{Transport::kTcp4, reinterpret_cast<const sockaddr&>(kLoopback)};
  const Epochs::Guard guard(server_->reader);
  const size_t size =
      server_->responder.respond({reinterpret_cast<const uint8_t*>(query.data()), query.size()}, client, server_->out);
  return std::span<const uint8_t>(server_->out).first(size);
}

}  // namespace meshdns::model
