// The Corefiles of corefiles/: shipped/ has those of distributions, confusing/ those that a reader gets wrong.

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "k8s/stub/corefile_edit.h"
#include "k8s/stub/corefile_modernise.h"

namespace meshdns {
namespace {

const Name kZone = *Name::parse("global");
const StubDomain kStub{kZone, {*parse_dns_server("10.96.0.53")}};

struct NamedCorefile {
  std::string name;
  std::string text;
};

std::vector<NamedCorefile> corefiles(const char* folder) {
  std::vector<NamedCorefile> files;
  for (const auto& file : std::filesystem::directory_iterator(std::filesystem::path(MESHDNS_STUB_COREFILES) / folder)) {
    if (file.path().extension() != ".corefile") continue;
    std::ifstream in(file.path(), std::ios::binary);
    files.push_back({file.path().stem(), {std::istreambuf_iterator<char>(in), {}}});
  }
  std::ranges::sort(files, {}, &NamedCorefile::name);
  return files;
}

void check_added_and_removed(const Corefile& corefile) {
  const auto addresses = root_addresses(corefile);
  const auto added = add_stub(corefile, kStub, addresses ? *addresses : ListenAddresses{{53}, {}}, "forward");
  REQUIRE_MESSAGE(added, (added ? "" : added.error()));
  CHECK(added->text().ends_with(corefile.text().substr(corefile_start(corefile.text()))));
  const auto stub = find_stub(*added, kZone);
  REQUIRE_MESSAGE(stub, (stub ? "" : stub.error()));
  REQUIRE(*stub);
  CHECK((*stub)->marked);
  const auto removed = remove_stub(*added, **stub);
  REQUIRE(removed);
  CHECK(removed->text() == corefile.text());
}

TEST_CASE("what distributions ship is understood, kept, and given back") {
  const auto files = corefiles("shipped");
  CHECK(files.size() >= 60);
  for (const NamedCorefile& file : files) {
    CAPTURE(file.name);
    const auto corefile = Corefile::parse(file.text);
    REQUIRE_MESSAGE(corefile, (corefile ? "" : corefile.error()));
    CHECK(corefile->text() == file.text);
    const auto stub = find_stub(*corefile, kZone);
    REQUIRE_MESSAGE(stub, (stub ? "" : stub.error()));
    CHECK(stub->has_value() == file.name.starts_with("istio"));
    if (!*stub) check_added_and_removed(*corefile);
  }
}

TEST_CASE("what distributions ship is made modern") {
  const CoreDnsVersion version{1, 14, 7};
  for (const NamedCorefile& file : corefiles("shipped")) {
    CAPTURE(file.name);
    const auto modern = modernise(*Corefile::parse(file.text), version);
    REQUIRE_MESSAGE(modern, (modern ? "" : modern.error()));
    CHECK(modern->changes.empty() == (modern->corefile.text() == file.text));
    CHECK(outdated_settings(modern->corefile, version).empty());
    CHECK(modern->corefile.blocks().size() == Corefile::parse(file.text)->blocks().size());
  }
}

TEST_CASE("what confuses is kept") {
  for (const NamedCorefile& file : corefiles("confusing")) {
    CAPTURE(file.name);
    const auto corefile = Corefile::parse(file.text);
    if (!corefile) continue;  // tests/cluster asks CoreDNS whether it refuses the same
    CHECK(corefile->text() == file.text);
    const auto stub = find_stub(*corefile, kZone);
    const bool taken =
        file.name == "the_zone_in_capitals" || file.name == "the_zone_in_forward" || file.name == "snippet_of_the_zone";
    CHECK(static_cast<bool>(stub) != taken);
    if (stub && !*stub) check_added_and_removed(*corefile);
  }
}

}  // namespace
}  // namespace meshdns
