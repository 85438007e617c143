#pragma once

// What goes wrong with a source, told once: counted every time, logged when it begins and when it turns into something
// else. Threads: the control thread.

#include <optional>
#include <string>

#include "zone/sources.h"

namespace meshdns {

class Trouble {
 public:
  explicit Trouble(Source& source) : source_(source) {}

  /// `what` happened, and what it means or what to do: sentences without a full stop. `detail` tells troubles of one
  /// kind apart.
  void begins(SourceError kind, int detail, const std::string& what);

  /// All is well; whether that is news.
  bool over();

  bool is(SourceError kind) const { return present_ && present_->error == kind; }

 private:
  struct Kind {
    SourceError error;
    int detail;
    bool operator==(const Kind&) const = default;
  };

  Source& source_;
  std::optional<Kind> present_;
};

}  // namespace meshdns
