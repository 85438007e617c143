#pragma once

// Domain names in the form in which everything behind the parsers handles them: uncompressed wire form, validated and
// lower-cased once (RFC 1035 §3.1, RFC 4343).

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "zone/result.h"

namespace meshdns {

/// An absolute domain name. A value; comparison is that of names, as case is folded when the name is made.
class Name {
 public:
  static constexpr size_t kMaxLength = 255;  // octets in wire form, the root's zero octet included
  static constexpr size_t kMaxLabel = 63;    // octets
  static constexpr size_t kMaxLabels = 127;  // of one octet each, and the root: 255 octets

  /// The root.
  Name() : wire_(1, '\0') {}

  /// From presentation form: "a.example", trailing dot or not, "." for the root, escapes \. and \DDD (RFC 1035 §5.1).
  static Result<Name> parse(std::string_view text);

  /// From wire form: exactly one uncompressed name, nothing behind it.
  static Result<Name> from_wire(std::span<const uint8_t> wire);

  std::span<const uint8_t> wire() const { return {reinterpret_cast<const uint8_t*>(wire_.data()), wire_.size()}; }

  /// Presentation form without the trailing dot, escaped where it has to be; "." for the root.
  std::string text() const;

  size_t labels() const;  // the root not counted
  bool is_root() const { return wire_.size() == 1; }
  bool is_wildcard() const { return wire_.size() > 2 && wire_[0] == 1 && wire_[1] == '*'; }

  /// The name without its first label; the root's parent is the root.
  Name parent() const;

  /// Whether this name is `ancestor` or below it, label by label.
  bool is_within(const Name& ancestor) const;

  bool operator==(const Name&) const = default;
  bool operator<(const Name& other) const { return wire_ < other.wire_; }  // some total order, not the canonical one

 private:
  explicit Name(std::string wire) : wire_(std::move(wire)) {}

  std::string wire_;
};

}  // namespace meshdns
