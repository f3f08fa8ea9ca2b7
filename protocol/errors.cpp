#include "protocol/errors.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "base/errors.hpp"

namespace guildsum::protocol {
namespace {

struct Entry {
  ProtocolErrc errc;
  std::string_view code;
  std::string_view meaning;
};

constexpr std::array kEntries{
    Entry{ProtocolErrc::malformed, "malformed", "the bytes do not follow the encoding"},
    Entry{ProtocolErrc::too_large, "too-large", "a length or count exceeds its limit"},
    Entry{ProtocolErrc::unknown_type, "unknown-type", "another message type was expected"},
    Entry{ProtocolErrc::unsupported_version, "unsupported-version",
          "the version or suite is not supported"},
    Entry{ProtocolErrc::trailing_bytes, "trailing-bytes", "bytes follow the last field"},
    Entry{ProtocolErrc::bad_descriptor, "bad-descriptor",
          "a field of the round descriptor breaks the rules"},
    Entry{ProtocolErrc::bad_signature, "bad-signature", "a signature does not verify"},
    Entry{ProtocolErrc::unknown_sender, "unknown-sender", "the sender is not on the roster"},
    Entry{ProtocolErrc::not_a_member, "not-a-member", "a shop is not a member of the set"},
    Entry{ProtocolErrc::wrong_round, "wrong-round", "the message belongs to another round"},
    Entry{ProtocolErrc::wrong_phase, "wrong-phase", "the round does not take this message now"},
    Entry{ProtocolErrc::conflicting_message, "conflicting-message",
          "another message with the same id was accepted before"},
    Entry{ProtocolErrc::duplicate, "duplicate", "an identity, key or entry is repeated"},
    Entry{ProtocolErrc::digest_mismatch, "digest-mismatch",
          "a digest differs from the recomputed one"},
    Entry{ProtocolErrc::too_few, "too-few", "fewer members than demanded"},
    Entry{ProtocolErrc::bad_share, "bad-share", "a share misses its commitment"},
    Entry{ProtocolErrc::share_unopenable, "share-unopenable", "a sealed share does not open"},
    Entry{ProtocolErrc::share_malformed, "share-malformed",
          "a share is not made of field elements"},
    Entry{ProtocolErrc::below_threshold, "below-threshold", "fewer parts than the threshold"},
    Entry{ProtocolErrc::roster_broken_link, "roster-broken-link",
          "a roster entry does not continue the chain"},
    Entry{ProtocolErrc::roster_bad_signature, "roster-bad-signature",
          "the registrar did not sign this"},
    Entry{ProtocolErrc::roster_duplicate, "roster-duplicate",
          "a roster entry repeats an identity or name"},
    Entry{ProtocolErrc::roster_rollback, "roster-rollback",
          "the roster is behind what is already known"},
    Entry{ProtocolErrc::roster_fork, "roster-fork",
          "the roster is another chain than the known one"},
    Entry{ProtocolErrc::roster_expired, "roster-expired", "the roster head has expired"},
    Entry{ProtocolErrc::bad_join_token, "bad-join-token", "the join token is not valid"},
    Entry{ProtocolErrc::join_token_expired, "join-token-expired", "the join token has expired"},
    Entry{ProtocolErrc::join_token_used, "join-token-used", "the join token was already used"},
    Entry{ProtocolErrc::wrong_federation, "wrong-federation", "this is another federation"},
    Entry{ProtocolErrc::name_taken, "name-taken", "another member has this name"},
    Entry{ProtocolErrc::bad_proof, "bad-proof", "the enrolment proof does not match"},
    Entry{ProtocolErrc::clock_skew, "clock-skew", "the clocks differ too much"},
    Entry{ProtocolErrc::certificate_mismatch, "certificate-mismatch",
          "a certificate is about other values"},
    Entry{ProtocolErrc::round_over, "round-over", "the round has ended"},
    Entry{ProtocolErrc::policy_refused, "policy-refused", "the policy does not allow this"},
    Entry{ProtocolErrc::repeated_step, "repeated-step", "this step was already contributed to"},
    Entry{ProtocolErrc::journal_conflict, "journal-conflict",
          "the journal holds another answer for this phase"},
    Entry{ProtocolErrc::overflow_not_excluded, "overflow-not-excluded",
          "the ring is too small for the sum"},
    Entry{ProtocolErrc::chunk_mismatch, "chunk-mismatch", "a chunk does not match its header"},
    Entry{ProtocolErrc::not_published, "not-published", "nothing is published under this address"},
    Entry{ProtocolErrc::restored_backup, "restored-backup", "a counter is behind the journal"},
    Entry{ProtocolErrc::dealer_fault, "dealer-fault",
          "committed shares do not open to what was announced"},
    Entry{ProtocolErrc::understated_corruption, "understated-corruption",
          "the descriptor assumes too few corrupt shops"},
    Entry{ProtocolErrc::trusted_missing, "trusted-missing", "too few trusted identities take part"},
    Entry{ProtocolErrc::model_not_reproduced, "model-not-reproduced",
          "the announced model cannot be recomputed"},
    Entry{ProtocolErrc::certificate_withheld, "certificate-withheld",
          "an earlier attempt has neither a result nor an abandon certificate"},
    Entry{ProtocolErrc::new_lineage, "new-lineage",
          "training starts anew over data that was contributed before"},
    Entry{ProtocolErrc::vocabulary_key_equivocation, "vocabulary-key-equivocation",
          "the vocabulary's key differs from the one agreed on"},
    Entry{ProtocolErrc::sparse_row, "sparse-row",
          "a row of the vocabulary is not held by enough shops"},
    Entry{ProtocolErrc::repair_mismatch, "repair-mismatch",
          "a repair is not about exactly what was certified"},
    Entry{ProtocolErrc::forked_chain, "forked-chain",
          "the round continues another past than the one that was seen"},
    Entry{ProtocolErrc::delta_base_lost, "delta-base-lost",
          "what a delta would be the difference to is not known any more"},
};

const Entry* find(ProtocolErrc errc) noexcept {
  const auto* entry = std::ranges::find(kEntries, errc, &Entry::errc);
  return entry == kEntries.end() ? nullptr : entry;
}

class Category final : public boost::system::error_category {
 public:
  const char* name() const noexcept override { return "guildsum.protocol"; }
  std::string message(int value) const override {
    const Entry* entry = find(static_cast<ProtocolErrc>(value));
    return std::string{entry == nullptr ? "unknown protocol error" : entry->meaning};
  }
  /// What programs exit with.
  boost::system::error_condition default_error_condition(int value) const noexcept override {
    switch (static_cast<ProtocolErrc>(value)) {
      case ProtocolErrc::bad_join_token:
      case ProtocolErrc::join_token_expired:
      case ProtocolErrc::join_token_used:
      case ProtocolErrc::bad_proof:
      case ProtocolErrc::wrong_federation:
      case ProtocolErrc::unknown_sender:
        return make_base_condition(BaseErrc::unauthorised);
      case ProtocolErrc::policy_refused:
      case ProtocolErrc::repeated_step:
      case ProtocolErrc::sparse_row:
        return make_base_condition(BaseErrc::privacy_refused);
      case ProtocolErrc::unsupported_version:
        return make_base_condition(BaseErrc::version_mismatch);
      default:
        return {value, *this};
    }
  }
};

}  // namespace

const boost::system::error_category& protocol_category() noexcept {
  static const Category category;
  return category;
}

std::string_view code_of(ProtocolErrc code) noexcept {
  const Entry* entry = find(code);
  return entry == nullptr ? "internal" : entry->code;
}

std::optional<ProtocolErrc> errc_of(std::string_view code) noexcept {
  const auto* entry = std::ranges::find(kEntries, code, &Entry::code);
  return entry == kEntries.end() ? std::nullopt : std::optional{entry->errc};
}

}  // namespace guildsum::protocol
