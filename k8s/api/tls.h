#pragma once

// Whom to trust and who to be on a TLS connection to an API server. Plain values.

#include <optional>
#include <string>

#include "zone/result.h"

namespace meshdns {

/// Certificates or a key in PEM form, and the file that they were read from, if any: as they rotate, it is read again.
struct Pem {
  std::string text;
  std::string file;
  bool empty() const { return text.empty() && file.empty(); }
  bool operator==(const Pem&) const = default;
};

struct TlsSettings {
  Pem ca;                   // empty: the system's authorities
  Pem certificate;          // the client's, with its chain; empty: none
  Pem key;                  // of `certificate`
  std::string server_name;  // for SNI and verification; empty: the URL's host
  bool insecure = false;    // the server's certificate is not verified
  bool operator==(const TlsSettings&) const = default;
};

/// What a file holds, not checked.
Result<Pem> read_pem(const std::string& file);

/// Whether there is what it should be: what is wrong, or nothing.
std::optional<Error> check_certificates(const Pem& pem);
std::optional<Error> check_key_pair(const Pem& certificate, const Pem& key);

/// The same settings with what their files hold now, checked.
Result<TlsSettings> read_again(TlsSettings tls);

}  // namespace meshdns
