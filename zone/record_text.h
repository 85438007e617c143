#pragma once

// Records in presentation form (RFC 1035 §5.1), for people and files. Not for the query path.

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "zone/name.h"

namespace meshdns {

/// `record` is in answer form (owner_node.h); its owner is written as `owner`. What a zone file may have is read from it as it was: in
/// RFC 3597's form where ldns would write something else.
std::string record_text(const Name& owner, std::span<const uint8_t> record);

/// "AAAA", "TYPE65280" (RFC 3597 §5).
std::string type_text(uint16_t type);

/// "IN", "CLASS7".
std::string class_text(uint16_t klass);

/// The class that `text` names, in either form; nothing where there is no such class.
std::optional<uint16_t> parse_class(const std::string& text);

/// The type that `text` names, in either form; nothing where there is no such type.
std::optional<uint16_t> parse_type(const std::string& text);

}  // namespace meshdns
