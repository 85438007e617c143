#include "k8s/api/tls.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>

#include "k8s/api/file.h"

namespace meshdns {
namespace {

template <class T, void (*Free)(T*)>
struct Freed {
  void operator()(T* value) const { Free(value); }
};
using Certificate = std::unique_ptr<X509, Freed<X509, X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY, EVP_PKEY_free>>;

struct FreedBio {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
using Bio = std::unique_ptr<BIO, FreedBio>;

Bio reader(const std::string& text) { return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))); }

// A key that asks for a pass phrase must not make a server ask its terminal.
int no_pass_phrase(char*, int, int, void*) { return -1; }

Result<std::string> content(const Pem& pem) {
  if (!pem.text.empty()) return pem.text;
  return read_small_file(pem.file);
}

Certificate first_certificate(const std::string& text) {
  return Certificate(PEM_read_bio_X509(reader(text).get(), nullptr, no_pass_phrase, nullptr));
}

std::string in_file(const Pem& pem) { return pem.text.empty() ? " in " + pem.file : ""; }

}  // namespace

std::optional<Error> check_certificates(const Pem& pem) {
  const auto text = content(pem);
  if (!text) return Error{text.error()};
  const bool found = first_certificate(*text) != nullptr;
  ERR_clear_error();
  if (!found) return Error{"no certificate" + in_file(pem) + ": expected PEM, -----BEGIN CERTIFICATE-----"};
  return std::nullopt;
}

std::optional<Error> check_key_pair(const Pem& certificate, const Pem& key) {
  const auto certificate_text = content(certificate);
  if (!certificate_text) return Error{certificate_text.error()};
  const auto key_text = content(key);
  if (!key_text) return Error{key_text.error()};
  const Certificate leaf = first_certificate(*certificate_text);
  const Key secret(PEM_read_bio_PrivateKey(reader(*key_text).get(), nullptr, no_pass_phrase, nullptr));
  const bool fits = leaf && secret && X509_check_private_key(leaf.get(), secret.get()) == 1;
  ERR_clear_error();
  if (!leaf) return Error{"no certificate" + in_file(certificate) + ": expected PEM, -----BEGIN CERTIFICATE-----"};
  if (!secret) return Error{"no private key" + in_file(key) + ": expected PEM without a pass phrase"};
  if (!fits) return Error{"the private key" + in_file(key) + " is not that of the certificate" + in_file(certificate)};
  return std::nullopt;
}

}  // namespace meshdns
