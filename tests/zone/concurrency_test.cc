// Readers look up while the writer inserts, replaces and deletes below wildcards and grows the table: every answer is one that some
// moment of the zone between the lookup's begin and its end would have given. The moments come from a model that shares no code with
// the zone: a set of names and RFC 4592 as it is written.

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "tests/zone/zone_fixture.h"

namespace meshdns {
namespace {

using Owners = std::map<std::string, std::string>;  // owner → address

bool ends_with(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), std::string::npos, end) == 0;
}

bool exists(const Owners& owners, const std::string& name) {
  if (name == "global" || owners.contains(name)) return true;
  return std::any_of(owners.begin(), owners.end(), [&](const auto& each) { return ends_with(each.first, "." + name); });
}

std::string model_look_up(const Owners& owners, const std::string& name) {
  const auto at = [&](const std::string& owner) { return owners.contains(owner) ? owners.at(owner) : "nodata"; };
  if (exists(owners, name)) return at(name);
  std::string encloser = name;
  while (!exists(owners, encloser)) encloser.erase(0, encloser.find('.') + 1);
  if (!exists(owners, "*." + encloser)) return "nxdomain";
  return "*" + at("*." + encloser);
}

struct Change {
  std::string owner;
  std::string address;  // empty: a deletion
};

struct Plan {
  std::vector<Change> changes;
  std::vector<std::string> asked;
  std::vector<std::vector<std::string>> answers;  // by moment (0: before the first change), then by asked name
};

Plan make_plan(size_t length) {
  const std::vector<std::string> owners = {"*.w.global",   "a.w.global",   "b.a.w.global",
                                           "*.a.w.global", "x.y.w.global", "z.x.y.w.global",
                                           "*.global",     "c.global",     "d.c.global"};
  Plan plan;
  plan.asked = {"a.w.global",   "b.a.w.global", "q.a.w.global",    "y.w.global", "x.y.w.global",
                "q.y.w.global", "q.w.global",   "w.global",        "q.global",   "c.global",
                "d.c.global",   "q.c.global",   "q.z.x.y.w.global"};
  std::mt19937 random(20261123);
  Owners model;
  const auto remember = [&] {
    std::vector<std::string>& answers = plan.answers.emplace_back();
    for (const std::string& name : plan.asked) answers.push_back(model_look_up(model, name));
  };
  remember();
  for (size_t i = 0; i < length; ++i) {
    Change change{owners[random() % owners.size()], ""};
    if (!model.contains(change.owner) || random() % 2 == 0)
      change.address = "10.0." + std::to_string(random() % 250) + ".1";
    if (change.address.empty()) {
      model.erase(change.owner);
    } else {
      model[change.owner] = change.address;
    }
    plan.changes.push_back(std::move(change));
    remember();
  }
  return plan;
}

TEST_CASE("no answer that no moment of the zone would have given") {
  constexpr size_t kChanges = 4000;
  constexpr size_t kFillers = 5;  // a change: the table grows all the while
  const Plan plan = make_plan(kChanges);
  Directory directory({test::zone_options("global")}, 1);
  std::atomic<size_t> begun{0};  // moments that may be visible: up to this one
  std::atomic<size_t> done{0};   // … from this one on
  std::atomic<uint64_t> looked_up{0};
  std::atomic<uint64_t> wrong{0};

  const auto read = [&](uint32_t seed) {
    Epochs::Reader reader(directory.epochs());
    std::mt19937 random(seed);
    while (done.load() < kChanges) {
      const size_t which = random() % plan.asked.size();
      const size_t from = done.load();
      reader.enter();
      const std::string answer = test::look_up(directory, plan.asked[which]);
      reader.leave();
      const size_t to = begun.load();
      bool given = false;
      for (size_t moment = from; moment <= to && !given; ++moment) given = plan.answers[moment][which] == answer;
      if (!given) ++wrong;
      ++looked_up;
    }
  };
  std::vector<std::thread> readers;
  for (const uint32_t seed : {1U, 2U, 3U}) readers.emplace_back(read, seed);

  for (size_t i = 0; i < kChanges; ++i) {
    // Changes wait for readers, so that on any machine they meet some.
    while (looked_up.load() < i / 2) std::this_thread::yield();
    begun.store(i + 1);
    const Change& change = plan.changes[i];
    if (change.address.empty()) {
      test::remove(directory, change.owner);
    } else {
      test::put(directory, change.owner, change.address);
    }
    done.store(i + 1);
    for (size_t filler = 0; filler < kFillers; ++filler) {
      test::put(directory, "f" + std::to_string(i * kFillers + filler) + ".fill.w2.global", "10.9.9.9");
    }
    directory.epochs().reclaim();
  }
  for (std::thread& reader : readers) reader.join();
  CHECK(wrong.load() == 0);
  CHECK(looked_up.load() >= kChanges / 2 - 1);
  CHECK(directory.zones().front()->names() > kChanges * kFillers);
}

}  // namespace
}  // namespace meshdns
