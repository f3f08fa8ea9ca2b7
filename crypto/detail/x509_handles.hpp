#pragma once

#include <memory>
#include <string>
#include <utility>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "crypto/detail/evp.hpp"
#include "crypto/errors.hpp"
#include "crypto/x509.hpp"

namespace guildsum::crypto::detail {

using BioHandle = std::unique_ptr<BIO, FreeWith<BIO_free_all>>;
using BignumHandle = std::unique_ptr<BIGNUM, FreeWith<BN_free>>;
using ExtensionHandle = std::unique_ptr<X509_EXTENSION, FreeWith<X509_EXTENSION_free>>;
using NamesHandle = std::unique_ptr<GENERAL_NAMES, FreeWith<GENERAL_NAMES_free>>;
using NameHandle = std::unique_ptr<GENERAL_NAME, FreeWith<GENERAL_NAME_free>>;
using RequestHandle = std::unique_ptr<X509_REQ, FreeWith<X509_REQ_free>>;
using CertificateHandle = std::unique_ptr<X509, Certificate::Free>;

inline Error invalid_certificate(std::string detail) {
  ERR_clear_error();
  return {CryptoErrc::invalid_certificate, std::move(detail)};
}

/// What an `i2d_*` function writes.
template <class Object, class Encode>
Bytes encode_der(Object* object, Encode encode) {
  const int size = encode(object, nullptr);
  GS_ASSERT(size > 0);
  Bytes der(static_cast<std::size_t>(size));
  auto* out = detail::writable(der);
  GS_ASSERT(encode(object, &out) == size);
  return der;
}

}  // namespace guildsum::crypto::detail
