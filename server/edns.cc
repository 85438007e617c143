#include "server/edns.h"

namespace meshdns {

bool Edns::parse_options(std::span<const uint8_t> options) {
  while (!options.empty()) {
    if (options.size() < 4) return false;
    const size_t size = size_t{4} + get16(options.data() + 2);
    if (size > options.size()) return false;
    if (!parse_option(EdnsOption{get16(options.data())}, options.subspan(4, size - 4))) return false;
    options = options.subspan(size);
  }
  return true;
}

bool Edns::parse_option(EdnsOption code, std::span<const uint8_t> data) {
  switch (code) {
    case EdnsOption::kNsid:  // RFC 5001 §2.1: what the query says within is ignored
      asked |= kNsid;
      return true;
    case EdnsOption::kCookie:
      // RFC 7873 §5.2: all but the first are ignored, and a length that cannot be is a FORMERR.
      if ((asked & kCookie) != 0) return true;
      asked |= kCookie;
      cookie = data;
      return data.size() == 8 || (data.size() >= 16 && data.size() <= 40);
    case EdnsOption::kKeepalive:  // RFC 7828 §3.2.1: a client states no timeout
      asked |= data.empty() ? kKeepalive : kKeepaliveMalformed;
      return true;
    default:
      return true;  // RFC 6891 §6.1.2: unknown options are ignored
  }
}

void OptOptions::add_nsid(std::string_view nsid) {
  nsid = nsid.substr(0, Identity::kMaxSize);
  append(EdnsOption::kNsid, {reinterpret_cast<const uint8_t*>(nsid.data()), nsid.size()});
}

void OptOptions::append16(EdnsOption code, uint16_t value) {
  std::array<uint8_t, 2> data;
  put16(data.data(), value);
  append(code, data);
}

void OptOptions::append(EdnsOption code, std::span<const uint8_t> data) {
  put16(bytes_.data() + size_, static_cast<unsigned>(code));
  put16(bytes_.data() + size_ + 2, static_cast<unsigned>(data.size()));
  std::memcpy(bytes_.data() + size_ + kHeader, data.data(), data.size());
  size_ += kHeader + data.size();
}

}  // namespace meshdns
