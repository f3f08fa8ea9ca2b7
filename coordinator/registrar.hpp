#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "base/random.hpp"
#include "crypto/ed25519.hpp"
#include "protocol/roster.hpp"

namespace guildsum::coordinator {

/// Names of the files in a registrar's directory.
struct RegistrarDirectory {
  std::filesystem::path root;

  [[nodiscard]] auto key() const { return root / "registrar.key"; }
  [[nodiscard]] auto federation() const { return root / "federation"; }
  [[nodiscard]] auto roster() const { return root / "roster.gsum"; }
  [[nodiscard]] auto lock() const { return root / "lock"; }
};

/// What `registrar request` writes: what is asked for, and whose signature would do.
struct SigningRequest {
  protocol::RosterRequest asked;
  crypto::VerifyKey registrar;  ///< as the coordinator was made with it

  /// The framed RosterRequest, then the 32 bytes of the key.
  [[nodiscard]] Bytes encode() const;
  /// @return BaseErrc::malformed, or as `protocol::decode`.
  [[nodiscard]] static Result<SigningRequest> parse(ByteView file);
};

/// A registrar that is not the coordinator: a key and the chain that was signed with it, in a
/// directory of their own on another machine or a removable disk. It talks to nobody; requests and
/// answers are files.
///
/// The chain is the registrar's memory: it signs one continuation of it only, whatever a request
/// says, so that a coordinator cannot have two rosters signed. An old copy of the directory is
/// noticed when a request names a longer chain.
class Registrar {
 public:
  /// Makes directory and key. @return false when they are there.
  [[nodiscard]] static Result<bool> create(const RegistrarDirectory& files, Random& random);
  /// @return BaseErrc::not_found without a key, corrupt for a chain that does not verify.
  [[nodiscard]] static Result<Registrar> open(const RegistrarDirectory& files);

  [[nodiscard]] const crypto::VerifyKey& verify_key() const noexcept {
    return signer_.verify_key();
  }
  /// Whose roster this is; nothing before the first signature.
  [[nodiscard]] const std::optional<protocol::FederationId>& federation() const noexcept {
    return federation_;
  }
  /// Empty before the first signature.
  [[nodiscard]] const std::optional<protocol::Roster>& roster() const noexcept { return roster_; }
  [[nodiscard]] const protocol::RosterHead& head() const noexcept { return head_; }

  /// From now on this federation's. The first signature binds the directory to it for good; until
  /// then nothing is written.
  /// @return BaseErrc::already_exists when it is bound to another one.
  [[nodiscard]] Result<> bind(const protocol::FederationId& federation);

  /// Whether a signature of this key is what the request needs.
  /// @return ProtocolErrc::roster_bad_signature for a federation of another registrar.
  [[nodiscard]] Result<> check_key(const SigningRequest& request) const;

  /// What is left to sign of a request: without what is signed already, as after a lost answer.
  /// @return ProtocolErrc::wrong_federation; roster_fork when the coordinator's chain is not the
  ///   one that was signed here; roster_rollback when this directory is older than that chain.
  [[nodiscard]] Result<std::vector<protocol::RosterProposal>> open_proposals(
      const protocol::RosterRequest& request) const;

  /// Signs these changes and a head; the chain is on the disk before this returns. The answer
  /// holds the whole chain.
  /// @param changes  of `open_proposals`, all or some
  /// @param epoch    the request's
  /// @return ProtocolErrc::roster_broken_link, roster_duplicate; nothing is signed then.
  [[nodiscard]] Result<protocol::RosterUpdate> sign(
      const std::vector<protocol::RosterProposal>& changes, protocol::Epoch epoch,
      std::int64_t expires_unix_ms);

 private:
  Registrar(RegistrarDirectory files, crypto::Signer signer)
      : files_{std::move(files)}, signer_{std::move(signer)} {}
  [[nodiscard]] Result<> load_roster();
  [[nodiscard]] Result<> keep_federation() const;

  RegistrarDirectory files_;
  crypto::Signer signer_;
  std::optional<protocol::FederationId> federation_;
  std::optional<protocol::Roster> roster_;
  protocol::RosterHead head_;
};

}  // namespace guildsum::coordinator
