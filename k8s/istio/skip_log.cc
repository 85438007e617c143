#include "k8s/istio/skip_log.h"

#include <spdlog/spdlog.h>

#include <array>
#include <functional>
#include <string_view>
#include <utility>

namespace meshdns {
namespace {

size_t hash_of(const std::vector<Skipped>& skipped) {
  std::string all;
  for (const Skipped& part : skipped) all.append(text(part.reason)).append(part.what).push_back('\0');
  return std::hash<std::string>()(all);
}

}  // namespace

void SkipLog::note(const std::string& object, const std::vector<Skipped>& skipped) {
  if (skipped.empty()) return forget(object);
  const size_t now = hash_of(skipped);
  const auto [found, is_new] = reported_.try_emplace(object, now);
  if (std::exchange(found->second, now) == now && !is_new) return;

  std::array<size_t, kSkipReasons> counts{};
  for (const Skipped& part : skipped) ++counts.at(static_cast<size_t>(part.reason));
  for (const Skipped& part : skipped) {
    const size_t count = std::exchange(counts.at(static_cast<size_t>(part.reason)), 0);
    if (count == 0) continue;  // its reason has been said
    // What is exported to some namespaces only is as its owner wants it.
    const auto level = part.reason == SkipReason::kNotExported ? spdlog::level::info : spdlog::level::warn;
    const std::string more = count == 1 ? "" : " and " + std::to_string(count - 1) + " more";
    spdlog::log(level, "source {}: ServiceEntry {}: not served, {}: '{}'{}: {}", source_, object, text(part.reason),
                part.what, more, part.detail);
  }
}

}  // namespace meshdns
