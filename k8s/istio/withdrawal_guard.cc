#include "k8s/istio/withdrawal_guard.h"

#include <spdlog/spdlog.h>

#include <utility>

#include "k8s/istio/entry_feed.h"

namespace meshdns {

WithdrawalGuard::WithdrawalGuard(EntryFeed& feed, AskForList ask_for_list, Limits limits)
    : feed_(feed), ask_for_list_(std::move(ask_for_list)), limits_(limits) {}

void WithdrawalGuard::exists(const std::string& object) {
  gone_.erase(object);
  if (held_.erase(object) == 0 || !held_.empty()) return;
  spdlog::info("source {}: the ServiceEntries that were gone are back", feed_.source().name());
  end_hold();
}

void WithdrawalGuard::deleted(const std::string& object) {
  if (feed_.published(object)) gone_.insert(object);
}

void WithdrawalGuard::missing(const std::vector<std::string>& objects, Clock::time_point began) {
  const bool agrees = due_ && began >= *due_;
  size_t withdrawn = 0;
  for (const std::string& object : objects) {
    if (!held_.contains(object)) {
      gone_.insert(object);
    } else if (agrees) {
      feed_.remove(object);
      held_.erase(object);
      ++withdrawn;
    }
  }
  if (withdrawn > 0) {
    spdlog::warn("source {}: withdrew {} ServiceEntries: a list agrees that they are gone", feed_.source().name(),
                 withdrawn);
  }
  if (due_ && held_.empty()) end_hold();
  if (!due_) return;
  if (agrees) {
    one_agreed_ = true;
  } else {
    ask_for_list_(*due_);
  }
}

void WithdrawalGuard::settle(Clock::time_point now) {
  while (!withdrawn_.empty() && now - withdrawn_.front().at >= limits_.window) withdrawn_.pop_front();
  if (!due_ && is_mass_withdrawal()) hold(now);
  if (due_ && one_agreed_ && !gone_.empty()) ask(now);
  for (const std::string& object : gone_) {
    if (due_) {
      held_.insert(object);
    } else {
      withdraw(object, now);
    }
  }
  gone_.clear();
  feed_.source().set_withdrawals_held(held_.size());
}

void WithdrawalGuard::release() {
  if (!due_) return;
  for (const std::string& object : held_) feed_.remove(object);
  spdlog::warn("source {}: withdrew {} ServiceEntries, without a list that agrees", feed_.source().name(),
               held_.size());
  end_hold();
}

bool WithdrawalGuard::is_mass_withdrawal() {
  const auto more_than_half = [this] {
    const size_t before = feed_.source().entries() + withdrawn_.size();
    return before > limits_.small && 2 * (withdrawn_.size() + gone_.size()) > before;
  };
  if (!more_than_half()) return false;
  forget_what_is_back();
  return more_than_half();
}

void WithdrawalGuard::forget_what_is_back() {
  std::erase_if(withdrawn_, [this](const Withdrawn& each) { return feed_.published(each.publication.object); });
}

void WithdrawalGuard::hold(Clock::time_point now) {
  const size_t entries = feed_.source().entries() + withdrawn_.size();
  const size_t gone = withdrawn_.size() + gone_.size();
  for (Withdrawn& each : withdrawn_) {
    held_.insert(each.publication.object);
    feed_.put_back(std::move(each.publication));
  }
  withdrawn_.clear();
  spdlog::warn(
      "source {}: {} of {} ServiceEntries are gone, more than half at once: they are served until a list in {} s "
      "agrees; if this is meant, SIGHUP withdraws them now, in Kubernetes kubectl rollout restart",
      feed_.source().name(), gone, entries, limits_.delay.count());
  ask(now);
}

void WithdrawalGuard::ask(Clock::time_point now) {
  due_ = now + limits_.delay;
  one_agreed_ = false;
  ask_for_list_(*due_);
}

void WithdrawalGuard::withdraw(const std::string& object, Clock::time_point now) {
  if (auto publication = feed_.published(object)) withdrawn_.push_back({now, *std::move(publication)});
  feed_.remove(object);
}

void WithdrawalGuard::end_hold() {
  held_.clear();
  due_.reset();
  feed_.source().set_withdrawals_held(0);
}

}  // namespace meshdns
