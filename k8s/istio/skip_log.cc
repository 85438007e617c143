#include "k8s/istio/skip_log.h"

#include <spdlog/spdlog.h>

#include <array>
#include <functional>
#include <string_view>

namespace meshdns {
namespace {

size_t hash_of(const std::vector<Skipped>& skipped) {
  std::string all;
  for (const Skipped& part : skipped) all.append(text(part.reason)).append(part.what).push_back('\0');
  return std::hash<std::string>()(all);
}

}  // namespace

void SkipLog::note(const Publication& publication) {
  if (publication.skipped.empty()) return forget(publication.object);
  const Reported now{hash_of(publication.skipped), list_};
  const auto [found, is_new] = reported_.try_emplace(publication.object, now);
  const bool is_known = !is_new && found->second.hash == now.hash;
  found->second = now;
  if (is_known) return;

  std::array<size_t, kSkipReasons> counts{};
  for (const Skipped& part : publication.skipped) ++counts.at(static_cast<size_t>(part.reason));
  for (const Skipped& part : publication.skipped) {
    const size_t count = std::exchange(counts.at(static_cast<size_t>(part.reason)), 0);
    if (count == 0) continue;  // its reason has been said
    // What is exported to some namespaces only is as its owner wants it.
    const auto level = part.reason == SkipReason::kNotExported ? spdlog::level::info : spdlog::level::warn;
    const std::string more = count == 1 ? "" : " and " + std::to_string(count - 1) + " more";
    spdlog::log(level, "source {}: ServiceEntry {}: not served, {}: '{}'{}: {}", source_, publication.object,
                text(part.reason), part.what, more, part.detail);
  }
}

void SkipLog::finish_list() {
  std::erase_if(reported_, [this](const auto& entry) { return entry.second.list != list_; });
}

}  // namespace meshdns
