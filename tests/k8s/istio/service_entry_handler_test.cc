#include "k8s/istio/service_entry_handler.h"

#include <doctest/doctest.h>

#include <string>

#include "tests/k8s/istio/log_capture.h"
#include "tests/k8s/istio/world.h"

namespace meshdns {
namespace {

std::string object(const std::string& name_space, const std::string& name, const std::string& address) {
  return R"({"metadata": {"name": ")" + name + R"(", "namespace": ")" + name_space + R"("}, "spec": {"hosts": [")" +
         name + "." + name_space + R"(.global"], "addresses": [")" + address + R"("]}})";
}

/// A world, and a handler for all of its source.
struct Mirror {
  World world;
  EntryFeed feed = world.feed([this](double seconds, size_t objects) {
    CHECK(seconds >= 0);
    CHECK(seconds < 60);
    batches.push_back(objects);
  });
  WithdrawalGuard guard{feed, [](auto) {}, {}};
  ServiceEntryHandler handler{feed, guard, "", [this] { ++lists; }};
  std::vector<size_t> batches;  // the objects in each
  int lists = 0;
};

TEST_CASE("a list is a diff: what it does not have is withdrawn at its end, and not before") {
  Mirror mirror;
  mirror.handler.list_begins();
  mirror.handler.upsert(object("bar", "a", "240.0.0.1"));
  CHECK(mirror.world.answer("a.bar.global") == "not ready");
  mirror.handler.flush();
  CHECK(mirror.world.answer("a.bar.global") == "240.0.0.1");
  mirror.handler.upsert(object("bar", "b", "240.0.0.2"));
  mirror.handler.list_ends();
  CHECK(mirror.lists == 1);
  CHECK(mirror.world.answer("b.bar.global") == "240.0.0.2");
  CHECK(mirror.world.answer("c.bar.global") == "not ready");  // synced is for whoever has all the handlers to say
  mirror.feed.set_synced();
  CHECK(mirror.world.answer("c.bar.global") == "nxdomain");

  mirror.handler.list_begins();
  mirror.handler.upsert(object("bar", "b", "240.0.0.3"));
  mirror.handler.flush();
  CHECK(mirror.world.answer("a.bar.global") == "240.0.0.1");
  mirror.handler.list_begins();  // broken off, and begun again
  mirror.handler.upsert(object("bar", "c", "240.0.0.4"));
  mirror.handler.list_ends();
  mirror.handler.flush();
  CHECK(mirror.world.answer("a.bar.global") == "nxdomain");
  CHECK(mirror.world.answer("b.bar.global") == "nxdomain");
  CHECK(mirror.world.answer("c.bar.global") == "240.0.0.4");
  CHECK(mirror.batches == std::vector<size_t>{1, 1, 1, 1, 2});
}

TEST_CASE("what was delivered before a list does not confirm anything in it") {
  Mirror mirror;
  mirror.handler.upsert(object("bar", "a", "240.0.0.1"));
  mirror.handler.list_begins();
  mirror.handler.list_ends();
  mirror.feed.set_synced();
  CHECK(mirror.world.answer("a.bar.global") == "nxdomain");
}

TEST_CASE("the last word about an object counts") {
  Mirror mirror;
  mirror.feed.set_synced();
  mirror.handler.upsert(object("bar", "a", "240.0.0.1"));
  mirror.handler.remove(object("bar", "a", "240.0.0.1"));
  mirror.handler.upsert(object("bar", "a", "240.0.0.2"));
  mirror.handler.upsert(object("bar", "b", "240.0.0.3"));
  mirror.handler.remove(object("bar", "b", "240.0.0.3"));
  mirror.handler.remove(object("bar", "never", "240.0.0.3"));
  mirror.handler.flush();
  CHECK(mirror.world.answer("a.bar.global") == "240.0.0.2");
  CHECK(mirror.world.answer("b.bar.global") == "nxdomain");
  CHECK(mirror.batches == std::vector<size_t>{2});
  mirror.handler.flush();
  CHECK(mirror.batches.size() == 1);
}

TEST_CASE("an object that goes bad is withdrawn, counted and named") {
  Mirror mirror;
  LogCapture log;
  mirror.feed.set_synced();
  mirror.handler.upsert(object("bar", "a", "240.0.0.1"));
  mirror.handler.upsert(R"({"metadata": {"name": "a", "namespace": "bar"}, "spec": {"hosts": "a.bar.global"}})");
  mirror.handler.upsert(object("bar", "b", "x"));
  mirror.handler.flush();
  CHECK(mirror.world.answer("a.bar.global") == "nxdomain");
  CHECK(mirror.world.skipped(SkipReason::kInvalidObject) == 1);
  CHECK(mirror.world.skipped(SkipReason::kInvalidAddress) == 1);
  CHECK(log.take().size() == 3);  // of b: its address, and that it has no other
  mirror.handler.remove(object("bar", "a", ""));
  mirror.handler.upsert(object("bar", "b", "240.0.0.2"));
  mirror.handler.flush();
  CHECK(mirror.world.skipped(SkipReason::kInvalidObject) == 0);
  CHECK(mirror.world.skipped(SkipReason::kInvalidAddress) == 0);
  CHECK(mirror.world.answer("b.bar.global") == "240.0.0.2");

  CHECK(mirror.world.source.errors(SourceError::kProtocol) == 0);
  mirror.handler.upsert("{}");
  mirror.handler.remove("{}");
  mirror.handler.flush();
  CHECK(mirror.world.source.errors(SourceError::kProtocol) == 1);
}

TEST_CASE("a list of one namespace says nothing about the others") {
  World world;
  EntryFeed feed = world.feed();
  WithdrawalGuard guard(feed, [](auto) {}, {});
  ServiceEntryHandler bar(feed, guard, "bar", [] {});
  ServiceEntryHandler foo(feed, guard, "foo", [] {});
  feed.set_synced();
  const auto list = [](ServiceEntryHandler& handler, const std::vector<std::string>& objects) {
    handler.list_begins();
    for (const std::string& json : objects) handler.upsert(json);
    handler.list_ends();
  };
  list(bar, {object("bar", "a", "240.0.0.1"), object("bar", "b", "240.0.0.2")});
  list(foo, {object("foo", "a", "240.0.0.3")});
  CHECK(world.answer("a.bar.global") == "240.0.0.1");
  CHECK(world.answer("a.foo.global") == "240.0.0.3");

  list(foo, {object("foo", "b", "240.0.0.4")});
  CHECK(world.answer("a.bar.global") == "240.0.0.1");
  CHECK(world.answer("b.bar.global") == "240.0.0.2");
  CHECK(world.answer("a.foo.global") == "nxdomain");
  CHECK(world.answer("b.foo.global") == "240.0.0.4");

  bar.list_begins();  // broken off
  bar.list_begins();
  bar.upsert(object("bar", "b", "240.0.0.5"));
  bar.flush();
  CHECK(world.answer("a.bar.global") == "240.0.0.1");
  bar.list_ends();
  CHECK(world.answer("a.bar.global") == "nxdomain");
  CHECK(world.answer("b.bar.global") == "240.0.0.5");
  CHECK(world.answer("b.foo.global") == "240.0.0.4");

  bar.remove(object("bar", "b", "240.0.0.5"));
  bar.flush();
  CHECK(world.answer("b.bar.global") == "nxdomain");
}

}  // namespace
}  // namespace meshdns
