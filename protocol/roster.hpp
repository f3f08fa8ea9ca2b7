#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "protocol/ids.hpp"

namespace guildsum::protocol {

enum class RosterChange : std::uint8_t { join = 1, leave = 2 };

/// One link of the append-only membership chain, signed by the registrar.
struct RosterEntry {
  std::uint64_t sequence = 0;  ///< from 1 without gaps
  Digest previous;             ///< digest of the entry before (zero for the first)
  RosterChange change = RosterChange::join;
  ParticipantId participant;
  std::string name;             ///< unique among the present members, 1..64 bytes of [a-z0-9-]
  Epoch epoch;                  ///< first epoch in which the change holds
  crypto::Signature signature;  ///< label "roster-entry"
};

/// The registrar's statement of what the chain's end is, with an expiry.
struct RosterHead {
  std::uint64_t sequence = 0;
  Digest head;  ///< digest of the last entry (zero when empty)
  std::int64_t expires_unix_ms = 0;
  crypto::Signature signature;  ///< label "roster-head"
};

/// Coordinator -> shop: the entries after what the shop has, and the signed head.
struct RosterUpdate {
  std::vector<RosterEntry> entries;
  RosterHead head;
};

/// A change of the roster that has no signature yet.
struct RosterProposal {
  RosterChange change = RosterChange::join;
  ParticipantId participant;
  std::string name;
  friend bool operator==(const RosterProposal&, const RosterProposal&) = default;
};

/// Coordinator -> registrar, as a file: what is to be signed. Unsigned: the registrar's keeper
/// compares names and fingerprints with what the shops say.
struct RosterRequest {
  FederationId federation;
  std::uint64_t sequence = 0;  ///< length of the chain that the coordinator has
  Digest head;                 ///< its end
  Epoch epoch;                 ///< first epoch in which the changes hold
  std::vector<RosterProposal> proposals;
};

/// What two people compare by voice: eight groups of four hexadecimal digits of SHA-256 over
/// "fingerprint" and the key.
[[nodiscard]] std::string fingerprint(const crypto::VerifyKey& key);
[[nodiscard]] std::string fingerprint(const ParticipantId& participant);

/// SHA-256 of the entry with its signature.
[[nodiscard]] Digest roster_entry_digest(const RosterEntry& entry);

/// A verified chain. A `Roster` that exists is internally consistent: sequence, links, signatures,
/// no identity twice, no name twice among members.
class Roster {
 public:
  Roster(FederationId federation, crypto::VerifyKey registrar);

  /// Verifies and appends. @return ProtocolErrc::roster_broken_link, roster_bad_signature,
  /// roster_duplicate; the roster is unchanged then.
  [[nodiscard]] Result<> append(const RosterEntry& entry);
  /// The whole update or nothing. Entries that are already known must be the same ones. Also
  /// refuses a head that is behind what is already known (ProtocolErrc::roster_rollback), that
  /// names another digest (roster_fork) or that expired.
  [[nodiscard]] Result<> apply(const RosterUpdate& update, std::int64_t now_unix_ms);

  [[nodiscard]] std::uint64_t sequence() const noexcept { return entries_.size(); }
  [[nodiscard]] Digest head() const noexcept { return head_; }
  [[nodiscard]] const std::vector<RosterEntry>& entries() const noexcept { return entries_; }
  [[nodiscard]] bool contains(const ParticipantId& id) const { return members_.contains(id); }
  /// Whether the identity is or was a member. It never joins again: whoever comes back makes a key.
  [[nodiscard]] bool ever_contained(const ParticipantId& id) const {
    return ever_joined_.contains(id);
  }
  [[nodiscard]] std::optional<std::string> name_of(const ParticipantId& id) const;
  [[nodiscard]] const std::map<ParticipantId, std::string>& members() const noexcept {
    return members_;
  }

 private:
  FederationId federation_;
  crypto::VerifyKey registrar_;
  std::vector<RosterEntry> entries_;
  std::map<ParticipantId, std::string> members_;
  std::set<ParticipantId> ever_joined_;
  std::set<std::string> names_;
  Digest head_;
};

/// Signs the next entry of `roster` (registrar's side).
[[nodiscard]] RosterEntry sign_roster_entry(const Roster& roster, const FederationId& federation,
                                            RosterChange change, const ParticipantId& participant,
                                            std::string name, Epoch epoch,
                                            const crypto::Signer& registrar);
[[nodiscard]] RosterHead sign_roster_head(const Roster& roster, const FederationId& federation,
                                          std::int64_t expires_unix_ms,
                                          const crypto::Signer& registrar);

}  // namespace guildsum::protocol
