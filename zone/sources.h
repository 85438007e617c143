#pragma once

// What is known of each source: whether it has synced, when it was last heard, what went wrong how often. Sources write
// it on the control thread; readiness and metrics read it from any thread at any time without waiting.

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace meshdns {

/// The position of a source among all: where several claim a host, the first of them has it.
using SourceId = uint16_t;

/// The cluster that we are in, or the source that stands for it: always required.
inline constexpr SourceId kLocalSource = 0;

/// What a source can fail at; the text form is a metric's label.
enum class SourceError : uint8_t {
  kConnect,       // no connection, or it broke
  kUnauthorized,  // 401
  kForbidden,     // 403
  kNotFound,      // 404: the resource is not served
  kExpired,       // 410: the resourceVersion is gone
  kThrottled,     // 429
  kServer,        // 5xx
  kProtocol,      // an answer that is not what the API promises
  kFile,          // a file that cannot be read or parsed
};
inline constexpr size_t kSourceErrors = 9;
std::string_view text(SourceError error);  // "forbidden"

/// One source's state. Writers: the control thread alone. Readers: any thread.
class Source {
 public:
  explicit Source(std::string name, bool required) : name_(std::move(name)), required_(required) {}

  const std::string& name() const { return name_; }
  bool required() const { return required_; }

  /// Has delivered all that it has, once.
  bool synced() const { return synced_.load(std::memory_order_acquire); }

  /// Serves what a snapshot holds of it until it has synced. restored_at(): Unix seconds, when the snapshot was taken, or an earlier one
  /// from which it came; 0: it serves nothing of a snapshot.
  bool stale() const { return restored_at() != 0 && !synced(); }
  int64_t restored_at() const { return restored_at_.load(std::memory_order_acquire); }

  /// Whether all that it has is known: from itself, or from the time when the snapshot was taken.
  bool known() const { return synced() || restored_whole_.load(std::memory_order_acquire); }

  /// Whether a name that nobody has told of may be taken not to exist, as far as this source goes: it is known, or it is optional and
  /// has been waited for in vain.
  bool settled() const { return known() || given_up_.load(std::memory_order_acquire); }

  int64_t last_event() const {
    return last_event_.load(std::memory_order_relaxed);
  }  // Unix seconds, 0 before the first
  /// It has been waited for in vain, and is not known yet.
  bool given_up() const { return settled() && !known(); }

  uint64_t relists() const { return relists_.load(std::memory_order_relaxed); }
  uint64_t entries() const { return entries_.load(std::memory_order_relaxed); }

  /// Of the entries those that are gone at the source and served until that is certain.
  uint64_t withdrawals_held() const { return withdrawals_held_.load(std::memory_order_relaxed); }

  uint64_t errors(SourceError error) const { return errors_[index(error)].load(std::memory_order_relaxed); }

  void give_up() { given_up_.store(true, std::memory_order_release); }
  void set_restored(int64_t unix_seconds, bool whole) {
    restored_whole_.store(whole, std::memory_order_release);
    restored_at_.store(unix_seconds, std::memory_order_release);
  }
  void set_synced() { synced_.store(true, std::memory_order_release); }
  void set_entries(uint64_t count) { entries_.store(count, std::memory_order_relaxed); }
  void set_withdrawals_held(uint64_t count) { withdrawals_held_.store(count, std::memory_order_relaxed); }
  void heard(int64_t unix_seconds) { last_event_.store(unix_seconds, std::memory_order_relaxed); }
  void count_relist() { relists_.fetch_add(1, std::memory_order_relaxed); }
  void count_error(SourceError error) { errors_[index(error)].fetch_add(1, std::memory_order_relaxed); }

 private:
  static size_t index(SourceError error) { return static_cast<size_t>(error); }

  const std::string name_;
  const bool required_;
  std::atomic<bool> synced_{false};
  std::atomic<bool> given_up_{false};
  std::atomic<bool> restored_whole_{false};
  std::atomic<int64_t> restored_at_{0};
  std::atomic<int64_t> last_event_{0};
  std::atomic<uint64_t> relists_{0};
  std::atomic<uint64_t> entries_{0};
  std::atomic<uint64_t> withdrawals_held_{0};
  std::array<std::atomic<uint64_t>, kSourceErrors> errors_{};
};

/// All sources, the local one first, then in the configuration's order; SourceId is the index. Fixed once the server runs.
using Sources = std::vector<std::unique_ptr<Source>>;

}  // namespace meshdns
