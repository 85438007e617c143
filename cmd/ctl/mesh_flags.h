#pragma once

// The flags that the commands about the mesh share: which clusters, which files, and how a change is made.

#include <string>
#include <vector>

#include "cmd/ctl/output_flag.h"

namespace meshdns {

class CtlCommand;

struct MeshFlags {
  std::string kubeconfig;
  std::vector<std::string> contexts;  // empty: the current one
  std::string name_space;             // empty: as the command says
  std::vector<std::string> files;     // empty: the clusters; - is standard input
  bool dry_run = false;
  bool even_if_managed = false;
  std::string output = "text";

  bool on_files() const { return !files.empty(); }
};

/// --kubeconfig, --context (which may be repeated) and -n. `name_space`: what the command takes without -n, for its help.
void add_mesh_cluster_flags(CtlCommand& command, MeshFlags& flags, const std::string& name_space);

/// --file, of commands that read alone.
void add_mesh_file_flag(CtlCommand& command, MeshFlags& flags);

/// --file, --dry-run and --even-if-managed.
void add_mesh_change_flags(CtlCommand& command, MeshFlags& flags);

/// Stops with kUsage: a context or a file twice, --file together with --context, but for one that says whose manifests the files are where
/// the command asks for that (`files_of_context`).
void check_mesh_places(const MeshFlags& flags, bool files_of_context = false);

/// The same, and a form that is not one or not a file's own.
OutputForm check_mesh_flags(const MeshFlags& flags, bool files_of_context = false);

}  // namespace meshdns
