#include "coordinator/keys.hpp"

#include <openssl/crypto.h>

#include "base/errors.hpp"
#include "base/file.hpp"
#include "crypto/key_file.hpp"

namespace guildsum::coordinator {
namespace {

namespace fs = std::filesystem;

/// An empty or short token would let anybody in; the ones made here have 64 characters.
constexpr std::size_t kAdminTokenCharactersMin = 32;

/// 32 secret bytes as one line of hexadecimal digits.
template <class Tag>
SecretText as_line(const Secret<Tag, 32>& secret) {
  return SecretText{to_hex(secret.expose()) + "\n"};
}

template <class Tag>
Result<Secret<Tag, 32>> read_secret(const fs::path& path) {
  GS_TRY(const SecretText text, crypto::read_key_file(path));
  std::string_view line = text.expose();
  if (line.ends_with('\n')) line.remove_suffix(1);
  auto bytes = from_hex(line);
  if (bytes.has_error() || bytes->size() != 32) {
    return Error{BaseErrc::malformed, path.string() + " does not hold a key"};
  }
  Secret<Tag, 32> secret{std::span<const std::byte, 32>{bytes->data(), 32}};
  OPENSSL_cleanse(bytes->data(), bytes->size());
  return secret;
}

Result<bool> is_present(const fs::path& path) {
  std::error_code failure;
  const bool found = fs::exists(path, failure);
  if (failure) return os_error(failure.value(), "looking up", path);
  return found;
}

/// Writes what `make` returns unless the file is there.
template <class Make>
Result<bool> create_file(const fs::path& path, const Make& make) {
  GS_TRY(const bool found, is_present(path));
  if (found) return false;
  GS_TRY(const SecretText text, make());
  GS_CHECK(crypto::write_key_file(path, text));
  return true;
}

template <class Tag>
Result<bool> create_secret(const fs::path& path, Random& random) {
  return create_file(
      path, [&random]() -> Result<SecretText> { return as_line(random.secret<Tag, 32>()); });
}

Result<crypto::TlsKey> load_authority_key(const DataDirectory& directory) {
  GS_TRY(const SecretText text, crypto::read_key_file(directory.authority_key()));
  return crypto::TlsKey::parse_pem(text);
}

Result<crypto::TlsKey> make_authority_key(const DataDirectory& directory) {
  GS_TRY(auto key, crypto::TlsKey::generate_ed25519());
  GS_TRY(const SecretText text, key.to_pem());
  GS_CHECK(crypto::write_key_file(directory.authority_key(), text));
  return key;
}

/// Key first. A key without its certificate (a crash, a lost file) gets another one: shops have
/// pinned the key, not the certificate.
Result<bool> create_authority(const DataDirectory& directory, std::string_view name,
                              Clock::Wall now, Random& random) {
  GS_TRY(const bool found, is_present(directory.authority_certificate()));
  if (found) return false;
  GS_TRY(const bool has_key, is_present(directory.authority_key()));
  GS_TRY(auto key, has_key ? load_authority_key(directory) : make_authority_key(directory));
  GS_TRY(const auto authority,
         crypto::CertificateAuthority::create(std::move(key), name, now, random));
  GS_CHECK(write_file_atomically(directory.authority_certificate(),
                                 as_bytes(authority.root().to_pem()), kPublicFile));
  return true;
}

Result<crypto::CertificateAuthority> load_authority(const DataDirectory& directory) {
  GS_TRY(const std::string pem, read_text_file(directory.authority_certificate(), 64 * 1024));
  GS_TRY(auto root, crypto::Certificate::parse_pem(pem));
  GS_TRY(auto key, load_authority_key(directory));
  return crypto::CertificateAuthority::load(std::move(root), std::move(key));
}

Result<std::optional<crypto::VerifyKey>> external_registrar(const DataDirectory& directory) {
  GS_TRY(const bool external, is_present(directory.registrar_public_key()));
  if (!external) return std::optional<crypto::VerifyKey>{};
  GS_TRY(std::string text, read_text_file(directory.registrar_public_key(), 1024));
  if (text.ends_with('\n')) text.pop_back();
  const auto key = crypto::VerifyKey::from_hex(text);
  if (key.has_error() || crypto::check_verify_key(*key).has_error()) {
    return Error{BaseErrc::malformed,
                 directory.registrar_public_key().string() + " does not hold a public key"};
  }
  return std::optional{*key};
}

/// The secret key, or the public one of somebody else: never both, and never another one later.
Result<bool> create_registrar(const DataDirectory& directory, Random& random,
                              const std::optional<crypto::VerifyKey>& registrar) {
  GS_TRY(const auto present, external_registrar(directory));
  if (!registrar) {
    if (present) return false;
    return create_secret<crypto::SigningKeyTag>(directory.registrar_key(), random);
  }
  GS_TRY(const bool embedded, is_present(directory.registrar_key()));
  if (embedded || (present && *present != *registrar)) {
    return Error{BaseErrc::already_exists,
                 directory.root.string() + " has another registrar, whose key shops have pinned"};
  }
  if (present) return false;
  GS_CHECK(write_file_atomically(directory.registrar_public_key(),
                                 as_bytes(registrar->hex() + "\n"), kPublicFile));
  return true;
}

Result<RegistrarKey> load_registrar(const DataDirectory& directory) {
  GS_TRY(const auto external, external_registrar(directory));
  if (!external) {
    GS_TRY(const auto key, read_secret<crypto::SigningKeyTag>(directory.registrar_key()));
    return RegistrarKey{crypto::Signer{key}};
  }
  GS_TRY(const bool embedded, is_present(directory.registrar_key()));
  if (!embedded) return RegistrarKey{*external};
  return Error{BaseErrc::malformed, directory.root.string() +
                                        " has registrar.key and registrar.pub: one of them is "
                                        "not the registrar's"};
}

Result<SecretText> load_token(const fs::path& path) {
  GS_TRY(const SecretText text, crypto::read_key_file(path));
  std::string_view line = text.expose();
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.size() < kAdminTokenCharactersMin) {
    return Error{BaseErrc::malformed, path.string() + " does not hold a token"};
  }
  return SecretText{std::string{line}};
}

}  // namespace

