#pragma once

// Takes ServiceEntries from a reflector and passes them on: what there is to a feed, what is gone to a guard. It remembers no objects:
// at the end of a list the catalog tells what is gone.
//
// A reflector mirrors either a whole cluster or one namespace of it, whose lists say nothing about the others.
//
// Threads: the control thread alone.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "k8s/api/object_handler.h"
#include "k8s/istio/withdrawal_guard.h"

namespace meshdns {

class EntryFeed;

class ServiceEntryHandler : public ObjectHandler {
 public:
  /// `name_space` is empty for the whole cluster. `listed` is called at the end of each list, when what it had has been applied. Feed
  /// and guard must outlive the handler.
  ServiceEntryHandler(EntryFeed& feed, WithdrawalGuard& guard, std::string name_space, std::function<void()> listed);

  void list_begins() override;
  void upsert(std::string_view json) override;
  void remove(std::string_view json) override;
  void list_ends() override;
  void flush() override;

 private:
  EntryFeed& feed_;
  WithdrawalGuard& guard_;
  const std::string name_space_;
  const std::function<void()> listed_;
  uint32_t list_ = 0;                         // the last that began
  WithdrawalGuard::Clock::time_point began_;  // when it did
};

}  // namespace meshdns
