#include "server/cookies.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "server/cookie_secrets.h"
#include "tests/server/hex.h"
#include "zone/epochs.h"

namespace meshdns {
namespace {

using test::from_hex;
using test::to_hex;
using Sent = Cookies::Sent;

std::vector<CookieSecret> secrets(const std::string& lines) { return *parse_cookie_secrets("f", lines); }

struct Exchange {
  Sent sent;
  std::string response;
};

Exchange ask(const Cookies& cookies, const std::string& option, const std::string& client, uint32_t now) {
  std::array<uint8_t, Cookies::kOptionSize> response{};
  const Sent sent = cookies.answer(from_hex(option), *IpAddress::parse(client), now, response);
  return {sent, to_hex(response)};
}

const std::string kSecret = "e5e973e5a6b2a43f48e7dc849e37bfcf";

TEST_CASE("RFC 9018 Appendix A") {
  struct Case {
    const char* what;
    std::string secrets;
    const char* client;
    uint32_t now;
    const char* sent;
    Sent was;
    const char* response;
  };
  const std::vector<Case> cases = {
      {"A.1: a new server cookie", kSecret, "198.51.100.100", 1559731985, "2464c4abcf10c957", Sent::kNoServerCookie,
       "2464c4abcf10c957010000005cf79f111f8130c3eee29480"},
      {"A.2: renewed after 40 minutes", kSecret, "198.51.100.100", 1559734385,
       "2464c4abcf10c957010000005cf79f111f8130c3eee29480", Sent::kValid,
       "2464c4abcf10c957010000005cf7a871d4a564a1442aca77"},
      {"A.3: reserved octets that are set", kSecret, "203.0.113.203", 1559734700,
       "fc93fc62807ddb8601abcdef5cf78f71a314227b6679ebf5", Sent::kInvalid,  // 1 h 55 min old
       "fc93fc62807ddb86010000005cf7a9acf73a7810aca2381e"},
      {"A.3: the same in time", kSecret, "203.0.113.203", 1559727985,
       "fc93fc62807ddb8601abcdef5cf78f71a314227b6679ebf5", Sent::kValid,
       "fc93fc62807ddb8601abcdef5cf78f71a314227b6679ebf5"},
      {"A.4: IPv6 and an older secret", "445536bcd2513298075a5d379663c962\ndd3bdf9344b678b185a6f5cb60fca715",
       "2001:db8:220:1:59de:d0f4:8769:82b8", 1559741961, "22681ab97d52c298010000005cf7c57926556bd0934c72f8",
       Sent::kValid, "22681ab97d52c298010000005cf7c609a6bb79d16625507a"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.what);
    Epochs epochs;
    const Cookies cookies(secrets(c.secrets), epochs);
    const Exchange exchange = ask(cookies, c.sent, c.client, c.now);
    CHECK(exchange.sent == c.was);
    CHECK(exchange.response == c.response);
  }
}

TEST_CASE("how long a cookie is valid") {
  struct Case {
    int64_t age;  // seconds
    Sent was;
    bool renewed;
  };
  const std::vector<Case> cases = {
      {0, Sent::kValid, false},
      {1799, Sent::kValid, false},
      {1800, Sent::kValid, false},
      {1801, Sent::kValid, true},
      {3600, Sent::kValid, true},
      {3601, Sent::kInvalid, true},
      {-1, Sent::kValid, false},
      {-300, Sent::kValid, false},
      {-301, Sent::kInvalid, true},
      {-3600, Sent::kInvalid, true},
      {int64_t{1} << 31, Sent::kInvalid, true},
      {(int64_t{1} << 31) - 1, Sent::kInvalid, true},
  };
  Epochs epochs;
  const Cookies cookies(secrets(kSecret), epochs);
  // Around the end of the 32 bits, too.
  for (const uint32_t made : {1559731985U, 0U, 0xffffffffU, 100U}) {
    const std::string cookie = ask(cookies, "2464c4abcf10c957", "192.0.2.1", made).response;
    for (const Case& c : cases) {
      CAPTURE(c.age);
      const auto now = static_cast<uint32_t>(made + c.age);
      const Exchange exchange = ask(cookies, cookie, "192.0.2.1", now);
      CHECK(exchange.sent == c.was);
      CHECK((exchange.response != cookie) == c.renewed);
      CHECK(ask(cookies, exchange.response, "192.0.2.1", now).sent == Sent::kValid);
    }
  }
}

TEST_CASE("cookies that are not ours") {
  struct Case {
    const char* what;
    const char* option;
    const char* client;
  };
  const std::vector<Case> cases = {
      {"another client", "2464c4abcf10c957010000005cf79f111f8130c3eee29480", "198.51.100.101"},
      {"another client cookie", "2464c4abcf10c958010000005cf79f111f8130c3eee29480", "198.51.100.100"},
      {"another hash", "2464c4abcf10c957010000005cf79f111f8130c3eee29481", "198.51.100.100"},
      {"another time", "2464c4abcf10c957010000005cf79f121f8130c3eee29480", "198.51.100.100"},
      {"another reserved octet", "2464c4abcf10c957010000015cf79f111f8130c3eee29480", "198.51.100.100"},
      {"another version", "2464c4abcf10c957020000005cf79f111f8130c3eee29480", "198.51.100.100"},
      {"8 octets of server cookie", "2464c4abcf10c957010000005cf79f11", "198.51.100.100"},
      {"17 octets of server cookie", "2464c4abcf10c957010000005cf79f111f8130c3eee2948000", "198.51.100.100"},
      {"32 octets of server cookie", "2464c4abcf10c957010000005cf79f111f8130c3eee2948000000000000000000000000000000000",
       "198.51.100.100"},
  };
  Epochs epochs;
  const Cookies cookies(secrets(kSecret), epochs);
  for (const Case& c : cases) {
    CAPTURE(c.what);
    const Exchange exchange = ask(cookies, c.option, c.client, 1559731985);
    CHECK(exchange.sent == Sent::kInvalid);
    CHECK(exchange.response.substr(0, 16) == std::string(c.option).substr(0, 16));
    CHECK(ask(cookies, exchange.response, c.client, 1559731985).sent == Sent::kValid);
  }
}

TEST_CASE("a secret rolls over") {
  const std::string next = "445536bcd2513298075a5d379663c962";
  Epochs epochs;
  Cookies cookies(secrets(kSecret), epochs);
  const std::string cookie = ask(cookies, "2464c4abcf10c957", "192.0.2.1", 1000).response;
  cookies.replace(secrets(kSecret + "\n" + next));
  CHECK(ask(cookies, cookie, "192.0.2.1", 1001).response == cookie);
  cookies.replace(secrets(next + "\n" + kSecret));
  const Exchange renewed = ask(cookies, cookie, "192.0.2.1", 1002);
  CHECK(renewed.sent == Sent::kValid);
  CHECK(renewed.response != cookie);
  cookies.replace(secrets(next));
  CHECK(ask(cookies, cookie, "192.0.2.1", 1003).sent == Sent::kInvalid);
  CHECK(ask(cookies, renewed.response, "192.0.2.1", 1003).sent == Sent::kValid);
}

TEST_CASE("random secrets differ") { CHECK(random_cookie_secret() != random_cookie_secret()); }

TEST_CASE("the file of secrets") {
  struct Case {
    std::string text;
    size_t secrets;
  };
  const std::vector<Case> cases = {
      {kSecret, 1},
      {kSecret + "\n", 1},
      {"# ours\n\n  " + kSecret + " \r\n\t\nDD3BDF9344B678B185A6F5CB60FCA715\n", 2},
  };
  for (const Case& c : cases) {
    const auto found = parse_cookie_secrets("f", c.text);
    if (!found) FAIL(found.error());
    CHECK(found->size() == c.secrets);
    CHECK(to_hex(found->front()) == kSecret);
  }
}

TEST_CASE("a file of secrets that is wrong") {
  const std::string expected = " characters, expected a cookie secret: 16 octets as 32 hexadecimal digits";
  struct Case {
    std::string text;
    std::string error;
  };
  std::string nine;
  for (char c = '1'; c <= '9'; ++c) nine += c + kSecret.substr(1) + "\n";
  const std::vector<Case> cases = {
      {"", "f: found no secret, expected a line of 32 hexadecimal digits"},
      {"# nothing\n\n", "f: found no secret, expected a line of 32 hexadecimal digits"},
      {"\n" + kSecret.substr(1), "f:2: found 31" + expected},
      {kSecret + "00", "f:1: found 34" + expected},
      {kSecret.substr(2) + "xy", "f:1: found 32" + expected},
      {kSecret + " # ours", "f:1: found 39" + expected},
      {std::string(kSecret).replace(3, 1, 1, '\0'), "f:1: found 32" + expected},
      {kSecret + "\n" + kSecret, "f:2: found a secret again, expected each once"},
      {nine, "f:9: found a further secret, expected at most 8"},
  };
  for (const Case& c : cases) {
    const auto found = parse_cookie_secrets("f", c.text);
    REQUIRE_FALSE(found);
    CHECK(found.error() == c.error);
  }
}

}  // namespace
}  // namespace meshdns
