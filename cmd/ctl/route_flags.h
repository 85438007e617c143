#pragma once

// What the commands that write routes are asked for.

#include <string>
#include <vector>

#include "cmd/ctl/mesh_flags.h"
#include "k8s/mesh/destination.h"
#include "k8s/mesh/route_match.h"

namespace meshdns {

class CtlCommand;

/// Of a command about a route that is there.
inline constexpr const char* kWhichRoute =
    "Which of its routes: prefix=/PATH, exact=/PATH, regex=EXPRESSION or name=ROUTE; without it, the only one, else "
    "the one for every "
    "request";

struct RouteFlags : MeshFlags {
  std::string host;
  std::vector<std::string> destinations;  // DEST=WEIGHT
  std::string match;
};

/// HOST and --match; `match`: what that says, for the command's help.
void add_route_flags(CtlCommand& command, RouteFlags& flags, const std::string& match);
/// DEST=WEIGHT…
void add_weight_flags(CtlCommand& command, RouteFlags& flags);

/// Those of every command that changes routes: the clusters, the files, how, and -o.
void add_route_change_flags(CtlCommand& command, RouteFlags& flags);

struct RouteWish {
  std::string verb;  // "set-weights"
  std::string host;  // as short as it was written
  std::vector<WeightedDestination> to;
  RouteMatch match;
  std::string where;    // " --context west", " --file a.yaml -n bar"; empty: as kubectl takes it
  std::string in_each;  // what of it is not the context

  /// "meshdnsctl route set-weights HOST", with the destinations, and where; without --match.
  std::string command() const;

  /// "requests to HOST for prefix=/headers"
  std::string requests() const;
};

/// Stops with kUsage.
RouteWish wish_of(const RouteFlags& flags, const std::string& verb);

/// "meshdnsctl route VERB HOST DEST=WEIGHT… --match …": the command that gives a route those weights.
std::string route_command(const std::string& verb, const std::string& host, const std::vector<WeightedDestination>& to,
                          const RouteMatch& match);

}  // namespace meshdns
