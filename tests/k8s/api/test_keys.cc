#include "tests/k8s/api/test_keys.h"

#include <doctest/doctest.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

namespace meshdns {
namespace {

std::string take(BIO* bio) {
  char* text = nullptr;
  const long length = BIO_get_mem_data(bio, &text);
  std::string result(text, static_cast<size_t>(length));
  BIO_free(bio);
  return result;
}

}  // namespace

std::string make_key() {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  REQUIRE(key != nullptr);
  BIO* bio = BIO_new(BIO_s_mem());
  PEM_write_bio_PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr);
  EVP_PKEY_free(key);
  return take(bio);
}

std::string make_certificate(const std::string& key) {
  BIO* source = BIO_new_mem_buf(key.data(), static_cast<int>(key.size()));
  EVP_PKEY* secret = PEM_read_bio_PrivateKey(source, nullptr, nullptr, nullptr);
  BIO_free(source);
  X509* certificate = X509_new();
  X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
  X509_set_pubkey(certificate, secret);
  X509_sign(certificate, secret, EVP_sha256());
  BIO* bio = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(bio, certificate);
  X509_free(certificate);
  EVP_PKEY_free(secret);
  return take(bio);
}

}  // namespace meshdns
