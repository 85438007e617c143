#pragma once

// Numbers in network byte order, put behind what is there already. For writers; the query path has server/wire.h.

#include <cstddef>
#include <cstdint>
#include <vector>

namespace meshdns {

inline void append16(std::vector<uint8_t>& out, size_t value) {
  out.push_back(static_cast<uint8_t>(value >> 8));
  out.push_back(static_cast<uint8_t>(value));
}

inline void append32(std::vector<uint8_t>& out, uint32_t value) {
  append16(out, value >> 16);
  append16(out, value);
}

inline void append64(std::vector<uint8_t>& out, uint64_t value) {
  append32(out, static_cast<uint32_t>(value >> 32));
  append32(out, static_cast<uint32_t>(value));
}

}  // namespace meshdns
