// meshdnsctl lint: entries, routes and rules against each other.

#include "k8s/mesh/lint.h"

#include <memory>

#include "cmd/ctl/command.h"
#include "cmd/ctl/gateway_probe.h"
#include "cmd/ctl/lint_meshes.h"
#include "cmd/ctl/lint_report.h"
#include "cmd/ctl/mesh_flags.h"
#include "cmd/ctl/output_flag.h"
#include "cmd/ctl/stop.h"
#include "cmd/text_value.h"
#include "zone/joined.h"

namespace meshdns {
namespace {

struct LintFlags {
  MeshFlags mesh;
  std::vector<std::string> files;
  std::vector<std::string> zones = {"global"};
  bool strict = false;
  bool probe = false;
};

LintOptions options_of(const LintFlags& flags) {
  LintOptions options;
  for (const std::string& zone : flags.zones) {
    options.zones.push_back(value_or_stop(parse_apex(zone), kUsage, "--zone: "));
  }
  return options;
}

Ended run(const LintFlags& flags) {
  const OutputForm form = check_mesh_flags(flags.mesh);
  LintOptions options = options_of(flags);
  const auto [meshes, notes] = read_meshes(flags.mesh, flags.files);
  if (flags.probe) options.unreachable = probe_gateways(gateway_addresses(meshes));
  LintReport report{lint(meshes, options), 0};
  for (const LintMesh& mesh : meshes) report.objects += mesh.size();
  const bool failed = report.count(Severity::kError) > 0 || (flags.strict && !report.findings.empty());
  return {failed ? kFailed : 0, "", report.text(form),
          joined(
              notes, [](const auto& note) { return "note: " + note + "\n"; }, "")};
}

}  // namespace

void add_lint(CtlCommand& root) {
  CtlCommand command = root.add("lint", "Hold ServiceEntries, VirtualServices and DestinationRules against each other",
                                "  # Manifests, before they are applied\n"
                                "  meshdnsctl lint manifests/ route.yaml --strict\n"
                                "\n"
                                "  # The same as they would stand in two clusters\n"
                                "  meshdnsctl lint manifests/ --context east --context west\n"
                                "\n"
                                "  # What the current cluster has, and whether its gateways can be reached from here\n"
                                "  meshdnsctl lint --probe\n");
  const auto flags = std::make_shared<LintFlags>();
  command.option("FILE", flags->files,
                 "Manifests and directories of them; - for standard input; without any, the cluster", "FILE");
  command.flag("--strict", flags->strict, "Exit with 1 for warnings, too");
  command.flag("--probe", flags->probe, "Connect to each gateway's port 15443 from here");
  command.repeated("--zone", flags->zones,
                   "What meshdns answers: hosts there have to fit into DNS; without it, global; may be repeated",
                   "ZONE");
  add_mesh_cluster_flags(command, flags->mesh, "the context's or default; of objects in FILE that say none");
  add_output_flag(command, flags->mesh.output);
  command.runs([flags] { return run(*flags); });
}

}  // namespace meshdns
