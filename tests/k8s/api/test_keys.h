#pragma once

// Keys and certificates made on the spot, in PEM form.

#include <string>

namespace meshdns {

std::string make_key();
std::string make_certificate(const std::string& key);  // self-signed

}  // namespace meshdns
