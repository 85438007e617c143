#pragma once

// A set of pointers to elements that live elsewhere, found by what is in them: 8 octets a slot and no allocation an element, where
// std::unordered_set takes 40. For one thread.

#include <cstddef>
#include <cstdint>
#include <vector>

namespace meshdns {

/// `Hash` gives an element's hash: `uint32_t operator()(const T&)`.
template <class T, class Hash>
class PointerSet {
 public:
  size_t size() const { return size_; }

  /// The slot of the element with `hash` for which `equal(const T&)` holds; null where there is none. Valid until the next change.
  template <class Equal>
  T** find(uint32_t hash, Equal equal) {
    for (size_t at = hash & mask(); slots_[at] != nullptr; at = (at + 1) & mask()) {
      if (Hash()(*slots_[at]) == hash && equal(static_cast<const T&>(*slots_[at]))) return &slots_[at];
    }
    return nullptr;
  }

  /// Adds an element that is not in the set.
  void insert(T* element) {
    if ((size_ + 1) * 10 > slots_.size() * 7) grow();
    place(element);
    ++size_;
  }

  /// Takes out what stands in `slot`, which find() gave. What probing has put behind it moves up: no tombstones.
  void erase(T** slot) {
    size_t hole = static_cast<size_t>(slot - slots_.data());
    for (size_t at = (hole + 1) & mask(); slots_[at] != nullptr; at = (at + 1) & mask()) {
      const size_t home = Hash()(*slots_[at]) & mask();
      if (((at - home) & mask()) < ((at - hole) & mask())) continue;  // its home is behind the hole
      slots_[hole] = slots_[at];
      hole = at;
    }
    slots_[hole] = nullptr;
    --size_;
  }

  template <class Visit>
  void for_each(Visit visit) const {
    for (T* element : slots_) {
      if (element != nullptr) visit(*element);
    }
  }

 private:
  size_t mask() const { return slots_.size() - 1; }

  void place(T* element) {
    size_t at = Hash()(*element) & mask();
    while (slots_[at] != nullptr) at = (at + 1) & mask();
    slots_[at] = element;
  }

  void grow() {
    std::vector<T*> old(slots_.size() * 2);
    old.swap(slots_);
    for (T* element : old) {
      if (element != nullptr) place(element);
    }
  }

  std::vector<T*> slots_ = std::vector<T*>(64);  // a power of two
  size_t size_ = 0;
};

}  // namespace meshdns
