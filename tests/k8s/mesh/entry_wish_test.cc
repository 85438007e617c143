#include "k8s/mesh/entry_wish.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace meshdns {
namespace {

TEST_CASE("hosts") {
  const std::string label(63, 'a');
  struct Case {
    std::string text;
    MeshHost expected;
  };
  for (const Case& c : std::vector<Case>{{"a.bar.global", {"a", "bar", "global"}},
                                         {"A.Bar.Global.", {"a", "bar", "global"}},
                                         {"a.bar.mesh.example", {"a", "bar", "mesh.example"}},
                                         {"0-1.2.x3", {"0-1", "2", "x3"}},
                                         {label + ".bar.global", {label, "bar", "global"}}}) {
    CAPTURE(c.text);
    const auto host = parse_mesh_host(c.text);
    REQUIRE_MESSAGE(host, host.error());
    CHECK(*host == c.expected);
    CHECK(*parse_mesh_host(host->text()) == c.expected);
  }
  CHECK(parse_mesh_host("a.bar.global")->object() == "a-bar");
  for (const std::string& text :
       {std::string(), std::string("a"), std::string("a.global"), std::string("*.bar.global"),
        std::string("a_b.bar.global"), std::string("a..global"), std::string("-a.bar.global"), std::string("a.bar.1"),
        std::string("a.bar.global.1"), std::string("a.bar.svc"), std::string("a.bar.svc.cluster.local"),
        std::string("a.bar.global:80"), std::string("a.bar.global/v1"), label + "a.bar.global",
        label + "." + label + "." + label + "." + label + ".global", std::string("\x1b[31m.bar.global")}) {
    CAPTURE(text);
    const auto host = parse_mesh_host(text);
    REQUIRE_FALSE(host);
    CHECK(host.error().find('\x1b') == std::string::npos);
  }
}

TEST_CASE("ports") {
  CHECK(*parse_entry_port("http1:8000/http") == EntryPort{"http1", 8000, "HTTP"});
  CHECK(*parse_entry_port("web:443/gRPC-Web") == EntryPort{"web", 443, "GRPC-WEB"});
  for (const char* text : {"", "8000", "http:8000", "http/8000", ":8000/http", "http:/http", "http:0/http",
                           "http:65536/http", "http:8000/", "http:8000/udp", "http:8000/spdy", "Http:8000/http",
                           "http_1:80/http", "http:8e3/http", "http:80/http/x"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_entry_port(text));
  }
  CHECK_FALSE(check_ports({{"a", 1, "TCP"}, {"b", 2, "TCP"}}));
  CHECK(check_ports({{"a", 1, "TCP"}, {"a", 2, "TCP"}})->message == "found two ports named a, expected each name once");
  CHECK(check_ports({{"a", 1, "TCP"}, {"b", 1, "TCP"}})->message ==
        "found the port 1 twice, expected each number once");
}

TEST_CASE("endpoints and gateways") {
  struct Case {
    const char* text;
    const char* address;  // as an endpoint; empty: it is none
    const char* gateway;  // as a gateway
    uint16_t port;
  };
  for (const Case& c : std::vector<Case>{{"172.25.55.50", "172.25.55.50", "172.25.55.50", 15443},
                                         {"172.25.55.50:31443", "", "172.25.55.50", 31443},
                                         {"fd00:0::1", "fd00::1", "fd00::1", 15443},
                                         {"[fd00::1]", "", "fd00::1", 15443},
                                         {"[fd00::1]:443", "", "fd00::1", 443},
                                         {"A.elb.example.org.", "a.elb.example.org", "a.elb.example.org", 15443},
                                         {"a.elb.example.org:443", "", "a.elb.example.org", 443},
                                         {"a.elb.example.org/v1", "", "", 0},
                                         {"gateway", "", "", 0},
                                         {"0.0.0.0", "", "", 0},
                                         {"::", "", "", 0},
                                         {"999.0.0.1", "", "", 0},
                                         {"172.25.55.50:0", "", "", 0},
                                         {"172.25.55.50:", "", "", 0},
                                         {"[fd00::1]443", "", "", 0},
                                         {"[fd00::1", "", "", 0},
                                         {"[", "", "", 0},
                                         {"[]", "", "", 0},
                                         {"unix:///x", "", "", 0},
                                         {"", "", "", 0}}) {
    CAPTURE(c.text);
    const auto endpoint = parse_endpoint_address(c.text);
    CHECK((endpoint ? endpoint->address : "") == c.address);
    const auto gateway = parse_gateway_address(c.text);
    CHECK((gateway ? gateway->address : "") == c.gateway);
    if (gateway) CHECK(gateway->gateway == c.port);
  }
  CHECK(parse_endpoint_address("172.25.55.50:15443").error().find("--gateway 172.25.55.50:15443") != std::string::npos);
}

TEST_CASE("how endpoints are resolved") {
  EntryWish wish;
  wish.endpoints = {*parse_endpoint_address("10.0.0.1"), *parse_gateway_address("fd00::1")};
  CHECK(wish.resolution() == "STATIC");
  CHECK(wish.has_gateway());
  wish.endpoints = {*parse_endpoint_address("10.0.0.1"), *parse_endpoint_address("a.example.org")};
  CHECK(wish.resolution() == "DNS");
  CHECK_FALSE(wish.has_gateway());
}

}  // namespace
}  // namespace meshdns
