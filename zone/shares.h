#pragma once

// What each namespace takes of the server, and which of its objects are served where that is too much: the oldest, as far as they fit,
// so that every replica serves the same ones whatever they came in. For the catalog's thread.
//
// Almost all namespaces are far below the bound, and cost a number each. Above it a namespace's objects are kept in order; a change then
// moves the boundary between those that are served and those that wait by about its own size.

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "zone/claims.h"
#include "zone/holding.h"

namespace meshdns {

/// Records of one namespace of one source, as Holding counts them. 100,000 entries with five addresses and ports each fit, all in one
/// namespace; the hosts of one that is full take some 300 MB, which is what a server needs in reserve for each whom it cannot trust.
inline constexpr uint64_t kMostOfNamespace = 1'048'576;

class Shares {
 public:
  explicit Shares(const Claims& claims, uint64_t most = kMostOfNamespace) : claims_(claims), most_(most) {}

  /// The holding is among the claims, not yet served. Whether it may be, at once; else it waits for balance().
  bool add(Holding& holding);

  /// The holding is about to leave the claims.
  void remove(Holding& holding);

  /// Calls `serve` and `withhold` for the holdings that come before and behind the boundary now. They set Holding::served.
  using Change = std::function<void(Holding&)>;
  void balance(const Change& serve, const Change& withhold);

  template <class Visit>
  void for_each_waiting(Visit visit) const {
    for (const auto& [name, account] : accounts_) {
      for (const Holding* holding : account.waiting) visit(*holding);
    }
  }

 private:
  struct Precedence {
    bool operator()(const Holding* a, const Holding* b) const { return precedes(*a, *b); }
  };
  struct Account {
    uint64_t objects = 0;
    uint64_t records = 0;     // of all of them
    bool is_ordered = false;  // else nobody waits, and the rest is not filled in
    bool is_balanced = true;
    uint64_t served_records = 0;
    std::set<Holding*, Precedence> served;
    std::set<Holding*, Precedence> waiting;
  };
  using Accounts = std::map<std::pair<SourceId, std::string>, Account>;

  void order(const Accounts::key_type& name, Account& account) const;
  void balance(Account& account, const Change& serve, const Change& withhold) const;

  const Claims& claims_;
  const uint64_t most_;
  Accounts accounts_;
  std::vector<Accounts::iterator> unbalanced_;
};

}  // namespace meshdns
