#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

#include "base/assert.hpp"
#include "base/clock.hpp"
#include "base/random.hpp"
#include "base/secret.hpp"
#include "crypto/ed25519.hpp"
#include "crypto/x509.hpp"
#include "protocol/ids.hpp"

namespace guildsum::coordinator {

/// Names of the files in the data directory.
struct DataDirectory {
  std::filesystem::path root;

  [[nodiscard]] auto authority_key() const { return root / "ca.key"; }
  [[nodiscard]] auto authority_certificate() const { return root / "ca.pem"; }
  [[nodiscard]] auto coordinator_key() const { return root / "coordinator.key"; }
  [[nodiscard]] auto registrar_key() const { return root / "registrar.key"; }
  /// The public key of a registrar elsewhere; then there is no `registrar.key`.
  [[nodiscard]] auto registrar_public_key() const { return root / "registrar.pub"; }
  [[nodiscard]] auto invitation_key() const { return root / "invitation.key"; }
  [[nodiscard]] auto admin_token() const { return root / "admin.token"; }
  [[nodiscard]] auto ledger() const { return root / "ledger.sqlite"; }
  [[nodiscard]] auto blobs() const { return root / "blobs"; }
  [[nodiscard]] auto spool() const { return root / "spool"; }
  [[nodiscard]] auto lock() const { return root / "serve.lock"; }
  [[nodiscard]] auto endpoints() const { return root / "endpoints.json"; }
};

/// Join token secrets are derived from it, so that the ledger alone redeems no token.
using InvitationKey = Secret<struct InvitationKeyTag, 32>;

/// The key that signs the roster, as far as the coordinator has it. Embedded, the coordinator
/// signs by itself, and shops are protected from a curious coordinator only; external, it knows
/// the public key and brings back what was signed elsewhere.
class RegistrarKey {
 public:
  explicit RegistrarKey(crypto::Signer embedded)
      : key_{embedded.verify_key()}, signer_{std::move(embedded)} {}
  explicit RegistrarKey(const crypto::VerifyKey& external) : key_{external} {}

  [[nodiscard]] const crypto::VerifyKey& verify_key() const noexcept { return key_; }
  [[nodiscard]] bool is_embedded() const noexcept { return signer_.has_value(); }
  /// Of an embedded key only.
  [[nodiscard]] const crypto::Signer& signer() const {
    GS_ASSERT(signer_.has_value());
    return *signer_;
  }

 private:
  crypto::VerifyKey key_;
  std::optional<crypto::Signer> signer_;
};

/// Every secret of a coordinator. Each lives in a file of its own with mode 0600.
struct Keys {
  crypto::CertificateAuthority authority;
  crypto::Signer coordinator;  ///< signs descriptors, results, aborts
  RegistrarKey registrar;      ///< signs the roster
  InvitationKey invitation;
  SecretText admin_token;  ///< bearer token of the admin listener

  /// SHA-256 of the root's public key.
  [[nodiscard]] protocol::FederationId federation() const;
};

/// Makes the keys that do not exist yet and never touches one that does.
/// @param registrar  the public key of an external registrar; absent for an embedded one, unless
///   the directory names an external one already
/// @return whether anything was made; BaseErrc::io_failed, no_space; already_exists for a
///   directory with another registrar, which shops have pinned.
[[nodiscard]] Result<bool> create_missing_keys(
    const DataDirectory& directory, std::string_view federation_name, Clock::Wall now,
    Random& random, const std::optional<crypto::VerifyKey>& registrar = std::nullopt);
/// @return BaseErrc::not_found (run `init`), unauthorised for a file that others may read, corrupt
///   or malformed, also when there are a registrar's secret and public key.
[[nodiscard]] Result<Keys> load_keys(const DataDirectory& directory);

/// One Ed25519 seed as 64 hexadecimal digits in a file of mode 0600. `create` leaves a file that
/// exists as it is; whether it made one.
[[nodiscard]] Result<bool> create_signing_key(const std::filesystem::path& path, Random& random);
[[nodiscard]] Result<crypto::Signer> load_signing_key(const std::filesystem::path& path);

}  // namespace guildsum::coordinator
