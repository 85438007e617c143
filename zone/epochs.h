#pragma once

// Reclamation by epochs: readers mark when they look at shared memory, the writer frees what no reader can still see.
//
// Threads: any number of readers, each with a Reader of its own; one writer at a time for everything else. A Reader
// enters once a batch of queries and leaves at its end: entering is one atomic exchange, leaving one store.
//
// Why it holds (and why ThreadSanitizer agrees): a writer first unlinks, then advances the epoch, then reads the
// readers' marks. A reader that the writer did not see had not yet exchanged its mark; its next read of the epoch then
// gives the advanced one, which orders everything unlinked before it.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <vector>

namespace meshdns {

class Epochs {
 public:
  class Reader {
   public:
    explicit Reader(Epochs& epochs);
    ~Reader();
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;

    void enter() {
      mark_->epoch.exchange(epochs_.epoch_.load(std::memory_order_relaxed), std::memory_order_seq_cst);
      epochs_.epoch_.load(std::memory_order_seq_cst);
    }
    void leave() { mark_->epoch.store(kOutside, std::memory_order_release); }

   private:
    friend class Epochs;
    // A cache line each, so that entering does not disturb another reader.
    struct alignas(64) Mark {
      std::atomic<uint64_t> epoch{kOutside};
    };

    Epochs& epochs_;
    Mark* const mark_;
  };

  /// Enters for the time of a block.
  class Guard {
   public:
    explicit Guard(Reader& reader) : reader_(reader) { reader_.enter(); }
    ~Guard() { reader_.leave(); }
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;

   private:
    Reader& reader_;
  };

  Epochs() = default;
  ~Epochs();  // frees what is left; no Reader may be alive
  Epochs(const Epochs&) = delete;
  Epochs& operator=(const Epochs&) = delete;

  /// Writer: `memory` is unlinked and will be freed, by `release`, when no reader can see it any more.
  void retire(const void* memory, size_t bytes, void (*release)(const void*));

  /// Writer: frees what can be freed. Cheap enough for the end of every batch.
  void reclaim();

  /// Any thread: octets that are retired and not yet freed.
  uint64_t retired_bytes() const { return retired_bytes_.load(std::memory_order_relaxed); }

 private:
  static constexpr uint64_t kOutside = ~uint64_t{0};

  struct Retired {
    const void* memory;
    size_t bytes;
    void (*release)(const void*);
    uint64_t epoch;  // at which it was unlinked
  };

  uint64_t oldest_reader();

  alignas(64) std::atomic<uint64_t> epoch_{1};
  std::atomic<uint64_t> retired_bytes_{0};
  std::deque<Retired> retired_;  // oldest first
  std::mutex marks_mutex_;       // registration only, never on the query path
  std::vector<Reader::Mark*> marks_;
};

}  // namespace meshdns
