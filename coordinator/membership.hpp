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
#include "coordinator/store/ledger.hpp"
#include "crypto/ed25519.hpp"
#include "protocol/roster.hpp"

namespace guildsum::coordinator {

/// Who belongs to the federation: the roster chain and the shops' certificates. Thread safe.
class Membership {
 public:
  struct Settings {
    protocol::FederationId federation;
    std::chrono::milliseconds head_validity{std::chrono::hours{24}};
  };

  /// Reads and verifies the chain. BaseErrc::corrupt if the ledger's chain does not verify.
  [[nodiscard]] static Result<std::unique_ptr<Membership>> open(Ledger& ledger,
                                                                const crypto::Signer& registrar,
                                                                const Clock& clock,
                                                                Settings settings);

  /// Adds a shop and its certificate in one transaction with `also`; a shop that is on the roster
  /// under the same name only gets the new certificate.
  /// @return ProtocolErrc::name_taken, roster_duplicate, or the error of `also` or the ledger.
  [[nodiscard]] Result<> admit(ShopRow shop, protocol::Epoch first_epoch,
                               const std::function<Result<>(LedgerWriter&)>& also);
  /// From now on the shop's certificate is refused, and so are join tokens that it may still hold;
  /// it stays on the roster until a round excludes it.
  [[nodiscard]] Result<> revoke(const ParticipantId& identity);

  /// The identity behind a verified client certificate, and that it is the shop's current one.
  /// @return ProtocolErrc::unknown_sender, BaseErrc::unauthorised for a revoked or superseded
  ///   certificate.
  [[nodiscard]] Result<ParticipantId> authorise(const net::PeerIdentity& peer);

  [[nodiscard]] protocol::Roster roster() const;
  /// The chain as it was when it ended in `head`; BaseErrc::not_found if it never did.
  [[nodiscard]] Result<protocol::Roster> roster_at(const protocol::Digest& head) const;
  /// The entries after `after` and a freshly signed head.
  [[nodiscard]] protocol::RosterUpdate update_after(std::uint64_t after) const;

  [[nodiscard]] std::vector<ShopRow> shops() const;
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
  Membership(Ledger& ledger, const crypto::Signer& registrar, const Clock& clock,
             Settings settings);
  [[nodiscard]] Result<> load();
  [[nodiscard]] std::int64_t now() const noexcept;
  [[nodiscard]] bool may_join(const ParticipantId& identity, protocol::Epoch epoch) const;

  Ledger& ledger_;
  const crypto::Signer& registrar_;
  const Clock& clock_;
  Settings settings_;
  mutable std::mutex mutex_;
  protocol::Roster roster_;
  std::map<ParticipantId, ShopRow> shops_;
};

}  // namespace guildsum::coordinator
