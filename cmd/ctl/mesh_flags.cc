#include "cmd/ctl/mesh_flags.h"

#include <algorithm>
#include <set>

#include "cmd/ctl/command.h"
#include "cmd/ctl/stop.h"
#include "cmd/text_value.h"

namespace meshdns {
namespace {

void require_distinct(const std::string& flag, const std::vector<std::string>& values) {
  std::set<std::string> seen;
  for (const std::string& value : values) {
    if (value.empty()) stop(kUsage, flag + ": found nothing, expected a name");
    if (!seen.insert(value).second) stop(kUsage, flag + ": found " + quote(value) + " twice");
  }
}

}  // namespace

void add_mesh_cluster_flags(CtlCommand& command, MeshFlags& flags, const std::string& name_space) {
  command.option("--kubeconfig", flags.kubeconfig, "The kubeconfig; without it, $KUBECONFIG or ~/.kube/config", "FILE");
  command.repeated("--context", flags.contexts,
                   "The kubeconfig's context, of each cluster that calls; without it, its current one; may be repeated",
                   "NAME");
  command.option("-n,--namespace", flags.name_space, "The namespace; without it, " + name_space, "NAMESPACE");
}

void add_mesh_file_flag(CtlCommand& command, MeshFlags& flags) {
  command.repeated("--file", flags.files, "Manifests instead of a cluster; - for standard input; may be repeated",
                   "FILE");
}

void add_mesh_change_flags(CtlCommand& command, MeshFlags& flags) {
  command.repeated("--file", flags.files,
                   "Manifests instead of a cluster; - for standard input; printed as they are to be; may be repeated: "
                   "those behind the first are read alone",
                   "FILE");
  command.flag("--dry-run", flags.dry_run, "Print what would change, and change nothing");
  command.flag("--even-if-managed", flags.even_if_managed,
               "Change objects that Helm, Argo CD, Flux, Flagger or another owner keeps, and may change back");
}

void check_mesh_places(const MeshFlags& flags, bool files_of_context) {
  require_distinct("--context", flags.contexts);
  require_distinct("--file", flags.files);
  if (!flags.on_files() || flags.contexts.empty()) return;
  if (!files_of_context) stop(kUsage, "--file and --context: expected one of them");
  if (flags.contexts.size() > 1) stop(kUsage, "--context: expected one with --file, whose manifests these are");
}

OutputForm check_mesh_flags(const MeshFlags& flags, bool files_of_context) {
  check_mesh_places(flags, files_of_context);
  const OutputForm form = form_or_stop(flags.output);
  if (!flags.on_files()) return form;
  if (form != OutputForm::kText) stop(kUsage, "--output: expected text with --file, as the file itself is printed");
  return form;
}

}  // namespace meshdns
