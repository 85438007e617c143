#pragma once

// A resource of the API, and the requests that are made for it.
// Source: https://kubernetes.io/docs/reference/using-api/api-concepts/

#include <string>
#include <string_view>
#include <vector>

namespace meshdns {

/// What to mirror.
struct Resource {
  std::string group;                  // "networking.istio.io"
  std::string plural;                 // "serviceentries"
  std::vector<std::string> versions;  // those that the handler understands, preferred first: "v1", "v1beta1"
  std::string name_space;             // empty: all namespaces

  std::string text() const { return plural + "." + group; }  // for people
};

/// Where the group says in which versions it is served.
std::string discovery_path(const Resource& resource);

/// A page of at most `limit` objects; `next` is the token of the page before, empty for the first one. The list is of
/// the newest state (resourceVersion ""): at resourceVersion 0 the API server would ignore the limit.
std::string list_path(const Resource& resource, std::string_view version, unsigned limit, std::string_view next);

/// All that exists, then a bookmark that says so, then what changes: WatchList.
std::string stream_list_path(const Resource& resource, std::string_view version, unsigned seconds);

/// Whether the server still is where it was at `resource_version`: a list of one object, of then or later. One that was restored to an
/// earlier state says that the version is too large, where a watch would stay silent until the state has come there again.
std::string probe_path(const Resource& resource, std::string_view version, std::string_view resource_version);

/// What changed since `resource_version`.
std::string watch_path(const Resource& resource, std::string_view version, unsigned seconds,
                       std::string_view resource_version);

}  // namespace meshdns
