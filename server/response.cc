#include "server/response.h"

namespace meshdns {

bool Response::add_several(Section section, OwnerNode::Found found, size_t owner_at) {
  if (owner_at > kMostPointer) return add_beyond_pointers(section, found, owner_at);
  const Rrset& rrset = *found.rrset;
  uint8_t* const at = out_ + size_;
  if (rrset.count == 1 || rrset.stride == 0) {
    std::memcpy(at, found.records, rrset.size);
  } else {
    const size_t before = (rotation_++ % rrset.count) * size_t{rrset.stride};
    std::memcpy(at, found.records + before, rrset.size - before);
    std::memcpy(at + rrset.size - before, found.records, before);
  }
  size_ += rrset.size;
  counts_[section] = static_cast<uint16_t>(counts_[section] + rrset.count);
  if (owner_at == kHeaderSize) return true;  // as it is stored
  for (uint8_t* record = at; record != out_ + size_; record += OwnerNode::record_size(record)) {
    put16(record, static_cast<unsigned>(0xc000 | owner_at));
  }
  return true;
}

bool Response::add_beyond_pointers(Section section, OwnerNode::Found found, size_t owner_at) {
  constexpr size_t kPointer = 2;
  size_t owner_size = 1;
  while (out_[owner_at + owner_size - 1] != 0) owner_size += out_[owner_at + owner_size - 1] + size_t{1};
  const Rrset& rrset = *found.rrset;
  if (size_ + rrset.size + rrset.count * owner_size - rrset.count * kPointer > limit_) return false;
  const uint8_t* record = found.records;
  for (unsigned i = 0; i < rrset.count; ++i) {
    const size_t size = OwnerNode::record_size(record);
    std::memcpy(out_ + size_, out_ + owner_at, owner_size);
    std::memcpy(out_ + size_ + owner_size, record + kPointer, size - kPointer);
    size_ += owner_size + size - kPointer;
    record += size;
  }
  counts_[section] = static_cast<uint16_t>(counts_[section] + rrset.count);
  return true;
}

uint8_t* Response::add_record(Section section, size_t size) {
  if (size_ + size > limit_) return nullptr;
  uint8_t* const at = out_ + size_;
  size_ += size;
  ++counts_[section];
  return at;
}

}  // namespace meshdns
