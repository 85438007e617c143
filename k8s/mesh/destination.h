#pragma once

// Where a route sends requests, as the command line writes it: HOST[:PORT][/SUBSET].
// Source: https://istio.io/latest/docs/reference/config/networking/virtual-service/#Destination

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "zone/result.h"

namespace meshdns {

struct Destination {
  std::string host;              // lower case, as short or long as it was written, without a trailing dot
  std::optional<uint16_t> port;  // nothing: the host has one port alone
  std::string subset;            // of the host's DestinationRule; empty: all of it

  /// HOST[:PORT][/SUBSET]
  std::string text() const;
  bool operator==(const Destination&) const = default;
};

struct WeightedDestination {
  Destination destination;
  int64_t weight;  // 0 to 2^31 - 1: Istio's int32

  bool operator==(const WeightedDestination&) const = default;
};

Result<Destination> parse_destination(std::string_view text);

/// DEST=WEIGHT
Result<WeightedDestination> parse_weighted_destination(std::string_view text);

/// Lower case, without a trailing dot: so hosts are compared.
std::string canonical_host(std::string_view host);

/// The host that an object of that namespace means, canonical: without a dot, a Service beside it. Istio takes every other as it stands,
/// "*" and IP addresses among them.
std::string full_host(std::string_view host, std::string_view name_space);

}  // namespace meshdns
