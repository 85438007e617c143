#include "k8s/stub/verification_names.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace meshdns {
namespace {

TEST_CASE("names that ServiceEntries give a zone") {
  struct Case {
    const char* list;
    const char* names;
  };
  for (
      const Case& c : std::vector<Case>{
          {R"({"items": [{"spec": {"hosts": ["a.bar.global", "b.bar.global"]}}]})", "a.bar.global b.bar.global "},
          {R"({"items": [{"spec": {"hosts": ["a.global"]}}, {"spec": {"hosts": ["b.global"], "addresses": ["240.0.0.1"]}}]})",
           "b.global a.global "},
          {R"({"items": [{"spec": {"hosts": ["*.bar.global", "global", "www.example.org", "..global", "c.global"]}}]})",
           "c.global "},
          {R"({"items": [{"spec": {"hosts": ["1.global", "2.global", "3.global", "4.global", "5.global", "6.global", "7.global", "8.global", "9.global"]}}]})",
           "1.global 2.global 3.global 4.global 5.global 6.global 7.global 8.global "},
          {R"({"items": [{"spec": {"hosts": [7]}}]})", ""},
          {R"({"items": []})", ""},
          {"", ""},
      }) {
    CAPTURE(std::string(c.list));
    std::string names;
    for (const Name& name : service_entry_names(c.list, *Name::parse("global"))) names += name.text() + " ";
    CHECK(names == c.names);
  }
}

TEST_CASE("the address of a Service") {
  CHECK(cluster_ip(R"({"spec": {"clusterIP": "10.96.0.1"}})") == *IpAddress::parse("10.96.0.1"));
  for (const char* none : {R"({"spec": {"clusterIP": "None"}})", R"({"spec": {}})", "<html>"})
    CHECK_FALSE(cluster_ip(none));
}

}  // namespace
}  // namespace meshdns
