#include "k8s/istio/service_entry_handler.h"

#include <spdlog/spdlog.h>

#include <utility>

#include "k8s/istio/entry_feed.h"

namespace meshdns {

ServiceEntryHandler::ServiceEntryHandler(EntryFeed& feed, WithdrawalGuard& guard, std::string name_space,
                                         std::function<void()> listed)
    : feed_(feed), guard_(guard), name_space_(std::move(name_space)), listed_(std::move(listed)) {}

void ServiceEntryHandler::list_begins() {
  list_ = feed_.begin_list();
  began_ = WithdrawalGuard::Clock::now();
}

void ServiceEntryHandler::upsert(std::string_view json) {
  feed_.event();
  auto entry = parse_service_entry(json);
  if (!entry) {
    feed_.source().count_error(SourceError::kProtocol);
    spdlog::warn("source {}: passed over an object that is no ServiceEntry: {}", feed_.source().name(), entry.error());
    return;
  }
  guard_.exists(entry->object());
  feed_.upsert(*std::move(entry));
}

void ServiceEntryHandler::remove(std::string_view json) {
  feed_.event();
  const auto entry = parse_service_entry(json);
  if (entry) guard_.deleted(entry->object());  // else it was not served either
}

void ServiceEntryHandler::list_ends() {
  guard_.missing(feed_.finish_list(list_, name_space_), began_);
  flush();
  listed_();
}

void ServiceEntryHandler::flush() {
  guard_.settle(WithdrawalGuard::Clock::now());
  feed_.flush();
}

}  // namespace meshdns
