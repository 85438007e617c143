#pragma once

#include <string>
#include <string_view>

namespace meshdns {

/// The text as one word of a shell's command line: in single quotes where a shell would read more into it.
std::string shell_word(std::string_view text);

}  // namespace meshdns
