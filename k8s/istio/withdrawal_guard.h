#pragma once

// Against mass withdrawal: a control plane that was restored empty, or that lost its CRD (which deletes the objects first), must not
// blank the zone. What a cluster no longer has goes through here on its way to the feed:
//
//   calm ──▶ holding    within `window`, more than half of a source of over `small` entries would be gone. What of it was withdrawn
//                       already is put back; this and all that is gone from now on is served on.
//   holding ──▶ calm    nothing is held any more: each object came back, or is missing in a list that began `delay` after the hold,
//                       or release() was called.
//
// A list is of one namespace where the source is scoped. One that agrees decides what is its own; the rest waits for the lists of the
// others, which come when they can. What is gone only after that is held for `delay` anew.
//
// Of what was withdrawn within `window` the publications are kept, at most half of what the source has.
//
// Threads: the control thread alone. Time is what the callers say.

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "zone/publication.h"

namespace meshdns {

class EntryFeed;

class WithdrawalGuard {
 public:
  using Clock = std::chrono::steady_clock;

  struct Limits {
    size_t small = 20;  // entries: of so few, half may well be meant
    std::chrono::seconds window{
        10};  // a control plane deletes a CRD's objects faster; people and their tools take longer
    std::chrono::seconds delay{60};  // long enough to restore what a backup has, short enough to wait for
  };

  /// Asks for lists of all that the source has which begin at that time or later; again where one began earlier.
  using AskForList = std::function<void(Clock::time_point)>;

  /// The feed must outlive the guard.
  WithdrawalGuard(EntryFeed& feed, AskForList ask_for_list, Limits limits);

  /// The object is there.
  void exists(const std::string& object);

  /// The object was deleted, as a watch says. Decided by the next settle().
  void deleted(const std::string& object);

  /// A list that began then does not have these objects, which are served. Those that it confirms to be gone are withdrawn; the rest is
  /// decided by the next settle().
  void missing(const std::vector<std::string>& objects, Clock::time_point began);

  /// Decides; the feed's next flush() carries it out.
  void settle(Clock::time_point now);

  /// Withdraws all that is held, on the operator's word.
  void release();

 private:
  struct Withdrawn {
    Clock::time_point at;
    Publication publication;
  };

  bool is_mass_withdrawal();
  void forget_what_is_back();
  void hold(Clock::time_point now);
  void ask(Clock::time_point now);
  void withdraw(const std::string& object, Clock::time_point now);
  void end_hold();

  EntryFeed& feed_;
  const AskForList ask_for_list_;
  const Limits limits_;
  std::unordered_set<std::string> gone_;  // since the last settle()
  std::deque<Withdrawn> withdrawn_;       // within the window, the oldest first
  std::unordered_set<std::string> held_;  // gone, and served
  std::optional<Clock::time_point> due_;  // while holding: a list that begins then, or later, is believed
  bool one_agreed_ = false;               // of the lists that were asked for
};

}  // namespace meshdns
