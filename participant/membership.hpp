#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/net/client.hpp"
#include "base/net/url.hpp"
#include "base/random.hpp"
#include "crypto/ed25519.hpp"
#include "crypto/x509.hpp"
#include "models/vocabulary.hpp"
#include "participant/agent_paths.hpp"
#include "protocol/enrolment.hpp"
#include "protocol/roster.hpp"

namespace guildsum::participant {

/// The keys that make this agent who it is. Made here, never sent anywhere.
struct AgentKeys {
  crypto::Signer identity;  ///< Its public key is the participant's id.
  crypto::TlsKey tls;

  [[nodiscard]] protocol::ParticipantId id() const {
    return protocol::ParticipantId{identity.verify_key().view()};
  }
  /// Loads the keys; makes and keeps them on first use.
  [[nodiscard]] static Result<AgentKeys> load_or_make(const AgentPaths& paths, Random& random);
  /// ParticipantErrc::not_enrolled if there are none.
  [[nodiscard]] static Result<AgentKeys> load(const AgentPaths& paths);
};

/// What the agent knows of its federation since it joined.
struct Membership {
  std::string name;  ///< The shop's name there.
  net::Url url;      ///< Of the shops' listener.
  protocol::FederationId federation;
  std::string root_pem;         ///< The federation's root certificate, as pinned.
  std::string certificate_pem;  ///< This shop's client certificate and its chain.
  crypto::VerifyKey coordinator;
  crypto::VerifyKey registrar;
  bool registrar_embedded = true;  ///< Then only a curious coordinator is defended against.
  std::string purpose;             ///< The statement that the owner agreed to by joining.
  Bytes catalogue;                 ///< The published item list, as received; empty in private mode.

  /// Durable; replaces what was there.
  [[nodiscard]] Result<> save(const AgentPaths& paths) const;
  /// ParticipantErrc::not_enrolled if the agent never joined; BaseErrc::corrupt.
  [[nodiscard]] static Result<Membership> load(const AgentPaths& paths);

  /// @param registrar  the key that the owner pinned; nothing when any will do
  /// @return ParticipantErrc::registrar_mismatch for another one, or one inside the coordinator.
  [[nodiscard]] Result<> check_registrar(const std::optional<crypto::VerifyKey>& registrar) const;

  /// Whether the shops share their items under a key of their own instead of a published list.
  [[nodiscard]] bool has_private_vocabulary() const noexcept { return catalogue.empty(); }
  /// The published list; empty in private mode.
  [[nodiscard]] Result<models::Vocabulary> vocabulary() const;
  /// How to reach the coordinator: the pin is checked before any byte is sent.
  [[nodiscard]] Result<net::ClientConfig> client_config(const AgentKeys& keys) const;
};

/// The roster as last verified, from its own file; links and signatures are checked again.
[[nodiscard]] Result<protocol::Roster> load_roster(const AgentPaths& paths,
                                                   const Membership& membership);
/// @param head  the head that it was verified with
[[nodiscard]] Result<> save_roster(const AgentPaths& paths, const protocol::Roster& roster,
                                   const protocol::RosterHead& head = {});
/// Until when the kept roster is valid (Unix milliseconds); 0 when no head of it was kept.
[[nodiscard]] Result<std::int64_t> roster_expiry(const AgentPaths& paths,
                                                 const Membership& membership,
                                                 const protocol::Roster& roster);

}  // namespace guildsum::participant
