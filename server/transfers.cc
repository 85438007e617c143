#include "server/transfers.h"

#include <spdlog/spdlog.h>
#include <sys/resource.h>

#include <algorithm>
#include <utility>

#include "zone/zone.h"

namespace meshdns {
namespace {

void log_refusal(const Zone& zone, std::string_view why) {
  spdlog::error("no transfer of zone {}: {}", zone.apex().text(), why);
}

void log_stop(const Zone& zone) { spdlog::info("no transfer of zone {}: the server stops", zone.apex().text()); }

}  // namespace

Transfers::Transfers(CopyZone copy_zone) : copy_zone_(std::move(copy_zone)) {}

Transfers::~Transfers() { stop(); }

void Transfers::ask(const Zone& zone, std::weak_ptr<const void> asker, std::function<void(const Image&)> ready) {
  std::unique_lock lock(mutex_);
  if (stopping_) {
    lock.unlock();
    log_stop(zone);
    return ready(nullptr);
  }
  waiting_.push_back({&zone, std::move(asker), std::move(ready)});
  if (!thread_.joinable()) {
    thread_ = std::thread([this] { run(); });
    pthread_setname_np(thread_.native_handle(), "transfers");
  }
  news_.notify_one();
}

void Transfers::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    news_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
  for (const Request& request : std::exchange(waiting_, {})) {
    log_stop(*request.zone);
    request.ready(nullptr);
  }
}

void Transfers::run() {
  // Linux: of this thread alone. Queries and updates come first; the least that it gets beside them is one part in 70. (SCHED_IDLE would
  // leave it one in 340: beside whatever else the machine does, a transfer would not come to its end.)
  setpriority(PRIO_PROCESS, 0, 19);
  for (;;) {
    const std::vector<Request> requests = take_requests_for_one_zone();
    if (requests.empty()) return;
    const Image image = image_of(*requests.front().zone);
    for (const Request& request : requests) request.ready(image);
  }
}

/// Waits for them. None: the end.
std::vector<Transfers::Request> Transfers::take_requests_for_one_zone() {
  std::vector<Request> taken;
  std::unique_lock lock(mutex_);
  for (;;) {
    news_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    if (stopping_) return taken;
    std::erase_if(waiting_, [](const Request& request) { return request.asker.expired(); });
    if (waiting_.empty()) continue;
    const auto others = std::stable_partition(
        waiting_.begin(), waiting_.end(), [zone = waiting_.front().zone](const Request& r) { return r.zone == zone; });
    taken.assign(std::move_iterator(waiting_.begin()), std::move_iterator(others));
    waiting_.erase(waiting_.begin(), others);
    return taken;
  }
}

Transfers::Image Transfers::image_of(const Zone& zone) {
  std::erase_if(images_, [](const auto& each) { return each.second.expired(); });
  for (const auto& [of, alive] : images_) {
    if (Image image = of == &zone ? alive.lock() : nullptr; image && image->serial == zone.serial()) return image;
  }
  const auto refuse = [&](std::string_view why) -> Image {
    stopping_ ? log_stop(zone) : log_refusal(zone, why);
    return nullptr;
  };
  if (images_.size() >= kMostImages) {
    return refuse(fmt::format("{} states of zones are being transferred already, which is the most", kMostImages));
  }
  const auto copy = copy_zone_(zone);
  if (!copy) return refuse("the control thread did not answer: it was busy, or the server stops");
  if (copy->owners().empty()) return refuse("it has not been read");
  auto image = TransferImage::write(*copy, stopping_);
  if (!image) return refuse(image.error());
  images_.emplace_back(&zone, *image);
  return *image;
}

}  // namespace meshdns
