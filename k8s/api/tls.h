#pragma once

// Whom to trust and who to be on a TLS connection to an API server. Plain values.

#include <optional>
#include <string>

#include "zone/result.h"

namespace meshdns {

/// Certificates or a key in PEM form: in memory or in a file, which is read at every new connection, so that it may
/// rotate.
struct Pem {
  std::string text;
  std::string file;  // where `text` is empty
  bool empty() const { return text.empty() && file.empty(); }
};

struct TlsSettings {
  Pem ca;                   // empty: the system's authorities
  Pem certificate;          // the client's, with its chain; empty: none
  Pem key;                  // of `certificate`
  std::string server_name;  // for SNI and verification; empty: the URL's host
  bool insecure = false;    // the server's certificate is not verified
};

/// Whether there is what it should be: what is wrong, or nothing. They read the file where there is one.
std::optional<Error> check_certificates(const Pem& pem);
std::optional<Error> check_key_pair(const Pem& certificate, const Pem& key);

}  // namespace meshdns
