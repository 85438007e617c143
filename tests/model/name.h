#pragma once

// Domain names for the model: lists of labels, slow and plain. In lower case wherever they are compared (RFC 4343), so
// whoever makes one folds it.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace meshdns::model {

/// Labels, the leftmost first; the root has none.
using Name = std::vector<std::string>;

constexpr size_t kMostOctets = 255;  // of a name in wire form (RFC 1035 §3.1)

Name parse_name(std::string_view text);  // "a.B.example." → a, b, example; no escapes, for tables
std::string text(const Name& name);      // absolute, with \DDD for what is special (RFC 1035 §5.1)
std::string label_text(const std::string& label);

std::string wire(const Name& name);
size_t wire_length(const Name& name);
Name read_name(std::string_view wire);  // the name at the start, uncompressed

char fold(char c);

Name suffix(const Name& name, size_t labels);                             // its last `labels` labels
Name parent(const Name& name);                                            // the root's is the root
bool is_within(const Name& name, const Name& ancestor);                   // itself or below
Name child(const std::string& label, const Name& name);                   // label.name
Name replace_suffix(const Name& name, const Name& from, const Name& to);  // RFC 6672 §2.2: `name` is within `from`

}  // namespace meshdns::model
