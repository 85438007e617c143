#include "server/responder.h"

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <vector>

#include "tests/server/responder_fixture.h"

namespace meshdns {
namespace {

using test::Bytes;
using test::make_query;
using test::Parsed;
using test::QueryParts;
using test::ResponderWorld;

constexpr unsigned kAnswered = kFlagQr | kFlagRd;
constexpr unsigned kAuthoritative = kAnswered | kFlagAa;
constexpr uint16_t kTxt = 16;

TEST_CASE("names and types") {
  enum Soa { kNoSoa, kSoa };
  struct Case {
    const char* name;
    uint16_t type;
    unsigned rcode;
    unsigned flags;
    std::vector<std::string> answer;
    Soa soa;
  };
  const std::string soa_at_apex = "global. 30 IN SOA ns.dns.global. hostmaster.global. ";
  const std::vector<Case> cases = {
      {"a.bar.global", 1, 0, kAuthoritative, {"a.bar.global. 30 IN A 240.0.0.2"}, kNoSoa},
      {"A.bAr.gLobal", 1, 0, kAuthoritative, {"A.bAr.gLobal. 30 IN A 240.0.0.2"}, kNoSoa},
      {"a.bar.global", 28, 0, kAuthoritative, {"a.bar.global. 30 IN AAAA 2001:db8::1"}, kNoSoa},
      {"a.bar.global", kTxt, 0, kAuthoritative, {}, kSoa},
      {"a.bar.global", 65280, 0, kAuthoritative, {}, kSoa},
      {"a.bar.global", 0, 0, kAuthoritative, {}, kSoa},
      {"a.bar.global", 41, 0, kAuthoritative, {}, kSoa},
      {"a.bar.global", 65535, 0, kAuthoritative, {}, kSoa},
      {"a.bar.global", 255, 0, kAuthoritative, {"a.bar.global. 30 IN A 240.0.0.2"}, kNoSoa},  // RFC 8482
      {"three.bar.global", 28, 0, kAuthoritative, {}, kSoa},  // a known host without the family: NOERROR
      {"ent.global", 1, 0, kAuthoritative, {}, kSoa},
      {"ent.global", 255, 0, kAuthoritative, {}, kSoa},
      {"q.w.global", 1, 0, kAuthoritative, {"q.w.global. 30 IN A 240.0.0.2"}, kNoSoa},
      {"p.q.w.global", 28, 0, kAuthoritative, {"p.q.w.global. 30 IN AAAA 2001:db8::1"}, kNoSoa},
      {"q.w.global", kTxt, 0, kAuthoritative, {}, kSoa},
      {"*.w.global", 1, 0, kAuthoritative, {"*.w.global. 30 IN A 240.0.0.2"}, kNoSoa},
      {"nobody.bar.global", 1, 3, kAuthoritative, {}, kSoa},
      {"below.a.bar.global", 1, 3, kAuthoritative, {}, kSoa},
      {"global", 1, 0, kAuthoritative, {}, kSoa},
      {"global", 2, 0, kAuthoritative, {"global. 30 IN NS ns.dns.global."}, kNoSoa},
      {"ns.dns.global", 1, 0, kAuthoritative, {"ns.dns.global. 30 IN A 192.0.2.53"}, kNoSoa},
      {"example.org", 1, 5, kAnswered, {}, kNoSoa},
      {".", 2, 5, kAnswered, {}, kNoSoa},  // CoreDNS's probe of an upstream
  };
  ResponderWorld world;
  for (const Case& c : cases) {
    CAPTURE(c.name);
    CAPTURE(c.type);
    const Parsed response = world.ask({.name = c.name, .type = c.type});
    CHECK(response.id == 0x1234);
    CHECK(response.rcode == c.rcode);
    CHECK(response.flags == c.flags);
    CHECK(response.answer == c.answer);
    CHECK(response.question.size() == 1);
    CHECK_FALSE(response.edns);
    REQUIRE(response.authority.size() == (c.soa == kSoa ? 1 : 0));
    // RFC 2308 §3: the SOA of a negative answer lives as long as its MINIMUM says, 5 s.
    if (c.soa == kSoa) CHECK(response.authority[0].starts_with("global. 5 IN SOA ns.dns.global. hostmaster.global. "));
  }
  CHECK(world.ask({.name = "global", .type = 6}).answer[0].starts_with(soa_at_apex));
}

TEST_CASE("the question comes back octet for octet") {
  ResponderWorld world;
  for (const char* name : {"a.bar.global", "A.BAR.gLoBaL", "NoBody.Bar.Global", "eXample.org"}) {
    const Bytes query = make_query({.name = name});
    const Bytes response = world.respond(query);
    CHECK(std::equal(query.begin() + 12, query.end(), response.begin() + 12));
  }
}

TEST_CASE("headers") {
  struct Case {
    unsigned flags;
    unsigned rcode;
    unsigned expected;
  };
  const std::vector<Case> cases = {
      {0x0000, 0, kFlagQr | kFlagAa},  // RD is copied
      {0x0100, 0, kFlagQr | kFlagAa | kFlagRd},
      {0x0110, 0, kFlagQr | kFlagAa | kFlagRd | kFlagCd},  // so is CD
      {0x06e5, 0, kFlagQr | kFlagAa},                      // AA, TC, RA, Z, AD and RCODE of the query are not
      {0x1000, 4, kFlagQr | 0x1000},                       // STATUS
      {0x2000, 4, kFlagQr | 0x2000},                       // NOTIFY
      {0x2800, 4, kFlagQr | 0x2800},                       // UPDATE
      {0x7800, 4, kFlagQr | 0x7800},
  };
  ResponderWorld world;
  for (const Case& c : cases) {
    CAPTURE(c.flags);
    const Parsed response = world.ask({.flags = c.flags});
    CHECK(response.rcode == c.rcode);
    CHECK(response.flags == c.expected);
  }
  CHECK(world.ask({.klass = 3}).rcode == 5);
  CHECK(world.ask({.klass = 255}).rcode == 5);
  CHECK(world.ask({.type = 252}).rcode == 1);
  CHECK(world.ask({.type = 252}, Transport::kTcp4).rcode == 9);  // a.bar.global is no zone
  CHECK(world.ask({.name = "global", .type = 252}, Transport::kTcp4).rcode == 5);
  CHECK(world.ask({.name = "global", .type = 251}, Transport::kTcp6).rcode == 5);
}

/// A query with some octets put over it.
struct Patch {
  size_t at;
  uint8_t octet;
};

TEST_CASE("malformed messages") {
  enum Expected { kDropped, kFormErrOfHeader, kFormErrWithQuestion };
  struct Case {
    const char* what;
    Bytes message;
    Expected expected;
  };
  const auto patched = [](const std::vector<Patch>& patches) {
    Bytes query = make_query({});
    for (const Patch& patch : patches) query[patch.at] = patch.octet;
    return query;
  };
  const auto cut = [](size_t size) {
    Bytes query = make_query({});
    query.resize(size);
    return query;
  };
  const auto with = [](QueryParts parts, const Bytes& behind, uint8_t additional) {
    Bytes query = make_query(parts);
    query.insert(query.end(), behind.begin(), behind.end());
    query[11] = additional;
    return query;
  };
  const Bytes opt = {0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0};
  const size_t size = make_query({}).size();
  const std::vector<Case> cases = {
      {"nothing", {}, kDropped},
      {"less than a header", cut(11), kDropped},
      {"a response", patched({{2, 0x81}}), kDropped},
      {"a header alone", cut(12), kFormErrOfHeader},
      {"no question", patched({{5, 0}}), kFormErrOfHeader},
      {"two questions", patched({{5, 2}}), kFormErrOfHeader},
      {"65,535 questions", patched({{4, 255}, {5, 255}}), kFormErrOfHeader},
      {"a compression pointer in the question", patched({{12, 0xc0}}), kFormErrOfHeader},
      {"a label of 64 octets", patched({{12, 64}}), kFormErrOfHeader},
      {"a name that does not end", cut(20), kFormErrOfHeader},
      {"a question without a class", cut(size - 2), kFormErrOfHeader},
      {"an answer that is missing", patched({{7, 1}}), kFormErrWithQuestion},
      {"65,535 additional records that are missing", patched({{10, 255}, {11, 255}}), kFormErrWithQuestion},
      {"an octet behind the last record", with({}, {0}, 0), kFormErrWithQuestion},
      {"two OPTs", with({.edns = true}, opt, 2), kFormErrWithQuestion},
      {"an OPT whose owner is not the root", with({}, {1, 'a', 0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0}, 1),
       kFormErrWithQuestion},
      {"an OPT that is cut", with({}, {0, 0, 41, 4, 208, 0, 0, 0, 0, 0}, 1), kFormErrWithQuestion},
      {"an option that overruns", make_query({.edns = true, .options = {0, 3, 0, 5, 1}}), kFormErrWithQuestion},
      {"an option without its length", make_query({.edns = true, .options = {0, 3, 0}}), kFormErrWithQuestion},
  };
  ResponderWorld world;
  for (const Case& c : cases) {
    CAPTURE(c.what);
    for (const Transport transport : {Transport::kUdp4, Transport::kTcp6}) {
      const Bytes response = world.respond(c.message, transport);
      if (c.expected == kDropped) {
        CHECK(response.empty());
        continue;
      }
      const Parsed parsed = test::parse_response(response);
      CHECK(parsed.rcode == 1);
      CHECK(parsed.flags == kAnswered);
      CHECK(parsed.question.size() == (c.expected == kFormErrWithQuestion ? 1 : 0));
    }
  }
}

TEST_CASE("EDNS") {
  struct Case {
    QueryParts query;
    unsigned rcode;
    bool dnssec_ok;
    Bytes options;
  };
  const Bytes nsid = {0, 3, 0, 6, 'e', 'a', 's', 't', '-', '1'};
  const std::vector<Case> cases = {
      {{.edns = true}, 0, false, {}},
      {{.edns = true, .edns_flags = 0x8000}, 0, true, {}},
      {{.edns = true, .edns_flags = 0x7fff}, 0, false, {}},    // Z bits are ignored
      {{.edns = true, .edns_flags = 0x10000}, 16, false, {}},  // version 1: BADVERS, version 0
      {{.edns = true, .edns_flags = 0x018000}, 16, true, {}},
      {{.edns = true, .edns_flags = 0xff0000 | 1U << 24}, 16, false, {}},
      {{.edns = true, .options = {0xfd, 0xe9, 0, 2, 1, 2}}, 0, false, {}},  // an unknown option
      {{.edns = true, .options = {0xfd, 0xe9, 0, 0, 0, 3, 0, 0}}, 0, false, nsid},
      {{.name = "nobody.bar.global", .edns = true, .options = {0, 3, 0, 1, 9}}, 3, false, nsid},
      {{.edns = true, .edns_flags = 0x10000, .options = {0, 3, 0, 0}}, 16, false, {}},
      {{.edns = true, .options = {0, 3, 0, 0, 0, 3}}, 1, false, {}},   // cut: what was asked before counts no more
      {{.edns = true, .options = {0, 11, 0, 0}}, 0, false, {}},        // keepalive is for TCP
      {{.edns = true, .options = {0, 11, 0, 2, 0, 1}}, 0, false, {}},  // and ignored here, RFC 7828 §3.3.1
      {{.edns = true, .options = {0, 12, 0, 2, 0, 0}}, 0, false, {}},  // padding is for encrypted transports
      {{.edns = true, .options = {0, 10, 0, 7, 1, 2, 3, 4, 5, 6, 7}}, 1, false, {}},  // RFC 7873 §5.2.2
      {{.flags = 0x2800, .edns = true}, 4, false, {0, 15, 0, 2, 0, 21}},              // RFC 8914: Not Supported
      {{.klass = 3, .edns = true}, 5, false, {0, 15, 0, 2, 0, 18}},                   // Prohibited
      {{.klass = 254, .edns = true}, 5, false, {0, 15, 0, 2, 0, 20}},
      {{.name = "example.org", .edns = true}, 5, false, {0, 15, 0, 2, 0, 20}},  // RFC 8914: Not Authoritative
  };
  ResponderWorld world;
  for (const Case& c : cases) {
    const Parsed response = world.ask(c.query);
    CHECK(response.rcode == c.rcode);
    CHECK(response.edns);
    CHECK(response.edns_size == 1232);
    CHECK(response.dnssec_ok == c.dnssec_ok);
    CHECK(response.options == c.options);
  }
}

TEST_CASE("keepalive over TCP") {
  struct Case {
    Bytes options;
    unsigned rcode;
    Bytes expected;
  };
  const std::vector<Case> cases = {
      {{}, 0, {}},
      {{0, 11, 0, 0}, 0, {0, 11, 0, 2, 1, 44}},  // 300 times 100 ms
      {{0, 3, 0, 0, 0, 11, 0, 0}, 0, {0, 3, 0, 6, 'e', 'a', 's', 't', '-', '1', 0, 11, 0, 2, 1, 44}},
      {{0, 11, 0, 2, 0, 1}, 1, {}},  // RFC 7828 §3.2.1: a client states no timeout
      {{0, 3, 0, 0, 0, 11, 0, 1, 0}, 1, {}},
  };
  ResponderWorld world;
  for (const Case& c : cases) {
    for (const Transport transport : {Transport::kTcp4, Transport::kTcp6}) {
      const Parsed response = world.ask({.edns = true, .options = c.options}, transport);
      CHECK(response.rcode == c.rcode);
      CHECK(response.options == c.expected);
    }
  }
}

TEST_CASE("cookies") {
  const Bytes client = {1, 2, 3, 4, 5, 6, 7, 8};
  const auto option = [](const Bytes& cookie) {
    Bytes option = {0, 10, 0, static_cast<uint8_t>(cookie.size())};
    option.insert(option.end(), cookie.begin(), cookie.end());
    return option;
  };
  const auto ask = [](ResponderWorld& world, const Bytes& options, bool question) {
    Bytes query = make_query({.edns = true, .options = options});
    if (!question) {
      query.erase(query.begin() + 12, query.begin() + 12 + 18);
      query[5] = 0;
    }
    return test::parse_response(world.respond(query));
  };
  ResponderWorld world;
  const Parsed learned = ask(world, option(client), true);
  CHECK(learned.rcode == 0);
  CHECK(learned.answer.size() == 1);
  REQUIRE(learned.options.size() == 4 + 24);
  CHECK(std::equal(client.begin(), client.end(), learned.options.begin() + 4));
  const Bytes good(learned.options.begin() + 4, learned.options.end());
  Bytes bad = good;
  bad.back() ^= 1;

  struct Case {
    const char* what;
    Bytes options;
    bool question;
    unsigned rcode;
    bool cookie;
    bool same;  // as the one that was learned
  };
  const std::vector<Case> cases = {
      {"ours comes back as it is", option(good), true, 0, true, true},
      {"another is no reason not to answer", option(bad), true, 0, true, false},
      {"a longer one", option(Bytes(40, 7)), true, 0, true, false},
      {"no question, no server cookie", option(client), false, 0, true, false},
      {"no question, ours", option(good), false, 0, true, true},
      {"no question, another", option(bad), false, 23, true, false},
      {"no question, a cookie of a wrong length", option(Bytes(9, 7)), false, 1, false, false},
      {"no question, no cookie", {0, 3, 0, 0}, false, 1, false, false},
  };
  for (const Case& c : cases) {
    CAPTURE(c.what);
    const Parsed response = ask(world, c.options, c.question);
    CHECK(response.rcode == c.rcode);
    CHECK(response.answer.size() == (c.question ? 1 : 0));
    CHECK(response.question.size() == (c.question ? 1 : 0));
    CHECK(((response.flags & kFlagAa) != 0) == c.question);
    CHECK((response.options.size() == 4 + 24) == c.cookie);
    if (c.same) CHECK(response.options == learned.options);
  }
}

TEST_CASE("CHAOS") {
  struct Case {
    const char* name;
    uint16_t type;
    unsigned rcode;
    std::vector<std::string> answer;
  };
  const std::vector<Case> cases = {
      {"version.bind", kTxt, 0, {"version.bind. 0 CH TXT \"meshdns 0\""}},
      {"Version.SERVER", 255, 0, {"Version.SERVER. 0 CH TXT \"meshdns 0\""}},
      {"hostname.bind", kTxt, 0, {"hostname.bind. 0 CH TXT \"east-1\""}},
      {"id.server", kTxt, 0, {"id.server. 0 CH TXT \"east-1\""}},
      {"id.server", 1, 5, {}},
      {"authors.bind", kTxt, 5, {}},
      {"a.bar.global", 1, 5, {}},
      {"id.server", 252, 5, {}},
  };
  ResponderWorld world;
  for (const Case& c : cases) {
    CAPTURE(c.name);
    for (const Transport transport : {Transport::kUdp4, Transport::kTcp6}) {
      const Parsed response = world.ask({.name = c.name, .type = c.type, .klass = 3}, transport);
      CHECK(response.rcode == c.rcode);
      CHECK(response.flags == (c.rcode == 0 ? kAuthoritative : kAnswered));
      CHECK(response.answer == c.answer);
      CHECK(response.authority.empty());
    }
  }
}

TEST_CASE("IXFR over UDP") {
  struct Case {
    const char* name;
    unsigned rcode;
    size_t answer;
  };
  const std::vector<Case> cases = {
      {"global", 0, 1}, {"a.bar.global", 9, 0}, {"nobody.global", 9, 0}, {"example.org", 9, 0}, {".", 9, 0}};
  ResponderWorld world;
  for (const Case& c : cases) {
    CAPTURE(c.name);
    const Parsed response = world.ask({.name = c.name, .type = 251});
    CHECK(response.rcode == c.rcode);
    REQUIRE(response.answer.size() == c.answer);
    CHECK(response.authority.empty());
    CHECK(((response.flags & kFlagAa) != 0) == (c.rcode == 0));
    if (c.answer == 1) CHECK(response.answer[0].starts_with("global. 30 IN SOA "));
  }
}

TEST_CASE("TSIG") {
  const auto signed_by = [](const std::string& key) {
    Bytes record = test::wire_name(key);
    const Bytes rest = {0, 250, 0, 255, 0, 0, 0, 0,  0, 22, 4,   'h', 'm', 'a', 'c', 0,
                        0, 1,   2, 3,   4, 5, 1, 44, 0, 0,  171, 205, 0,   0,   0,   0};
    record.insert(record.end(), rest.begin(), rest.end());
    return record;
  };
  std::string longest = "k";
  while (longest.size() < 252) longest += ".k";
  struct Case {
    const char* what;
    QueryParts query;
    Transport transport;
    unsigned rcode;
    std::string owner;
    bool truncated;
  };
  const std::vector<Case> cases = {
      {"alone", {.additional = {signed_by("key")}}, Transport::kUdp4, 9, "key.", false},
      {"behind an OPT", {.edns = true, .additional = {signed_by("Key")}}, Transport::kUdp4, 9, "Key.", false},
      {"with UPDATE", {.flags = 0x2800, .additional = {signed_by("key")}}, Transport::kUdp4, 9, "key.", false},
      {"with AXFR", {.type = 252, .additional = {signed_by("key")}}, Transport::kTcp4, 9, "key.", false},
      {"with CHAOS", {.klass = 3, .additional = {signed_by("key")}}, Transport::kTcp4, 9, "key.", false},
      {"with EDNS 1",
       {.edns = true, .edns_flags = 0x10000, .additional = {signed_by("key")}},
       Transport::kUdp4,
       9,
       "key.",
       false},
      {"before another record",
       {.additional = {signed_by("key"), {0, 255, 0, 0, 1, 0, 0, 0, 0, 0, 0}}},
       Transport::kUdp4,
       1,
       "",
       false},
      {"twice", {.additional = {signed_by("key"), signed_by("key")}}, Transport::kUdp4, 1, "", false},
      {"what does not fit", {.name = longest, .additional = {signed_by(longest)}}, Transport::kUdp4, 9, "", true},
      {"it fits TCP", {.name = longest, .additional = {signed_by(longest)}}, Transport::kTcp4, 9, longest + ".", false},
  };
  ResponderWorld world;
  for (const Case& c : cases) {
    CAPTURE(c.what);
    const Parsed response = world.ask(c.query, c.transport);
    CHECK(response.rcode == c.rcode);
    CHECK((response.flags & kFlagAa) == 0);
    CHECK(((response.flags & kFlagTc) != 0) == c.truncated);
    CHECK(response.question.size() == 1);
    CHECK(response.answer.empty());
    CHECK(response.edns == c.query.edns);
    // Time signed, fudge, an empty MAC, the original ID, BADKEY, no other data.
    CHECK(response.tsig == (c.owner.empty() ? "" : c.owner + " 0 ANY TSIG hmac. 4328719365  300 0  43981 17 0 "));
  }
}

TEST_CASE("what does not fit is cut whole") {
  struct Case {
    QueryParts query;
    Transport transport;
    bool truncated;
  };
  // 100 A records take 1,600 octets, three take 48.
  const std::vector<Case> cases = {
      {{.name = "many.bar.global"}, Transport::kUdp4, true},
      {{.name = "many.bar.global", .edns = true, .payload_size = 4096}, Transport::kUdp6, true},  // we stop at 1,232
      {{.name = "many.bar.global"}, Transport::kTcp4, false},
      {{.name = "many.bar.global", .edns = true, .payload_size = 512}, Transport::kTcp6, false},
      {{.name = "three.bar.global", .edns = true, .payload_size = 0}, Transport::kUdp4, false},  // under 512 means 512
      {{.name = "three.bar.global"}, Transport::kUdp4, false},
  };
  ResponderWorld world;
  for (const Case& c : cases) {
    CAPTURE(c.query.name);
    const Parsed response = world.ask(c.query, c.transport);
    CHECK(((response.flags & kFlagTc) != 0) == c.truncated);
    CHECK(response.answer.empty() == c.truncated);
    CHECK(response.edns == c.query.edns);
  }
}

TEST_CASE("a response is never larger than the client takes") {
  ResponderWorld world;
  std::vector<std::string> addresses;
  for (int i = 0; i < 80; ++i) {
    addresses.push_back("10.2.0." + std::to_string(i));
    world.catalog.apply(0, {{test::publication("bar/grow", 1, {"grow.bar.global"}, addresses)}, {}});
    for (const uint16_t size : {512, 513, 700, 1231, 1232}) {
      const Bytes response = world.respond(make_query({.name = "grow.bar.global", .edns = true, .payload_size = size}));
      CHECK(response.size() <= size);
      const size_t whole = 12 + 17 + 4 + addresses.size() * 16 + 11;
      CHECK(((response[2] & 0x02) != 0) == (whole > size));
    }
  }
}

TEST_CASE("addresses rotate") {
  ResponderWorld world;
  std::set<std::string> first;
  for (int i = 0; i < 3; ++i) {
    const Parsed response = world.ask({.name = "three.bar.global"});
    REQUIRE(response.answer.size() == 3);
    CHECK(std::set(response.answer.begin(), response.answer.end()).size() == 3);
    first.insert(response.answer.front());
  }
  CHECK(first.size() == 3);
}

TEST_CASE("before the first sync") {
  ResponderWorld world(false);
  const Bytes not_ready = {0, 15, 0, 2, 0, 14};
  struct Case {
    const char* name;
    uint16_t type;
    unsigned rcode;
  };
  const std::vector<Case> cases = {
      {"a.bar.global", 1, 0},  // what is known is answered
      {"global", 6, 0},
      {"a.bar.global", kTxt, 2},  // what is not known may exist
      {"nobody.bar.global", 1, 2},
      {"ent.global", 1, 2},
      {"q.w.global", 1, 2},  // an exact name may be still to come
      {"example.org", 1, 5},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    const Parsed plain = world.ask({.name = c.name, .type = c.type});
    CHECK(plain.rcode == c.rcode);
    CHECK(plain.authority.empty());
    CHECK(((plain.flags & kFlagAa) != 0) == (c.rcode == 0));
    const Parsed with_edns = world.ask({.name = c.name, .type = c.type, .edns = true});
    CHECK((with_edns.options == not_ready) == (c.rcode == 2));
  }
  world.catalog.set_synced(0);
  CHECK(world.ask({.name = "nobody.bar.global"}).rcode == 3);
}

TEST_CASE("the longest name is answered") {
  ResponderWorld world;
  std::string name = "a";
  while (name.size() + 2 + sizeof ".w.global" <= 253) name += ".a";
  name += ".w.global";
  CHECK(world.ask({.name = name}).rcode == 0);
  std::string far = name.substr(0, name.size() - 8) + "nobody.global";
  CHECK(world.ask({.name = far.substr(far.size() - 251)}).rcode == 3);
}

}  // namespace
}  // namespace meshdns
