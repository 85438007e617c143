#include "k8s/istio/withdrawal_guard.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/k8s/istio/log_capture.h"
#include "tests/k8s/istio/world.h"

namespace meshdns {
namespace {

using std::chrono::seconds;

/// A source of `entries` in each namespace, bar/e0 and so on, and a clock.
struct Cluster {
  explicit Cluster(int entries, const std::vector<std::string>& namespaces = {"bar"}) {
    feed.set_synced();
    for (const std::string& name_space : namespaces) {
      for (int i = 0; i < entries; ++i) create(i, name_space);
    }
    flush();
  }

  void create(int i, const std::string& name_space = "bar") {
    ServiceEntry entry;
    entry.name_space = name_space;
    entry.name = "e" + std::to_string(i);
    entry.hosts = {entry.name + "." + name_space + ".global"};
    entry.addresses = {"240.0.0.1"};
    guard.exists(entry.object());
    feed.upsert(std::move(entry));
  }
  void remove(int from, int to, const std::string& name_space = "bar") {
    for (int i = from; i < to; ++i) guard.deleted(name_space + "/e" + std::to_string(i));
  }
  void flush() {
    guard.settle(now);
    feed.flush();
  }

  /// A list that has the entries from `from` to `to` and began some seconds ago.
  void list(int from, int to, seconds ago = seconds{0}, const std::string& name_space = "bar") {
    const uint32_t list = feed.begin_list();
    for (int i = from; i < to; ++i) create(i, name_space);
    guard.missing(feed.finish_list(list, name_space), now - ago);
    flush();
  }

  uint64_t entries() const { return world.source.entries(); }
  uint64_t held() const { return world.source.withdrawals_held(); }

