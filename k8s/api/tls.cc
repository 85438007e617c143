#include "k8s/api/tls.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>
#include <utility>

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

Certificate first_certificate(const std::string& text) {
  return Certificate(PEM_read_bio_X509(reader(text).get(), nullptr, no_pass_phrase, nullptr));
}

std::string in_file(const Pem& pem) { return pem.file.empty() ? "" : " in " + pem.file; }

}  // namespace

Result<Pem> read_pem(const std::string& file) {
  auto text = read_small_file(file);
  if (!text) return Error{text.error()};
  return Pem{*std::move(text), file};
}

std::optional<Error> check_certificates(const Pem& pem) {
  const bool found = first_certificate(pem.text) != nullptr;
  ERR_clear_error();
  if (!found) return Error{"no certificate" + in_file(pem) + ": expected PEM, -----BEGIN CERTIFICATE-----"};
  return std::nullopt;
}

std::optional<Error> check_key_pair(const Pem& certificate, const Pem& key) {
  const Certificate leaf = first_certificate(certificate.text);
  const Key secret(PEM_read_bio_PrivateKey(reader(key.text).get(), nullptr, no_pass_phrase, nullptr));
  const bool fits = leaf && secret && X509_check_private_key(leaf.get(), secret.get()) == 1;
  ERR_clear_error();
  if (!leaf) return Error{"no certificate" + in_file(certificate) + ": expected PEM, -----BEGIN CERTIFICATE-----"};
  if (!secret) return Error{"no private key" + in_file(key) + ": expected PEM without a pass phrase"};
  if (!fits) return Error{"the private key" + in_file(key) + " is not that of the certificate" + in_file(certificate)};
  return std::nullopt;
}

Result<TlsSettings> read_again(TlsSettings tls) {
  for (Pem* pem : {&tls.ca, &tls.certificate, &tls.key}) {
    if (pem->file.empty()) continue;
    auto fresh = read_pem(pem->file);
    if (!fresh) return Error{fresh.error()};
    *pem = *std::move(fresh);
  }
  if (!tls.ca.empty()) {
    if (auto wrong = check_certificates(tls.ca)) return *std::move(wrong);
  }
  if (!tls.certificate.empty()) {
    if (auto wrong = check_key_pair(tls.certificate, tls.key)) return *std::move(wrong);
  }
  return tls;
}

}  // namespace meshdns
