#pragma once

// The VirtualServices that a command about routes reads, each with where it was read from.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "k8s/mesh/virtual_service.h"

namespace meshdns {

struct RouteViews {
  std::vector<VirtualService> services;
  std::vector<size_t> origins;          // of each, as add() was told
  std::vector<std::string> unreadable;  // the others: where each stands, and why it is none

  /// `place`: FILE:LINE; empty: `object` says where it stands.
  void add(std::string_view json, const std::string& name_space, const std::string& place, size_t origin,
           const std::string& object = "");
  size_t origin_of(const VirtualService& service) const;
};

/// The one that has the host. Stops with `code` where there are several, or none: it may be one that cannot be read. `create`: the command that
/// makes one.
const VirtualService& require_service(const RouteViews& views, const std::string& host, int code,
                                      const std::string& create, const std::string& where = "");

}  // namespace meshdns
