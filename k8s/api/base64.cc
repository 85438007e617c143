#include "k8s/api/base64.h"

#include <openssl/evp.h>

#include <algorithm>

namespace meshdns {

std::optional<std::string> base64_decode(std::string_view text) {
  std::string compact(text);
  std::erase_if(compact, [](char c) { return c == '\n' || c == '\r'; });
  // OpenSSL takes white space around the text for nothing and padding anywhere for zero bits.
  const size_t end = std::min(compact.find('='), compact.size());
  const size_t padding = compact.size() - end;
  if (padding > 2 || compact.find_first_not_of('=', end) != std::string::npos) return std::nullopt;
  if (compact.size() % 4 != 0 || compact.find_first_of(" \t") != std::string::npos) return std::nullopt;
  std::string bytes(compact.size() / 4 * 3, '\0');
  const int length =
      EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                      reinterpret_cast<const unsigned char*>(compact.data()), static_cast<int>(compact.size()));
  if (length < 0 || static_cast<size_t>(length) != bytes.size()) return std::nullopt;
  bytes.resize(bytes.size() - padding);
  return bytes;
}

std::string base64_encode(std::string_view bytes) {
  std::string text((bytes.size() + 2) / 3 * 4, '\0');  // behind it, where OpenSSL writes a NUL, stands one
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), reinterpret_cast<const unsigned char*>(bytes.data()),
                  static_cast<int>(bytes.size()));
  return text;
}

}  // namespace meshdns
