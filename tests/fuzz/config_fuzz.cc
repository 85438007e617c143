// Input: a configuration. What is accepted makes zones that can be asked.

#include "cmd/config_reader.h"
#include "tests/fuzz/check.h"
#include "tests/fuzz/world.h"
#include "zone/rr_type.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace meshdns;
  using namespace meshdns::fuzz;
  const auto config = read_config("f", {reinterpret_cast<const char*>(data), size});
  if (!config) {
    require(config.error().starts_with("f:"), "an error with its place");
    for (const char c : config.error())
      require(c == '\n' || static_cast<unsigned char>(c) >= ' ', "no control characters");
    return 0;
  }
  require(changed_keys(*config, *config).empty(), "a configuration to be itself");
  World world(all_zones(without_ipv6(*config)), config->publish);
  world.catalog.set_synced(0);
  for (const auto& zone : world.directory.zones()) {
    for (const uint16_t type : {rr_type::kSoa, rr_type::kNs, rr_type::kA}) world.ask(zone->apex(), type);
    for (const NameServer& server : zone->options().nameservers) world.ask(server.name, rr_type::kA);
  }
  return 0;
}
