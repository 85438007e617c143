#include "k8s/api/trouble.h"

#include <spdlog/spdlog.h>

#include <utility>

namespace meshdns {

void Trouble::begins(SourceError kind, int detail, const std::string& what) {
  source_.count_error(kind);
  if (present_ == Kind{kind, detail}) return;
  present_ = Kind{kind, detail};
  // A CRD that is not installed yet is nothing to worry about.
  const auto level = kind == SourceError::kNotFound ? spdlog::level::info : spdlog::level::warn;
  const char* meanwhile = source_.synced() ? "the last known data is served" : "its names are not known yet";
  spdlog::log(level, "source {}: {}; meanwhile {}", source_.name(), what, meanwhile);
}

bool Trouble::over() { return std::exchange(present_, std::nullopt).has_value(); }

}  // namespace meshdns
