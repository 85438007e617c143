#pragma once

// What the messages of lint's rules have in common.

#include <string>
#include <string_view>
#include <vector>

#include "k8s/mesh/lint_mesh.h"
#include "zone/name.h"

namespace meshdns {

/// The object and where it stands: "ServiceEntry bar/a (entries.yaml:12)".
std::string with_place(const ObjectIdentity& object);

/// Who declares the host, the first of several; empty: nobody.
std::string declaring(const Declared& declared);

/// What to write in place of a host that nobody declares, as a clause: "; the nearest is a.bar.global, of …: write that, or …".
/// `most`: edits between the two.
std::string suggestion(const LintMesh& mesh, const std::string& host, size_t most);

/// How many edits still are a mistake in writing the host.
size_t likely_edits(std::string_view host);

/// A host's port, whoever declares it.
struct DeclaredPort {
  uint16_t number;
  std::string name;
  std::string protocol;  // lower case; empty: not known
};

/// Each number once.
std::vector<DeclaredPort> ports_of(const Declared& declared);

/// "8000 (http1), 8001 (http2)"; of many, the first.
std::string list_of(const std::vector<DeclaredPort>& ports);

/// Whether Istio treats what comes to such a port as HTTP, or may: it looks at the traffic where it does not know.
bool may_be_http(const DeclaredPort& port);

/// Whether meshdns answers the host: it is in one of the zones, whatever else is wrong with it.
bool is_in(const std::vector<Name>& zones, std::string_view host);
bool has_host_in(const std::vector<Name>& zones, const MeshEntry& entry);

/// The rule that most clients of the host follow: of the entry's namespace, else of Istio's, else of another. Null: none.
const DestinationRule* followed_rule(const LintMesh& mesh, const LintEntry& entry, const std::string& host);

/// Whether the host is one of a cluster's own Services, in full.
bool is_service_host(std::string_view host);

}  // namespace meshdns
