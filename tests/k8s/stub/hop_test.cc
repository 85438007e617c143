#include "k8s/stub/hop.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace meshdns {
namespace {

TEST_CASE("hops") {
  struct Case {
    const char* argument;
    const char* text;  // empty: refused
    const char* argument_again;
  };
  for (const Case& c : std::vector<Case>{
           {"10.96.0.10", "cluster DNS 10.96.0.10", "service=10.96.0.10"},
           {"[fd00::a]:5353", "cluster DNS [fd00::a]:5353", "service=[fd00::a]:5353"},
           {"service=10.96.0.10:53", "cluster DNS 10.96.0.10", "service=10.96.0.10"},
           {"service/kube-dns=10.96.0.10", "cluster DNS kube-dns (10.96.0.10)", "service/kube-dns=10.96.0.10"},
           {"replica/coredns-1=10.244.0.3", "DNS replica coredns-1 (10.244.0.3)", "replica/coredns-1=10.244.0.3"},
           {"node-local=169.254.20.10", "node-local 169.254.20.10", "node-local=169.254.20.10"},
           {"replica/=10.244.0.3", "DNS replica 10.244.0.3", "replica=10.244.0.3"},
           {"server=10.96.0.53", "", ""},
           {"coredns-1=10.244.0.3", "", ""},
           {"replica/coredns-1", "", ""},
           {"=10.96.0.10", "", ""},
           {"replica=", "", ""},
           {"", "", ""},
       }) {
    CAPTURE(std::string(c.argument));
    const auto hop = parse_hop(c.argument);
    CHECK((hop ? hop->text() : "") == c.text);
    CHECK((hop ? hop->argument() : "") == c.argument_again);
    if (hop) CHECK(*parse_hop(hop->argument()) == *hop);
  }
}

}  // namespace
}  // namespace meshdns
