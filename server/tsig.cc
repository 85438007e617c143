#include "server/tsig.h"

#include <algorithm>

#include "zone/rr_type.h"

namespace meshdns {
namespace {

constexpr uint16_t kClassAny = 255;
constexpr unsigned kBadKey = 17;
constexpr size_t kRecordFixed = 10;                              // TYPE, CLASS, TTL, RDLENGTH
constexpr size_t kTimeAndFudge = 8;                              // Time Signed 48 bits, Fudge 16
constexpr size_t kBehindMac = 6;                                 // Original ID, Error, Other Len
constexpr size_t kBadKeyFixed = kTimeAndFudge + 2 + kBehindMac;  // with a MAC Size of 0

uint8_t* append(uint8_t* at, std::span<const uint8_t> octets) { return std::copy(octets.begin(), octets.end(), at); }

}  // namespace

bool Tsig::parse(std::span<const uint8_t> message, const RecordView& record) {
  if (record.klass() != kClassAny || !expand(message, record.at, key_)) return false;
  // §4.2: the algorithm's name is not compressed, so it lies within RDATA (RFC 3597 §4).
  std::span<const uint8_t> rest = record.rdata;
  const size_t algorithm_size = skip_name(rest, 0);
  if (algorithm_size == 0 || !expand(rest.first(algorithm_size), 0, algorithm_)) return false;
  rest = rest.subspan(algorithm_size);
  if (rest.size() < kTimeAndFudge + 2) return false;
  std::copy_n(rest.begin(), kTimeAndFudge, time_and_fudge_.begin());
  const size_t mac_size = get16(rest.data() + kTimeAndFudge);
  rest = rest.subspan(kTimeAndFudge + 2);
  if (rest.size() < mac_size + kBehindMac) return false;
  rest = rest.subspan(mac_size);
  original_id_ = get16(rest.data());
  return rest.size() == kBehindMac + get16(rest.data() + 4);
}

/// The name at `at`, its pointers followed. Each leads before the place where the name, or what the last one led to, began: they end.
bool Tsig::expand(std::span<const uint8_t> message, size_t at, WireName& name) {
  name.size = 0;
  for (size_t start = at; at < message.size();) {
    const size_t length = message[at];
    if (length >= 0xc0) {
      if (at + 2 > message.size()) return false;
      at = get16(message.data() + at) & 0x3fff;
      if (at < kHeaderSize || at >= start) return false;
      start = at;
      continue;
    }
    const size_t label = length + 1;
    if (length > Name::kMaxLabel || at + label > message.size()) return false;
    if (name.size + label > name.octets.size()) return false;
    append(name.octets.data() + name.size, message.subspan(at, label));
    name.size += label;
    if (length == 0) return true;
    at += label;
  }
  return false;
}

size_t Tsig::bad_key_size() const { return key_.size + kRecordFixed + algorithm_.size + kBadKeyFixed; }

size_t Tsig::write_bad_key(uint8_t* out) const {
  uint8_t* at = append(out, key_.wire());
  put16(at, rr_type::kTsig);
  put16(at + 2, kClassAny);
  put32(at + 4, 0);
  put16(at + 8, static_cast<unsigned>(algorithm_.size + kBadKeyFixed));
  at = append(at + kRecordFixed, algorithm_.wire());
  at = append(at, time_and_fudge_);
  put16(at, 0);  // MAC Size
  put16(at + 2, original_id_);
  put16(at + 4, kBadKey);
  put16(at + 6, 0);  // Other Len
  return bad_key_size();
}

}  // namespace meshdns
