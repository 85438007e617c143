#pragma once

// Takes ServiceEntries from a reflector and passes them on to a feed.
//
// A reflector mirrors either a whole cluster or one namespace of it. In the first case a list of the reflector is a
// list of the source, and the catalog finds what is gone; the handler remembers nothing. In the second a list is one
// namespace's, which says nothing about the others, so the handler itself remembers which objects the namespace has
// (by name) and withdraws what a list no longer has.
//
// Threads: the control thread alone.

#include <functional>
#include <set>
#include <string>
#include <string_view>

#include "k8s/api/object_handler.h"

namespace meshdns {

class EntryFeed;

class ServiceEntryHandler : public ObjectHandler {
 public:
  enum class Scope { kSource, kNamespace };

  /// `listed` is called at the end of each list, when what it had has been applied. The feed must outlive the handler.
  ServiceEntryHandler(EntryFeed& feed, Scope scope, std::function<void()> listed);

  void list_begins() override;
  void upsert(std::string_view json) override;
  void remove(std::string_view json) override;
  void list_ends() override;
  void flush() override;

 private:
  EntryFeed& feed_;
  const Scope scope_;
  const std::function<void()> listed_;
  std::set<std::string> objects_;   // kNamespace: what the namespace has
  std::set<std::string> unlisted_;  // kNamespace, during a list: those of them that it has not had yet
};

}  // namespace meshdns