protocol::FederationId Keys::federation() const {
  return protocol::FederationId{authority.root().spki_sha256().view()};
}

Result<bool> create_missing_keys(const DataDirectory& directory, std::string_view federation_name,
                                 Clock::Wall now, Random& random,
                                 const std::optional<crypto::VerifyKey>& registrar) {
  GS_TRY(const bool authority, create_authority(directory, federation_name, now, random));
  GS_TRY(const bool coordinator,
         create_secret<crypto::SigningKeyTag>(directory.coordinator_key(), random));
  GS_TRY(const bool signs, create_registrar(directory, random, registrar));
  GS_TRY(const bool invitation,
         create_secret<InvitationKeyTag>(directory.invitation_key(), random));
  GS_TRY(const bool token, create_secret<struct AdminTokenTag>(directory.admin_token(), random));
  return authority || coordinator || signs || invitation || token;
}

Result<bool> create_signing_key(const fs::path& path, Random& random) {
  return create_secret<crypto::SigningKeyTag>(path, random);
}

Result<crypto::Signer> load_signing_key(const fs::path& path) {
  GS_TRY(const auto key, read_secret<crypto::SigningKeyTag>(path));
  return crypto::Signer{key};
}

Result<Keys> load_keys(const DataDirectory& directory) {
  GS_TRY(auto authority, load_authority(directory));
  GS_TRY(auto coordinator, load_signing_key(directory.coordinator_key()));
  GS_TRY(auto registrar, load_registrar(directory));
  GS_TRY(auto invitation, read_secret<InvitationKeyTag>(directory.invitation_key()));
  GS_TRY(auto token, load_token(directory.admin_token()));
  return Keys{std::move(authority), std::move(coordinator), std::move(registrar),
              std::move(invitation), std::move(token)};
}

}  // namespace guildsum::coordinator
