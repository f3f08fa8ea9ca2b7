#include "crypto/errors.hpp"

#include <string>

namespace guildsum::crypto {
namespace {

const char* meaning(CryptoErrc code) noexcept {
  switch (code) {
    case CryptoErrc::invalid_public_key:
      return "the public key is not acceptable";
    case CryptoErrc::invalid_secret_key:
      return "the secret key is malformed";
    case CryptoErrc::invalid_signature:
      return "the signature does not verify";
    case CryptoErrc::authentication_failed:
      return "the data fails its authentication";
    case CryptoErrc::output_too_long:
      return "more key material was asked for than can be derived";
    case CryptoErrc::input_too_long:
      return "the input is too long";
    case CryptoErrc::invalid_ring_bits:
      return "the ring must have 16 to 64 bits";
    case CryptoErrc::ring_mismatch:
      return "the vectors differ in ring or length";
    case CryptoErrc::value_out_of_range:
      return "a value does not fit into the ring";
    case CryptoErrc::wrong_length:
      return "the data does not have its exact length";
    case CryptoErrc::not_canonical:
      return "the encoding is not canonical";
    case CryptoErrc::invalid_threshold:
      return "the sharing threshold is out of range";
    case CryptoErrc::invalid_share_index:
      return "the share index is out of range";
    case CryptoErrc::duplicate_share_index:
      return "a share index occurs twice";
    case CryptoErrc::invalid_share:
      return "the share is not made of field elements";
    case CryptoErrc::recovery_failed:
      return "the shares do not open to a secret";
    case CryptoErrc::index_out_of_range:
      return "the leaf is not in the tree";
    case CryptoErrc::memory_unavailable:
      return "no memory for secrets";
    case CryptoErrc::invalid_certificate:
      return "the certificate is not acceptable";
    case CryptoErrc::file_permissions_too_open:
      return "the key file is readable by others";
  }
  return "unknown cryptographic error";
}

class CryptoCategory final : public boost::system::error_category {
 public:
  [[nodiscard]] const char* name() const noexcept override { return "guildsum.crypto"; }
  [[nodiscard]] std::string message(int code) const override {
    return meaning(static_cast<CryptoErrc>(code));
  }
};

}  // namespace

const boost::system::error_category& crypto_category() noexcept {
  static const CryptoCategory category;
  return category;
}

}  // namespace guildsum::crypto
