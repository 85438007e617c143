#include "cmd/text_value.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace meshdns {
namespace {

TEST_CASE("quoted text") {
  struct Case {
    std::string text;
    std::string expected;
  };
  const std::vector<Case> cases = {
      {"a b", "'a b'"},
      {"", "''"},
      {"a\nb\x7f\t", R"('a\x0ab\x7f\x09')"},
      {std::string("\0", 1), R"('\x00')"},
      {"ä", "'ä'"},
      {std::string(100, 'a'), "'" + std::string(100, 'a') + "'"},
      {std::string(101, 'a'), "'" + std::string(100, 'a') + "…'"},
  };
  for (const Case& c : cases) CHECK(quote(c.text) == c.expected);
}

TEST_CASE("socket addresses") {
  struct Case {
    std::string text;
    std::string address;  // "": refused
    uint16_t port;
    std::string hint;  // behind what is expected
  };
  const std::vector<Case> cases = {
      {"127.0.0.1:53", "127.0.0.1", 53, ""},
      {"0.0.0.0:0", "0.0.0.0", 0, ""},
      {"[::1]:65535", "::1", 65535, ""},
      {"[::]:53", "::", 53, ""},
      {"[2001:DB8::1]:53", "2001:db8::1", 53, ""},
      {"127.0.0.1", "", 0, "; the port is missing"},
      {"127.0.0.1:", "", 0, "; a port is a number from 0 to 65535"},
      {"127.0.0.1:65536", "", 0, "; a port is a number from 0 to 65535"},
      {"127.0.0.1:-1", "", 0, "; a port is a number from 0 to 65535"},
      {"127.0.0.1:dns", "", 0, "; a port is a number from 0 to 65535"},
      {"::1:53", "", 0, "; an IPv6 address stands in brackets"},
      {"::1", "", 0, "; an IPv6 address stands in brackets"},
      {"1:2:3:4:5:6:7:8:53", "", 0, "; an IPv6 address stands in brackets"},
      {"[127.0.0.1]:53", "", 0, ""},
      {"[::1]", "", 0, ""},
      {"[::1:53", "", 0, ""},
      {"localhost:53", "", 0, ""},
      {":53", "", 0, ""},
      {"", "", 0, "; the port is missing"},
      {"[]:53", "", 0, ""},
      {"[fe80::1%eth0]:53", "", 0, ""},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    const auto address = parse_socket_address(c.text);
    REQUIRE(static_cast<bool>(address) == !c.address.empty());
    if (address) {
      CHECK(address->address.text() == c.address);
      CHECK(address->port == c.port);
    } else {
      CHECK(address.error() ==
            "found '" + c.text + "', expected ADDRESS:PORT such as 127.0.0.1:53 or [::1]:53" + c.hint);
    }
  }
}

TEST_CASE("names") {
  const auto long_suffix = [](size_t first) {  // 244 octets of wire form with 48
    const std::string label(63, 'l');
    return "a." + std::string(first, 'b') + "." + label + "." + label + "." + label;
  };
  struct Case {
    std::string text;
    bool zone;
    bool host;
    bool contact;
  };
  const std::vector<Case> cases = {
      {"global", true, true, true},
      {"a.Example.", true, true, true},
      {".", false, false, true},
      {"*.global", false, false, true},
      {"", false, false, false},
      {"a..b", false, false, false},
      {"hostmaster@global", true, true, false},
      {long_suffix(48), true, true, true},
      {long_suffix(49), false, true, true},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    CHECK(static_cast<bool>(parse_zone_name(c.text)) == c.zone);
    CHECK(static_cast<bool>(parse_host_name(c.text)) == c.host);
    CHECK(static_cast<bool>(parse_contact(c.text)) == c.contact);
  }
}

TEST_CASE("numbers and words") {
  struct Case {
    std::string error;
    std::string expected;  // "": accepted
  };
  const auto error = [](const auto& result) { return result ? std::string() : result.error(); };
  const std::vector<Case> cases = {
      {error(parse_number("5", 5, 6)), ""},
      {error(parse_number("6", 5, 6)), ""},
      {error(parse_number("7", 5, 6)), "found '7', expected a whole number from 5 to 6"},
      {error(parse_number("4", 5, 6)), "found '4', expected a whole number from 5 to 6"},
      {error(parse_number("0x5", 5, 6)), "found '0x5', expected a whole number from 5 to 6"},
      {error(parse_number("99999999999", 5, 6)), "found '99999999999', expected a whole number from 5 to 6"},
      {error(parse_workers("auto")), ""},
      {error(parse_workers("1")), ""},
      {error(parse_workers("0")), "found '0', expected a whole number from 1 to 1024, or auto"},
      {error(parse_log_level("warn")), ""},
      {error(parse_log_level("warning")), "found 'warning', expected debug, info, warn or error"},
      {error(parse_log_format("xml")), "found 'xml', expected text or json"},
      {error(parse_query_log("some")), "found 'some', expected none, errors or all"},
      {error(parse_address("1.2.3")), "found '1.2.3', expected an IP address"},
      {error(parse_namespace("istio-system")), ""},
      {error(parse_namespace("-a")),
       "found '-a', expected a namespace: up to 63 lower-case letters, digits and hyphens"},
      {error(parse_namespace("A")), "found 'A', expected a namespace: up to 63 lower-case letters, digits and hyphens"},
      {error(parse_cluster("east_1.example")), ""},
      {error(parse_cluster("a/b")),
       "found 'a/b', expected a name of up to 63 letters, digits, dots, hyphens and underscores"},
      {error(parse_path("")), "found '', expected the path of a manifest file or of a directory of them"},
      {error(parse_contact("a@b")),
       "found 'a@b', expected a mailbox as a name, a dot in place of the @, such as hostmaster.example.org"},
  };
  for (const Case& c : cases) CHECK(c.error == c.expected);
}

}  // namespace
}  // namespace meshdns
