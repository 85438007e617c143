#pragma once

// Says once what is not served, and why: a line for each object and reason, again only when that object leaves out
// something else. Remembers only objects that leave something out, in some 100 bytes each.
//
// Threads: the control thread alone.

#include <cstddef>
#include <string>
#include <unordered_map>
#include <vector>

#include "zone/publication.h"

namespace meshdns {

class SkipLog {
 public:
  /// `source`: the name under which the lines say where the objects come from.
  explicit SkipLog(std::string source) : source_(std::move(source)) {}

  /// The object exists, and leaves out what it says.
  void note(const std::string& object, const std::vector<Skipped>& skipped);

  /// The object is gone.
  void forget(const std::string& object) { reported_.erase(object); }

 private:
  std::string source_;
  std::unordered_map<std::string, size_t> reported_;  // by object: the hash of what was left out
};

}  // namespace meshdns
