#include "server/tsig.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/server/hex.h"

namespace meshdns {
namespace {

using test::from_hex;
using test::to_hex;

// A header, and the question a.b A IN; what is behind begins at octet 21.
const std::string kHeader = "1234 0100 0001 0000 0000 0001";
const std::string kQuestion = "01 61 01 62 00 0001 0001";
const std::string kFixed = "00fa 00ff 00000000";       // TYPE, class ANY, TTL
const std::string kAlgorithm = "04 686d6163 00";       // hmac
const std::string kSigned = "010203040506 012c";       // time signed, fudge 300
const std::string kTail = "0002 ffff abcd 0000 0000";  // a MAC of 2 octets, original ID, error, other length
const std::string kRdata = kAlgorithm + kSigned + kTail;
const std::string kKey = "03 6b6579 00";

std::string record(const std::string& key, const std::string& rdata, const std::string& fixed = kFixed) {
  const size_t size = from_hex(rdata).size();
  return key + fixed + to_hex(std::vector{static_cast<uint8_t>(size >> 8), static_cast<uint8_t>(size)}) + rdata;
}

/// The record that answers it; empty where it is malformed.
std::string answer(const std::string& text) {
  const auto message = from_hex(kHeader + kQuestion + text);
  size_t at = 21;
  RecordView view;
  if (!view.read(message, at)) return "";
  Tsig tsig;
  if (!tsig.parse(message, view)) return "";
  std::vector<uint8_t> out(tsig.bad_key_size());
  CHECK(tsig.write_bad_key(out.data()) == out.size());
  return to_hex(out);
}

TEST_CASE("a TSIG of a key that nobody knows") {
  struct Case {
    const char* what;
    std::string record;
    std::string key;
    std::string algorithm;
  };
  const std::string long_name = to_hex(std::vector<uint8_t>(1, 63)) + std::string(126, '6') + "3f" +
                                std::string(126, '6') + "3f" + std::string(126, '6') + "3d" + std::string(122, '6') +
                                "00";
  const std::vector<Case> cases = {
      {"plain", record(kKey, kRdata), kKey, kAlgorithm},
      {"the root as key and algorithm", record("00", "00" + kSigned + kTail), "00", "00"},
      {"its case is kept", record("03 4b6559 00", kRdata), "03 4b6559 00", kAlgorithm},
      {"a name of 255 octets", record(long_name, long_name + kSigned + kTail), long_name, long_name},
      {"a pointer to the question", record("c00c", kRdata), "01 61 01 62 00", kAlgorithm},
      {"a pointer into the question", record("03 6b6579 c00e", kRdata), "03 6b6579 01 62 00", kAlgorithm},
      {"no MAC", record(kKey, kAlgorithm + kSigned + "0000 abcd 0000 0000"), kKey, kAlgorithm},
      {"an error and other data", record(kKey, kAlgorithm + kSigned + "0000 abcd 0012 0006 000000000000"), kKey,
       kAlgorithm},
  };
  for (const Case& c : cases) {
    CAPTURE(c.what);
    CHECK(answer(c.record) == to_hex(from_hex(record(c.key, c.algorithm + kSigned + "0000 abcd 0011 0000"))));
  }
}

TEST_CASE("a TSIG that is malformed") {
  struct Case {
    const char* what;
    std::string record;
  };
  const std::string cut = kAlgorithm + kSigned;
  const std::vector<Case> cases = {
      {"class IN", record(kKey, kRdata, "00fa 0001 00000000")},
      {"no RDATA", record(kKey, "")},
      {"an algorithm that does not end", record(kKey, "04 686d6163")},
      {"an algorithm by pointer", record(kKey, "c00c" + kSigned + kTail)},
      {"an algorithm that ends in a pointer", record(kKey, "04 686d6163 c00c" + kSigned + kTail)},
      {"no time", record(kKey, kAlgorithm)},
      {"no MAC size", record(kKey, cut)},
      {"a MAC that overruns", record(kKey, cut + "0003 ffff")},
      {"a MAC of 65,535 octets", record(kKey, cut + "ffff ffff abcd 0000 0000")},
      {"nothing behind the MAC", record(kKey, cut + "0002 ffff")},
      {"other data that overruns", record(kKey, cut + "0000 abcd 0000 0001")},
      {"octets behind other data", record(kKey, cut + "0000 abcd 0000 0000 00")},
      {"a key that points to itself", record("c015", kRdata)},
      {"a key that points forward", record("c020", kRdata)},
      {"a key that points into the header", record("c000", kRdata)},
      {"a key that points behind the message", record("ffff", kRdata)},
      {"a key that comes back to its pointer", record("01 61 c015", kRdata)},
      {"a key that points into the middle of a label", record("c00d", kRdata)},  // 'a' is a label of 97 octets
  };
  for (const Case& c : cases) {
    CAPTURE(c.what);
    CHECK(answer(c.record).empty());
  }
  // Behind the question's name, 255 octets and more.
  std::string key;
  for (int i = 0; i < 3; ++i) key += "3f" + std::string(126, '6');
  CHECK(answer(record(key + "39" + std::string(114, '6') + "c00c", kRdata)) != "");
  CHECK(answer(record(key + "3a" + std::string(116, '6') + "c00c", kRdata)) == "");
}

}  // namespace
}  // namespace meshdns
