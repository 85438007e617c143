#include "cmd/ctl/dns_reader.h"

#include <utility>

#include "cmd/ctl/cluster.h"

namespace meshdns {

Result<ObservedDns> read_observed_dns(Cluster& cluster, const std::string& name_space) {
  const auto get = [&](const std::string& path) -> Result<ObservedAnswer> {
    auto answer = cluster.get(path);
    if (!answer) return Error{answer.error()};
    return ObservedAnswer{answer->status, std::move(answer->body)};
  };
  return observe_dns(get, name_space);
}

}  // namespace meshdns
