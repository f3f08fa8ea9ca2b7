#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/net/http.hpp"
#include "coordinator/keys.hpp"
#include "coordinator/store/ledger.hpp"
#include "protocol/roster.hpp"

namespace guildsum::coordinator {

/// Where the roster stands with its registrar.
struct RosterStanding {
  bool embedded = true;
  crypto::VerifyKey registrar;
  std::uint64_t sequence = 0;
  std::size_t members = 0;
  std::int64_t head_expires_unix_ms = 0;  ///< of an external head; 0 when there is none
  std::vector<RosterProposalRow> proposals;
};

/// Who belongs to the federation: the roster chain and the shops' certificates. Thread safe.
///
/// With an embedded registrar every change is signed at once. With an external one it waits as a
/// proposal until the registrar's answer is imported: whoever joins is let in but takes part in no
/// round before; whoever leaves is kept out from the start.
class Membership {
 public:
  struct Settings {
    protocol::FederationId federation;
    std::chrono::milliseconds head_validity{std::chrono::hours{24}};
  };

  /// Reads and verifies the chain. BaseErrc::corrupt if the ledger's chain does not verify.
  [[nodiscard]] static Result<std::unique_ptr<Membership>> open(Ledger& ledger,
                                                                const RegistrarKey& registrar,
                                                                const Clock& clock,
                                                                Settings settings);

  /// Adds a shop and its certificate in one transaction with `also`; a shop that is on the roster
  /// under the same name only gets the new certificate.
  /// @return ProtocolErrc::name_taken, roster_duplicate (also for an identity that left), or the
  ///   error of `also` or the ledger.
  [[nodiscard]] Result<> admit(ShopRow shop, protocol::Epoch first_epoch,
                               const std::function<Result<>(LedgerWriter&)>& also);
  /// From now on the shop's certificate is refused, and so are join tokens that it may still hold.
  /// It stays on the roster: a renewed certificate lets it in again.
  [[nodiscard]] Result<> revoke(const ParticipantId& identity);
  /// Revokes and takes off the roster for good: a leave entry, or a proposal of one. An identity
  /// that left never joins again; its name is free once the leave entry is signed.
  /// @return BaseErrc::not_found for nobody or somebody who left.
  [[nodiscard]] Result<> remove(const ParticipantId& identity, protocol::Epoch first_epoch);

  // With an external registrar.

  [[nodiscard]] RosterStanding standing() const;
  /// Enrolled, and not on the roster before the registrar has signed.
  [[nodiscard]] bool is_pending(const ParticipantId& identity) const;
  /// What the registrar is asked to sign.
  [[nodiscard]] protocol::RosterRequest request(protocol::Epoch first_epoch) const;
  /// Takes in the registrar's answer: every entry must continue the chain, be one of the proposals
  /// and hold from `next_epoch` at the latest; the head must be signed, reach to the end and last
  /// longer than the one in place. The whole answer or nothing. @return how many entries are new.
  /// @return ProtocolErrc::roster_broken_link, roster_bad_signature, roster_duplicate, roster_fork,
  ///   roster_rollback, roster_expired; BaseErrc::invalid_config with an embedded registrar.
  [[nodiscard]] Result<std::size_t> import(const protocol::RosterUpdate& answer,
                                           protocol::Epoch next_epoch);
  /// @return ProtocolErrc::roster_expired when an external head is missing or has expired: shops
  ///   would refuse every round.
  [[nodiscard]] Result<> check_head() const;

  /// The identity behind a verified client certificate, and that it is the shop's current one.
  /// @return ProtocolErrc::unknown_sender, BaseErrc::unauthorised for a revoked or superseded
  ///   certificate.
  [[nodiscard]] Result<ParticipantId> authorise(const net::PeerIdentity& peer);

  [[nodiscard]] protocol::Roster roster() const;
  /// The chain as it was when it ended in `head`; BaseErrc::not_found if it never did.
  [[nodiscard]] Result<protocol::Roster> roster_at(const protocol::Digest& head) const;
  /// The entries after `after` and the head: freshly signed when embedded, else the one that was
  /// imported last, without a signature before the first.
  [[nodiscard]] protocol::RosterUpdate update_after(std::uint64_t after) const;

  [[nodiscard]] std::vector<ShopRow> shops() const;
  /// The shop that has this name now, else one that had it and left.
  [[nodiscard]] std::optional<ShopRow> shop_named(std::string_view name) const;
  /// The shop's name, or the first digits of the identity if there is none.
  [[nodiscard]] std::string name_of(const ParticipantId& identity) const;
  /// Shops that may take part in a round of this epoch.
  [[nodiscard]] std::uint32_t eligible(protocol::Epoch epoch) const;
  /// The same by name, ascending.
  [[nodiscard]] std::vector<ParticipantId> eligible_shops(protocol::Epoch epoch) const;
  [[nodiscard]] bool is_eligible(const ParticipantId& identity, protocol::Epoch epoch) const;
  /// Writes when each shop was last seen; called now and then.
  [[nodiscard]] Result<> save_last_seen();

 private:
  Membership(Ledger& ledger, const RegistrarKey& registrar, const Clock& clock, Settings settings);
  [[nodiscard]] Result<> load();
  [[nodiscard]] Result<> load_head(const std::optional<Bytes>& frame);
  /// Who may be added, under the lock.
  [[nodiscard]] Result<> check_newcomer(const ShopRow& shop) const;
  [[nodiscard]] bool is_proposed(protocol::RosterChange change,
                                 const ParticipantId& identity) const;
  /// Signs the change into `next`, or adds a proposal; inside a transaction.
  [[nodiscard]] Result<> write_change(LedgerWriter& rows, protocol::RosterChange change,
                                      const ShopRow& shop, protocol::Epoch first_epoch,
                                      protocol::Roster& next) const;
  /// Signed by the registrar before it heard that the shop was removed: it is on the chain for
  /// good, and leaves by an entry of its own.
  [[nodiscard]] bool is_withdrawn_join(const protocol::RosterEntry& entry) const;
  [[nodiscard]] Result<> check_import(const protocol::Roster& next,
                                      const protocol::RosterHead& head,
                                      protocol::Epoch next_epoch) const;
  [[nodiscard]] std::int64_t now() const noexcept;
  [[nodiscard]] bool may_join(const ParticipantId& identity, protocol::Epoch epoch) const;

  Ledger& ledger_;
  const RegistrarKey& registrar_;
  const Clock& clock_;
  Settings settings_;
  mutable std::mutex mutex_;
  protocol::Roster roster_;
  protocol::RosterHead head_;  ///< of an external registrar
  std::vector<RosterProposalRow> proposals_;
  std::map<ParticipantId, ShopRow> shops_;
};

}  // namespace guildsum::coordinator
