#pragma once

// A server without sockets, in which every answer is checked: ldns reads it, and it has no more octets than it may.

#include <netinet/in.h>

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "server/cookies.h"
#include "server/responder.h"
#include "server/zone_copy.h"
#include "zone/catalog.h"
#include "zone/directory.h"

namespace meshdns::fuzz {

/// In `ask`: 127.0.0.1, which may transfer zones, and another one.
const sockaddr& friendly_client();
const sockaddr& other_client();

class World {
 public:
  explicit World(std::vector<ZoneOptions> zones, CatalogOptions options = {});

  /// The octets of the response; 0: none is due.
  size_t ask(std::span<const uint8_t> query, const Client& client);

  /// Over UDP without EDNS and with, and over TCP.
  void ask(const Name& name, uint16_t type);

  /// A zone as a master file.
  std::string text(size_t zone);

  /// Writes the messages of a zone transfer, and checks them.
  void transfer(size_t zone);

  Directory directory;
  Sources sources;
  Catalog catalog;

 private:
  std::shared_ptr<const ZoneCopy> copy(size_t zone);

  Cookies cookies_;
  Counters counters_;
  Epochs::Reader reader_;
  Responder responder_;
  // Of the exact sizes, so that the address sanitizer sees what is written behind them.
  std::vector<uint8_t> udp_out_;
  std::vector<uint8_t> tcp_out_;
};

}  // namespace meshdns::fuzz
