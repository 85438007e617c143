#pragma once

// The flags of the commands that send requests in a pod with a sidecar, and ask the sidecar for its counts.

#include <chrono>
#include <cstdint>
#include <string>

#include "cmd/ctl/cluster.h"
#include "cmd/ctl/sidecar.h"
#include "k8s/api/url.h"

namespace meshdns {

class CtlCommand;

struct RequestFlags {
  std::string url;
  std::string rate = "100";
  std::string timeout = "15s";
  std::string sidecar = kSidecar;
  ClusterFlags cluster;  // of the line that runs it in a pod
  std::string name_space;
  std::string output = "text";
};

/// URL.
void add_url_flag(CtlCommand& command, RequestFlags& flags);
/// --rate and --timeout.
void add_pace_flags(CtlCommand& command, RequestFlags& flags);
/// --sidecar, the cluster's, -n and -o.
void add_sidecar_flags(CtlCommand& command, RequestFlags& flags);

/// The flags, read.
struct RequestPlan {
  WebUrl url;
  uint32_t rate;                      // a second
  std::chrono::milliseconds timeout;  // of one of them
  Sidecar sidecar;
};

/// Stops with kUsage where a flag is wrong.
RequestPlan request_plan(const RequestFlags& flags);

}  // namespace meshdns
