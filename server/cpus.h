#pragma once

// How many cores this process may use: what its affinity mask names, and no more than the quotas of its cgroup and of those above
// it pay for. A container with a limit of two cores on a machine with 64 gets two workers: 64 would spend its quota in the first
// milliseconds of each period and then stand still.
//
// Source: https://docs.kernel.org/admin-guide/cgroup-v2.html (cpu.max), https://docs.kernel.org/scheduler/sched-bwc.html (v1).

#include <filesystem>

namespace meshdns {

/// At least 1. A part of a core counts as one.
unsigned usable_cpus();

/// The same for a process that may run on `affinity` cores and sees proc/self/cgroup and sys/fs/cgroup below `root`. What cannot
/// be read is no limit.
unsigned usable_cpus(unsigned affinity, const std::filesystem::path& root);

}  // namespace meshdns
