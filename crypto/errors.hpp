#pragma once

#include <boost/system/error_category.hpp>
#include <boost/system/error_code.hpp>

namespace guildsum::crypto {

/// Why a cryptographic operation refused its input. Values never say which byte was wrong.
enum class CryptoErrc {
  invalid_public_key = 1,  ///< A public key is not canonical, of small order, or not a key at all.
  invalid_secret_key,      ///< Stored key material does not have the form of a secret key.
  invalid_signature,       ///< A signature does not verify under the key and message.
  authentication_failed,  ///< An AEAD tag or a MAC does not match: the data is not what was sealed.
  output_too_long,        ///< More bytes were asked for than the construction can give.
  input_too_long,         ///< The input exceeds what the construction can take.
  invalid_ring_bits,      ///< The ring is not one of Z mod 2^16 ... 2^64.
  ring_mismatch,          ///< Two operands live in different rings or have different lengths.
  value_out_of_range,     ///< A value does not fit into the ring.
  wrong_length,           ///< A packed chunk or an encoding does not have its exact length.
  not_canonical,          ///< An encoding has unused bits set: two texts would mean one value.
  invalid_threshold,      ///< Sharing needs 1 <= threshold <= count <= kMaxShares.
  invalid_share_index,    ///< A share index is zero or larger than kMaxShares.
  duplicate_share_index,  ///< The same share index was given twice.
  invalid_share,          ///< A limb of a share is not a field element.
  recovery_failed,        ///< The shares do not open to a secret of the shared form.
  index_out_of_range,     ///< A leaf index is not inside the tree.
  memory_unavailable,     ///< The system gave no pages for secrets.
  invalid_certificate,    ///< A certificate or request is malformed or not issued by our authority.
  file_permissions_too_open,  ///< A key file can be read by others than its owner.
};

const boost::system::error_category& crypto_category() noexcept;
inline boost::system::error_code make_error_code(CryptoErrc code) noexcept {
  return {static_cast<int>(code), crypto_category()};
}

}  // namespace guildsum::crypto

template <>
struct boost::system::is_error_code_enum<guildsum::crypto::CryptoErrc> : std::true_type {};
