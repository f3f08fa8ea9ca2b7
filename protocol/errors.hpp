#pragma once

#include <optional>
#include <string_view>

#include <boost/system/error_category.hpp>
#include <boost/system/error_code.hpp>

namespace guildsum::protocol {

/// Everything that one side can hold against a message, a chain or a token of the other side.
///
/// Each value has a stable code on the wire (`code_of`), which problem documents and evidence
/// records carry. A value exists where a caller, an operator or a test acts differently.
enum class ProtocolErrc {
  malformed = 1,         ///< The bytes do not follow the canonical encoding.
  too_large,             ///< A length or a count exceeds the limit of its type.
  unknown_type,          ///< The frame names another message type than the one expected.
  unsupported_version,   ///< The frame or the descriptor has a version or suite that is unknown.
  trailing_bytes,        ///< Bytes follow the last field.
  bad_descriptor,        ///< A field of the round descriptor is not as the rules demand.
  bad_signature,         ///< A signature does not verify under the sender's key.
  unknown_sender,        ///< The sender is not on the roster.
  not_a_member,          ///< The sender or a named shop is not in the cohort, or not in U1 or U2.
  wrong_round,           ///< The message belongs to another round, attempt, epoch or descriptor.
  wrong_phase,           ///< The round does not take this message now.
  conflicting_message,   ///< The same sender already sent another content under this id.
  duplicate,             ///< An identity, a key or an entry is repeated.
  digest_mismatch,       ///< A digest differs from the recomputed one.
  too_few,               ///< Fewer members than the descriptor or the own policy demands.
  bad_share,             ///< A share does not open its commitment.
  share_unopenable,      ///< A sealed share has a wrong length, key or tag.
  share_malformed,       ///< A limb of a share is not a field element.
  below_threshold,       ///< A certificate or a recovery holds fewer parts than the threshold.
  roster_broken_link,    ///< A roster entry does not continue the chain.
  roster_bad_signature,  ///< A roster entry or head is not signed by the registrar.
  roster_duplicate,      ///< A roster entry repeats an identity or the name of a present member.
  roster_rollback,       ///< The roster head is behind what is already known.
  roster_fork,           ///< The roster head names another chain of the same length.
  roster_expired,        ///< The roster head is past its expiry.
  bad_join_token,        ///< The text is no join token, or the coordinator does not know it.
  join_token_expired,    ///< The join token is past its expiry.
  join_token_used,       ///< The join token was already redeemed by another identity.
  wrong_federation,      ///< The message or the peer belongs to another federation.
  name_taken,            ///< Another present member has this name.
  bad_proof,             ///< The enrolment proof does not match token, request and connection.
  clock_skew,            ///< The two clocks differ more than is tolerated.
  certificate_mismatch,  ///< A certificate is about other values than the own ones.
  round_over,            ///< The round has ended; its outcome is the answer.
  policy_refused,        ///< The own policy does not allow what the round asks for.
  repeated_step,  ///< A sum of this (lineage, step kind, step number) was already contributed to.
  journal_conflict,       ///< The journal holds another answer for this phase; nothing was sent.
  overflow_not_excluded,  ///< The ring is too small to exclude an overflow of the sum.
  chunk_mismatch,         ///< A chunk's bytes or index do not match the upload's header.
  not_published,          ///< Nothing is published under this content address.
  restored_backup,        ///< A counter is behind the journal: an old copy of the state is running.
  dealer_fault,           ///< Committed shares of one dealer do not reconstruct what it announced.
  understated_corruption,  ///< The descriptor assumes fewer corrupt shops than the own policy.
  trusted_missing,         ///< Too few of the identities pinned out of band are in the set.
  model_not_reproduced,    ///< The model recomputed from the opened sum differs from the announced
                           ///< one.
  certificate_withheld,    ///< An earlier attempt of this step has neither a result nor an abandon
                           ///< certificate.
  new_lineage,             ///< A second lineage asks for sums that the own data is already in.
  vocabulary_key_equivocation,  ///< The key of the private vocabulary is not the one that the own
                                ///< agreement led to, or members were shown different messages.
  sparse_row,  ///< A row of the private vocabulary is not shown to be held by k + c shops.
  repair_mismatch,  ///< A repair asks for another sum, or another U2, than the certified one.
  forked_chain,     ///< The coordinator tells another past than the one that this shop saw.
  delta_base_lost,  ///< A delta is asked for, and the state of the own last counted sum of the
                    ///< lineage is not known any more.
};

const boost::system::error_category& protocol_category() noexcept;
inline boost::system::error_code make_error_code(ProtocolErrc code) noexcept {
  return {static_cast<int>(code), protocol_category()};
}

/// The stable kebab-case code that travels in problem documents, for example "bad-signature".
[[nodiscard]] std::string_view code_of(ProtocolErrc code) noexcept;
/// The inverse; nullopt for a code that this version does not know.
[[nodiscard]] std::optional<ProtocolErrc> errc_of(std::string_view code) noexcept;

}  // namespace guildsum::protocol

template <>
struct boost::system::is_error_code_enum<guildsum::protocol::ProtocolErrc> : std::true_type {};
