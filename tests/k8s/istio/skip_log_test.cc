#include "k8s/istio/skip_log.h"

#include <doctest/doctest.h>

#include <utility>
#include <vector>

#include "tests/k8s/istio/log_capture.h"

namespace meshdns {
namespace {

using Lines = std::vector<std::string>;

TEST_CASE("what is left out is said once for each object and reason, and again when it changes") {
  LogCapture log;
  SkipLog skip_log("east");
  Publication publication;
  publication.object = "bar/a";
  skip_log.note(publication.object, publication.skipped);
  CHECK(log.take().empty());

  publication.skipped = {{SkipReason::kInvalidHost, "x_y", "expected a host name"},
                         {SkipReason::kAddressBlock, "10.0.0.0/8", "expected an address"},
                         {SkipReason::kInvalidHost, "y_z", "expected a host name"}};
  skip_log.note(publication.object, publication.skipped);
  CHECK(
      log.take() ==
      Lines{"warning source east: ServiceEntry bar/a: not served, invalid-host: 'x_y' and 1 more: expected a host name",
            "warning source east: ServiceEntry bar/a: not served, address-block: '10.0.0.0/8': expected an address"});
  skip_log.note(publication.object, publication.skipped);
  CHECK(log.take().empty());

  publication.skipped.resize(1);
  skip_log.note(publication.object, publication.skipped);
  CHECK(log.take() ==
        Lines{"warning source east: ServiceEntry bar/a: not served, invalid-host: 'x_y': expected a host name"});

  skip_log.note(publication.object, publication.skipped);
  CHECK(log.take().empty());

  const std::vector<Skipped> broken = std::exchange(publication.skipped, {});
  skip_log.note(publication.object, publication.skipped);
  skip_log.note(publication.object, broken);  // mended, and broken again
  CHECK(log.take().size() == 1);
  skip_log.forget("bar/a");
  skip_log.note(publication.object, broken);  // deleted, and created again
  CHECK(log.take().size() == 1);
}

TEST_CASE("what its owner wants is no warning") {
  LogCapture log(spdlog::level::info);
  SkipLog skip_log("east");
  Publication publication;
  publication.object = "bar/a";
  publication.skipped = {{SkipReason::kNotExported, "a.b", "expected no exportTo"}};
  skip_log.note(publication.object, publication.skipped);
  CHECK(log.take() ==
        Lines{"info source east: ServiceEntry bar/a: not served, not-exported: 'a.b': expected no exportTo"});
}

}  // namespace
}  // namespace meshdns
