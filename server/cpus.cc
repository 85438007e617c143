#include "server/cpus.h"

#include <uv.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>

namespace meshdns {
namespace {

namespace fs = std::filesystem;

/// Cores; nothing without a limit.
using Quota = std::optional<double>;

Quota quotient(int64_t quota, int64_t period) {
  if (quota <= 0 || period <= 0) return std::nullopt;
  return static_cast<double>(quota) / static_cast<double>(period);
}

/// "max 100000" or "150000 100000".
Quota read_v2(const fs::path& group) {
  std::ifstream file(group / "cpu.max");
  int64_t quota = 0;
  int64_t period = 0;
  if (!(file >> quota >> period)) return std::nullopt;
  return quotient(quota, period);
}

Quota read_v1(const fs::path& group) {
  std::ifstream quota_file(group / "cpu.cfs_quota_us");
  std::ifstream period_file(group / "cpu.cfs_period_us");
  int64_t quota = 0;
  int64_t period = 0;
  if (!(quota_file >> quota) || !(period_file >> period)) return std::nullopt;  // -1: no quota
  return quotient(quota, period);
}

/// The tightest quota of a group and all above it. `path` is as /proc names it: in a container it may be the host's, and then only
/// the mount's root exists, which is the container's own group.
template <class Read>
double tightest(const fs::path& mount, fs::path path, double limit, Read read) {
  path = path.relative_path();
  while (true) {
    if (const Quota quota = read(mount / path)) limit = std::min(limit, *quota);
    if (path.empty()) return limit;
    path = path.parent_path();
  }
}

}  // namespace

unsigned usable_cpus(unsigned affinity, const fs::path& root) {
  const fs::path cgroups = root / "sys/fs/cgroup";
  double limit = std::max(affinity, 1U);
  std::ifstream file(root / "proc/self/cgroup");
  for (std::string line; std::getline(file, line);) {  // HIERARCHY:CONTROLLERS:PATH
    std::istringstream fields(line);
    std::string hierarchy;
    std::string controllers;
    std::string path;
    if (!std::getline(fields, hierarchy, ':') || !std::getline(fields, controllers, ':')) continue;
    if (!std::getline(fields, path)) continue;
    if (controllers.empty()) {
      limit = tightest(cgroups, path, limit, read_v2);
    } else if (("," + controllers + ",").find(",cpu,") != std::string::npos) {
      limit = tightest(cgroups / controllers, path, limit, read_v1);
      limit = tightest(cgroups / "cpu", path, limit, read_v1);
    }
  }
  return static_cast<unsigned>(std::max(std::ceil(limit), 1.0));
}

unsigned usable_cpus() { return usable_cpus(uv_available_parallelism(), "/"); }

}  // namespace meshdns
