#pragma once

// Whether a file of ours would be the second that serves the zone: CoreDNS loads none of a Corefile in which one zone stands twice. A pure
// function.

#include <map>
#include <optional>
#include <string>

#include "k8s/stub/stub_domain.h"
#include "zone/result.h"

namespace meshdns {

/// The error names who serves it: the Corefile, or one of the `files` that it imports, key → text, of which `own` is ours. A file that cannot
/// be read on its own, as it may use snippets of others, is passed over.
std::optional<Error> served_elsewhere(const std::string& corefile, const std::map<std::string, std::string>& files,
                                      const std::string& own, const Name& zone);

}  // namespace meshdns
