#include "server/cookie_secrets.h"

#include <sodium/utils.h>

#include <algorithm>

namespace meshdns {
namespace {

std::string_view trim(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r";
  const size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) + 1 - first);
}

bool parse_secret(std::string_view digits, CookieSecret& secret) {
  size_t size = 0;
  const char* end = nullptr;
  const int failed = sodium_hex2bin(secret.data(), secret.size(), digits.data(), digits.size(), nullptr, &size, &end);
  return failed == 0 && size == secret.size() && end == digits.data() + digits.size();
}

}  // namespace

Result<std::vector<CookieSecret>> parse_cookie_secrets(const std::string& file, std::string_view text) {
  std::vector<CookieSecret> secrets;
  for (size_t number = 1; !text.empty(); ++number) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = trim(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.front() == '#') continue;
    const auto error = [&](const std::string& what) {
      return Error{file + ":" + std::to_string(number) + ": " + what};
    };
    CookieSecret secret;
    if (!parse_secret(line, secret)) {
      return error("found " + std::to_string(line.size()) +
                   " characters, expected a cookie secret: 16 octets as 32 hexadecimal digits");
    }
    if (std::ranges::count(secrets, secret) > 0) return error("found a secret again, expected each once");
    if (secrets.size() == Cookies::kMaxSecrets) {
      return error("found a further secret, expected at most " + std::to_string(Cookies::kMaxSecrets));
    }
    secrets.push_back(secret);
  }
  if (secrets.empty()) return Error{file + ": found no secret, expected a line of 32 hexadecimal digits"};
  return secrets;
}

}  // namespace meshdns
