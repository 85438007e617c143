#include "server/cpus.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <fstream>
#include <string>
#include <utility>
#include <vector>

namespace meshdns {
namespace {

namespace fs = std::filesystem;

/// A root directory with the given files in it, gone at the end.
class FabricatedRoot {
 public:
  explicit FabricatedRoot(const std::vector<std::pair<std::string, std::string>>& files) {
    std::string pattern = (fs::temp_directory_path() / "cpus_test.XXXXXX").string();
    REQUIRE(mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
    for (const auto& [name, text] : files) {
      fs::create_directories((path_ / name).parent_path());
      std::ofstream(path_ / name) << text;
    }
  }
  ~FabricatedRoot() { fs::remove_all(path_); }
  FabricatedRoot(const FabricatedRoot&) = delete;
  FabricatedRoot& operator=(const FabricatedRoot&) = delete;

  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

TEST_CASE("cores that a container may use") {
  struct Case {
    const char* what;
    std::vector<std::pair<std::string, std::string>> files;
    unsigned expected;  // of 8
  };
  const std::string own = "proc/self/cgroup";
  const std::string v2 = "sys/fs/cgroup/";
  const std::string v1 = "sys/fs/cgroup/cpu,cpuacct/";
  const std::vector<Case> cases = {
      {"no cgroups", {}, 8},
      {"v2, no limit", {{own, "0::/\n"}, {v2 + "cpu.max", "max 100000\n"}}, 8},
      {"v2, two cores", {{own, "0::/\n"}, {v2 + "cpu.max", "200000 100000\n"}}, 2},
      {"v2, a core and a half", {{own, "0::/\n"}, {v2 + "cpu.max", "150000 100000\n"}}, 2},
      {"v2, a tenth of a core", {{own, "0::/\n"}, {v2 + "cpu.max", "10000 100000\n"}}, 1},
      {"v2, more than there are", {{own, "0::/\n"}, {v2 + "cpu.max", "6400000 100000\n"}}, 8},
      {"v2, another period", {{own, "0::/\n"}, {v2 + "cpu.max", "150000 50000\n"}}, 3},
      {"v2, a group's own limit", {{own, "0::/pod/a\n"}, {v2 + "pod/a/cpu.max", "300000 100000\n"}}, 3},
      {"v2, the parent's is tighter",
       {{own, "0::/pod/a\n"}, {v2 + "pod/a/cpu.max", "300000 100000\n"}, {v2 + "pod/cpu.max", "100000 100000\n"}},
       1},
      {"v2, the host's path, the container's mount",
       {{own, "0::/kubepods/x\n"}, {v2 + "cpu.max", "400000 100000\n"}},
       4},
      {"v2, a path above the namespace", {{own, "0::/../other\n"}, {v2 + "cpu.max", "400000 100000\n"}}, 4},
      {"v1, no limit",
       {{own, "4:cpu,cpuacct:/\n"}, {v1 + "cpu.cfs_quota_us", "-1\n"}, {v1 + "cpu.cfs_period_us", "100000\n"}},
       8},
      {"v1, two cores",
       {{own, "5:memory:/\n4:cpu,cpuacct:/\n0::/\n"},
        {v1 + "cpu.cfs_quota_us", "200000\n"},
        {v1 + "cpu.cfs_period_us", "100000\n"}},
       2},
      {"v1, docker's path, the container's mount",
       {{own, "4:cpu,cpuacct:/docker/0123\n"},
        {v1 + "cpu.cfs_quota_us", "250000\n"},
        {v1 + "cpu.cfs_period_us", "100000\n"}},
       3},
      {"v1, mounted as cpu",
       {{own, "4:cpuacct,cpu:/\n"},
        {"sys/fs/cgroup/cpu/cpu.cfs_quota_us", "100000\n"},
        {"sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n"}},
       1},
      {"another controller's quota", {{own, "4:cpuset:/\n"}, {v1 + "cpu.cfs_quota_us", "100000\n"}}, 8},
      {"broken files", {{own, "0::\n:\nx\n0::/\n"}, {v2 + "cpu.max", "lots\n"}}, 8},
      {"a period of zero", {{own, "0::/\n"}, {v2 + "cpu.max", "100000 0\n"}}, 8},
  };
  for (const Case& c : cases) {
    CAPTURE(c.what);
    CHECK(usable_cpus(8, FabricatedRoot(c.files).path()) == c.expected);
  }
  CHECK(usable_cpus(0, "/nonexistent") == 1);
  CHECK(usable_cpus() >= 1);
}

}  // namespace
}  // namespace meshdns
