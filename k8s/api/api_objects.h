#pragma once

// The small objects of the Kubernetes API that the client itself reads: an error's Status, and what versions a group is
// served in. Source: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meshdns {

/// Why the API server refuses. Arrives as the body of an error response and as the object of an ERROR event.
struct ApiStatus {
  int code = 0;         // as HTTP's; 0 where there is none
  std::string reason;   // "Expired", "Forbidden"; empty where there is none
  std::string message;  // printable, bounded
  std::chrono::seconds retry_after{0};
  bool version_too_large = false;  // the resourceVersion is from the future: etcd was restored

  /// Only a new list helps.
  bool is_expired() const;
};

/// What can be read of it: a proxy's error page gives a Status with its first line as the message.
ApiStatus parse_status(std::string_view json);

/// The versions of an APIGroup, as served; nothing where it is none.
std::optional<std::vector<std::string>> parse_group_versions(std::string_view json);

/// Fit for a log line: at most 300 bytes, control characters and what is not ASCII replaced.
std::string printable(std::string_view text);

}  // namespace meshdns
