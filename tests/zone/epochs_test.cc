#include "zone/epochs.h"

#include <doctest/doctest.h>

namespace meshdns {
namespace {

void count_release(const void* memory) { ++*static_cast<int*>(const_cast<void*>(memory)); }

TEST_CASE("what a reader may still see is not freed") {
  Epochs epochs;
  Epochs::Reader reader(epochs);
  Epochs::Reader other(epochs);
  int freed = 0;

  reader.enter();
  epochs.retire(&freed, 10, count_release);
  epochs.reclaim();
  CHECK(freed == 0);
  CHECK(epochs.retired_bytes() == 10);

  SUBCASE("until it leaves") {
    reader.leave();
    epochs.reclaim();
    CHECK(freed == 1);
    CHECK(epochs.retired_bytes() == 0);
  }
  SUBCASE("and one that entered later cannot see it") {
    other.enter();
    reader.leave();
    epochs.reclaim();
    CHECK(freed == 1);
    other.leave();
  }
}

TEST_CASE("what nobody reads is freed at once") {
  Epochs epochs;
  Epochs::Reader reader(epochs);
  int freed = 0;
  epochs.retire(&freed, 1, count_release);
  epochs.reclaim();
  CHECK(freed == 1);
}

TEST_CASE("what is left at the end is freed") {
  int freed = 0;
  {
    Epochs epochs;
    epochs.retire(&freed, 1, count_release);
  }
  CHECK(freed == 1);
}

}  // namespace
}  // namespace meshdns