  World world;
  EntryFeed feed = world.feed();
  WithdrawalGuard::Clock::time_point now{};
  std::vector<WithdrawalGuard::Clock::time_point> asked;  // for lists
  WithdrawalGuard guard{feed, [this](auto due) { asked.push_back(due); }, {}};
};

TEST_CASE("what is withdrawn at once, and what is held") {
  struct Case {
    const char* name;
    int entries;
    std::vector<int> deleted;  // a batch each, the next after `pause`
    seconds pause;
    uint64_t served, held;
  };
  const std::vector<Case> cases = {
      {"half", 40, {20}, {}, 20, 0},
      {"more than half", 40, {21}, {}, 40, 21},
      {"all of twenty", 20, {20}, {}, 0, 0},
      {"all of twenty-one", 21, {21}, {}, 21, 21},
      {"more than half in several batches", 40, {10, 10, 1}, seconds{4}, 40, 21},
      {"as many, and slowly", 40, {10, 10, 10}, seconds{10}, 10, 0},
      {"what comes after is held as well", 40, {25, 5}, seconds{20}, 40, 30},
  };
  for (const Case& c : cases) {
    for (const bool lists : {false, true}) {
      CAPTURE(c.name);
      CAPTURE(lists);
      LogCapture log;
      Cluster cluster(c.entries);
      int gone = 0;
      for (const int n : c.deleted) {
        if (lists) {
          cluster.list(gone + n, c.entries);
        } else {
          cluster.remove(gone, gone + n);
          cluster.flush();
        }
        gone += n;
        cluster.now += c.pause;
      }
      CHECK(cluster.entries() == c.served);
      CHECK(cluster.held() == c.held);
      CHECK(log.take().size() == (c.held > 0 ? 1 : 0));
      CHECK(cluster.asked.empty() == (c.held == 0));
      CHECK(cluster.world.answer("e0.bar.global") == (c.held > 0 ? "240.0.0.1" : "nxdomain"));
    }
  }
}

TEST_CASE("a list a minute later decides") {
  struct Case {
    const char* name;
    int from, to;          // what the list has, of forty; thirty are held
    seconds after, lasts;  // when it ends, and how long it took
    uint64_t served, held;
  };
  const std::vector<Case> cases = {
      {"it agrees", 30, 40, seconds{60}, seconds{0}, 10, 0},
      {"it comes too early", 30, 40, seconds{59}, seconds{0}, 40, 30},
      {"it began too early", 30, 40, seconds{65}, seconds{6}, 40, 30},
      {"all are back", 0, 40, seconds{60}, seconds{0}, 40, 0},
      {"all are back sooner", 0, 40, seconds{5}, seconds{0}, 40, 0},
      {"some are back", 20, 40, seconds{60}, seconds{0}, 20, 0},
      {"some are back sooner", 20, 40, seconds{5}, seconds{0}, 40, 20},
      {"others are gone", 0, 30, seconds{60}, seconds{0}, 30, 0},
      {"others are gone, too", 0, 10, seconds{60}, seconds{0}, 10, 0},
      {"nothing is there", 0, 0, seconds{60}, seconds{0}, 0, 0},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    Cluster cluster(40);
    cluster.remove(0, 30);
    cluster.flush();
    CHECK(cluster.asked == std::vector{cluster.now + seconds{60}});
    cluster.now += c.after;
    cluster.list(c.from, c.to, c.lasts);
    CHECK(cluster.entries() == c.served);
    CHECK(cluster.held() == c.held);
    CHECK(cluster.asked.size() == (c.held > 0 ? 2 : 1));
  }
}

TEST_CASE("of several namespaces each one's list decides, and the others are waited for") {
  struct Step {
    const char* name;
    seconds at;
    const char* name_space;
    int from, to;  // what is gone there, of forty
    bool lists;
    uint64_t served, held;
    std::vector<seconds> asked;  // for lists at that time
  };
  const std::vector<Step> steps = {
      {"some of bar", seconds{0}, "bar", 0, 25, false, 55, 0, {}},
      {"and of foo", seconds{1}, "foo", 0, 30, false, 80, 55, {seconds{61}}},
      {"foo's list comes too early", seconds{59}, "foo", 0, 30, true, 80, 55, {seconds{61}}},
      {"bar's list agrees, foo's is refused", seconds{61}, "bar", 0, 25, true, 55, 30, {}},
      {"bar's list once more", seconds{65}, "bar", 0, 25, true, 55, 30, {}},
      {"one of bar is gone later", seconds{70}, "bar", 25, 26, false, 55, 31, {seconds{130}}},
      {"and another", seconds{80}, "bar", 26, 27, false, 55, 32, {}},
      {"foo's list comes too early again", seconds{100}, "foo", 0, 30, true, 55, 32, {seconds{130}}},
      {"bar's list agrees again", seconds{130}, "bar", 0, 27, true, 53, 30, {}},
      {"and foo's, at last, of which more is gone", seconds{200}, "foo", 0, 35, true, 18, 0, {}},
  };
  Cluster cluster(40, {"bar", "foo"});
  for (const Step& step : steps) {
    CAPTURE(step.name);
    cluster.now = WithdrawalGuard::Clock::time_point(step.at);
    cluster.asked.clear();
    if (step.lists) {
      cluster.list(step.to, 40, seconds{0}, step.name_space);
    } else {
      cluster.remove(step.from, step.to, step.name_space);
      cluster.flush();
    }
    CHECK(cluster.entries() == step.served);
    CHECK(cluster.held() == step.held);
    std::vector<seconds> asked;
    for (const auto& due : cluster.asked) asked.push_back(std::chrono::duration_cast<seconds>(due.time_since_epoch()));
    CHECK(asked == step.asked);
  }
}

TEST_CASE("what is put back is as it was") {
  Cluster cluster(40);
  cluster.remove(0, 20);
  cluster.flush();
  CHECK(cluster.world.answer("e19.bar.global") == "nxdomain");
  cluster.create(0);  // in the batch that shows how many go
  cluster.remove(20, 30);
  cluster.flush();
  CHECK(cluster.entries() == 40);
  CHECK(cluster.held() == 29);
  CHECK(cluster.world.answer("e19.bar.global") == "240.0.0.1");
}

TEST_CASE("entries that are replaced, or come and go, are no mass withdrawal") {
  Cluster cluster(40);
  for (int round = 0; round < 3; ++round) {
    cluster.remove(0, 15);
    cluster.flush();
    for (int i = 0; i < 15; ++i) cluster.create(i);
    cluster.flush();
  }
  for (int i = 0; i < 40; ++i) cluster.create(i);
  cluster.remove(0, 40);
  for (int i = 0; i < 40; ++i) cluster.create(i);  // the last word
  cluster.remove(40, 80);                          // never there
  cluster.flush();
  CHECK(cluster.held() == 0);
  CHECK(cluster.entries() == 40);
}

TEST_CASE("the operator's word ends it") {
  LogCapture log;
  Cluster cluster(40);
  cluster.guard.release();
  cluster.remove(0, 30);
  cluster.flush();
  cluster.guard.release();
  cluster.flush();
  CHECK(cluster.entries() == 10);
  CHECK(cluster.held() == 0);
  CHECK(log.take() ==
        std::vector<std::string>{
            "warning source east: 30 of 40 ServiceEntries are gone, more than half at once: they are served "
            "until a list in 60 s agrees; if this is meant, SIGHUP withdraws them now, in Kubernetes kubectl rollout "
            "restart",
            "warning source east: withdrew 30 ServiceEntries, without a list that agrees"});
}

}  // namespace
}  // namespace meshdns
