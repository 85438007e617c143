#pragma once

// The counts of a sidecar, read again and again while other things happen on the same loop.
//
// The page is large where the mesh is, and the sidecar too old to select from it: there is a pause behind each answer, four times as
// long as it took, so that neither the sidecar nor this program is kept from the requests.
//
// Threads: the loop's alone.

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace meshdns {

class EventLoop;

/// Every `every`, if the sidecar answers that fast.
class SidecarSampler {
 public:
  /// Gets each whole page of the status 200, and when it was asked for.
  using OnPage = std::function<void(std::string_view text, std::chrono::steady_clock::time_point asked)>;

  SidecarSampler(EventLoop& loop, std::string url, std::chrono::milliseconds every, OnPage on_page);
  ~SidecarSampler();
  SidecarSampler(const SidecarSampler&) = delete;
  SidecarSampler& operator=(const SidecarSampler&) = delete;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace meshdns
