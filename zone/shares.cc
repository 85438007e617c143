#include "zone/shares.h"

#include <iterator>
#include <string_view>

namespace meshdns {
namespace {

std::string_view name_space(const Holding& holding) {
  const std::string_view object = holding.object();
  return object.substr(0, object.find('/'));
}

}  // namespace

bool Shares::add(Holding& holding) {
  const auto at = accounts_.try_emplace({holding.source, std::string(name_space(holding))}).first;
  Account& account = at->second;
  ++account.objects;
  account.records += holding.records;
  if (!account.is_ordered && account.records <= most_) return true;
  if (!account.is_ordered) order(at->first, account);
  account.waiting.insert(&holding);
  if (std::exchange(account.is_balanced, false)) unbalanced_.push_back(at);
  return false;
}

void Shares::remove(Holding& holding) {
  const auto at = accounts_.find({holding.source, std::string(name_space(holding))});
  Account& account = at->second;
  --account.objects;
  account.records -= holding.records;
  if (!account.is_ordered) {
    if (account.objects == 0) accounts_.erase(at);
    return;
  }
  if (holding.served != 0) {
    account.served.erase(&holding);
    account.served_records -= holding.records;
  } else {
    account.waiting.erase(&holding);
  }
  if (std::exchange(account.is_balanced, false)) unbalanced_.push_back(at);
}

/// From here on the account knows its holdings, in order. Those that were not served are the caller's to add.
void Shares::order(const Accounts::key_type& name, Account& account) const {
  account.is_ordered = true;
  claims_.for_each([&](Holding& holding) {
    if (holding.served == 0 || holding.source != name.first || name_space(holding) != name.second) return;
    account.served.insert(&holding);
    account.served_records += holding.records;
  });
}

void Shares::balance(const Change& serve, const Change& withhold) {
  for (const auto at : unbalanced_) {
    Account& account = at->second;
    balance(account, serve, withhold);
    account.is_balanced = true;
    // Not at the bound itself, or an object that comes and goes there would have all put in order each time.
    if (!account.waiting.empty() || account.records > most_ / 2) continue;
    account = Account{.objects = account.objects, .records = account.records, .served = {}, .waiting = {}};
    if (account.objects == 0) accounts_.erase(at);
  }
  unbalanced_.clear();
}

void Shares::balance(Account& account, const Change& serve, const Change& withhold) const {
  auto& served = account.served;
  auto& waiting = account.waiting;
  const auto admit = [&](Holding* holding) {
    waiting.erase(holding);
    served.insert(holding);
    account.served_records += holding->records;
    serve(*holding);
  };
  // Whoever waits and comes before one that is served takes its place, and the last ones leave until the rest fits.
  while (!waiting.empty() && !served.empty() && precedes(**waiting.begin(), **served.rbegin())) admit(*waiting.begin());
  while (account.served_records > most_) {
    Holding* const last = *served.rbegin();
    served.erase(last);
    waiting.insert(last);
    account.served_records -= last->records;
    withhold(*last);
  }
  while (!waiting.empty() && account.served_records + (*waiting.begin())->records <= most_) admit(*waiting.begin());
}

}  // namespace meshdns
