#pragma once

// A responder over a small zone.

#include <netinet/in.h>

#include <string>

#include "server/cookies.h"
#include "server/responder.h"
#include "tests/server/message.h"
#include "tests/zone/zone_fixture.h"
#include "zone/catalog.h"

namespace meshdns::test {

/// 127.0.0.1
inline const sockaddr& client_address() {
  static const sockaddr_in address{
      .sin_family = AF_INET, .sin_port = 0, .sin_addr = {htonl(INADDR_LOOPBACK)}, .sin_zero = {}};
  return reinterpret_cast<const sockaddr&>(address);
}

struct ResponderWorld {
  explicit ResponderWorld(bool synced = true) {
    std::vector<std::string> many;
    for (int i = 0; i < 100; ++i) many.push_back("10.1.0." + std::to_string(i));
    catalog.apply(
        0, {{publication("bar/a", 1, {"a.bar.global", "*.w.global", "x.ent.global"}, {"240.0.0.2", "2001:db8::1"}),
             publication("bar/three", 1, {"three.bar.global"}, {"10.0.0.1", "10.0.0.2", "10.0.0.3"}),
             publication("bar/many", 1, {"many.bar.global"}, many)},
            {}});
    if (synced) catalog.set_synced(0);
  }

  Bytes respond(const Bytes& query, Transport transport = Transport::kUdp4) {
    Bytes out(65535);
    const Epochs::Guard guard(reader);
    out.resize(responder.respond(query, {transport, client_address()}, out));
    return out;
  }
  Parsed ask(const QueryParts& parts, Transport transport = Transport::kUdp4) {
    return parse_response(respond(make_query(parts), transport));
  }

  Directory directory{{zone_options("global")}, 1};
  Sources all_sources = sources({"east"});
  Catalog catalog{directory, all_sources};
  Counters counters{1};
  Epochs::Reader reader{directory.epochs()};
  Cookies cookies{{CookieSecret{1, 2, 3}}, directory.epochs()};
  Responder responder{
      directory, counters, {.cookies = &cookies, .identity = {.nsid = "east-1", .version = "meshdns 0"}}};
};

}  // namespace meshdns::test
