#pragma once

// What lint has found, as it is printed.

#include <cstddef>
#include <string>
#include <vector>

#include "cmd/ctl/output.h"
#include "k8s/mesh/lint.h"

namespace meshdns {

struct LintReport {
  std::vector<Finding> findings;
  size_t objects = 0;  // that were judged

  size_t count(Severity severity) const;

  /// A finding a line, as compilers have it, and how many there are; or the same for programs.
  std::string text(OutputForm form) const;
};

}  // namespace meshdns
