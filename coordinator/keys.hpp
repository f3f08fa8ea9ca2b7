#pragma once

#include <filesystem>
#include <string_view>

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

/// Every secret of a coordinator. Each lives in a file of its own with mode 0600.
struct Keys {
  crypto::CertificateAuthority authority;
  crypto::Signer coordinator;  ///< signs descriptors, results, aborts
  crypto::Signer registrar;    ///< signs the roster
  InvitationKey invitation;
  SecretText admin_token;  ///< bearer token of the admin listener

  /// SHA-256 of the root's public key.
  [[nodiscard]] protocol::FederationId federation() const;
};

/// Makes the keys that do not exist yet and never touches one that does.
/// @return whether anything was made; BaseErrc::io_failed, no_space.
[[nodiscard]] Result<bool> create_missing_keys(const DataDirectory& directory,
                                               std::string_view federation_name, Clock::Wall now,
                                               Random& random);
/// @return BaseErrc::not_found (run `init`), unauthorised for a file that others may read, corrupt
/// or
///   malformed.
[[nodiscard]] Result<Keys> load_keys(const DataDirectory& directory);

}  // namespace guildsum::coordinator
