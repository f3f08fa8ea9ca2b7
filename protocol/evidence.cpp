#include "protocol/evidence.hpp"

#include <optional>

#include "protocol/digests.hpp"
#include "protocol/errors.hpp"
#include "protocol/signing.hpp"
#include "protocol/wire.hpp"

namespace guildsum::protocol {
namespace {

/// One statement, reduced to what decides whether another one excludes it.
struct Statement {
  Signatory signatory;
  ParticipantId signer;
  std::string kind;   ///< statements of one kind about one subject exclude each other
  std::string about;  ///< the subject
  Digest content;
};

std::string attempt_text(RoundId round, Attempt attempt) {
  return "round " + std::to_string(round.value()) + ", attempt " + std::to_string(attempt.value());
}
std::string rd_text(const RoundDigest& rd) { return "rd " + rd.hex(); }

/// A shop's message about rd, under its own signature.
template <class Message>
Result<Statement> of_shop(const Message& message, std::string kind, const FederationKeys& keys) {
  GS_CHECK(verify(message, keys.federation));
  return Statement{Signatory::shop, message.sender, std::move(kind), rd_text(message.rd),
                   crypto::sha256(encode(message))};
}
template <class Message>
Result<Statement> read_of_shop(ByteView frame, std::string kind, const FederationKeys& keys) {
  GS_TRY(const Message message, decode<Message>(frame));
  return of_shop(message, std::move(kind), keys);
}

Result<Statement> read_check_in(ByteView frame, const FederationKeys& keys) {
  GS_TRY(const CheckIn message, decode<CheckIn>(frame));
  if (message.federation != keys.federation) return ProtocolErrc::wrong_federation;
  GS_CHECK(verify(message, keys.federation));
  return Statement{Signatory::shop, message.sender, "check-ins",
                   attempt_text(message.round, message.attempt), message_digest(message)};
}

/// The signature covers the descriptor alone, and so does the comparison.
Result<Statement> read_description(ByteView frame, const FederationKeys& keys) {
  GS_TRY(const RoundDescription message, decode<RoundDescription>(frame));
  const RoundDescriptor& d = message.descriptor;
  if (d.federation != keys.federation) return ProtocolErrc::wrong_federation;
  GS_CHECK(verify(message, keys.coordinator));
  return Statement{Signatory::coordinator, identity_of(keys.coordinator), "descriptors",
                   attempt_text(d.round, d.attempt), crypto::sha256(canonical_bytes(d))};
}

Result<Statement> read_result(ByteView frame, const FederationKeys& keys) {
  GS_TRY(const RoundResult message, decode<RoundResult>(frame));
  GS_CHECK(verify(message, keys.federation, keys.coordinator));
  return Statement{Signatory::coordinator, identity_of(keys.coordinator), "results",
                   rd_text(message.rd), message_digest(message)};
}

/// Another expiry of the same chain is no contradiction.
Result<Statement> of_head(const RosterHead& head, const FederationKeys& keys) {
  GS_CHECK(verify(head, keys.federation, keys.registrar));
  return Statement{Signatory::registrar, identity_of(keys.registrar), "roster heads",
                   "roster entry " + std::to_string(head.sequence), head.head};
}

Result<Statement> read(ByteView frame, const FederationKeys& keys) {
  GS_TRY(const MessageType type, type_of(frame));
  switch (type) {
    case MessageType::round_description:
      return read_description(frame, keys);
    case MessageType::round_result:
      return read_result(frame, keys);
    case MessageType::roster_head: {
      GS_TRY(const RosterHead head, decode<RosterHead>(frame));
      return of_head(head, keys);
    }
    case MessageType::roster_update: {
      GS_TRY(const RosterUpdate update, decode<RosterUpdate>(frame));
      return of_head(update.head, keys);
    }
    case MessageType::check_in:
      return read_check_in(frame, keys);
    case MessageType::share_keys:
      return read_of_shop<ShareKeys>(frame, "share messages", keys);
    case MessageType::masked_input:
      return read_of_shop<MaskedInput>(frame, "headers of a masked input", keys);
    case MessageType::masked_input_upload: {
      GS_TRY(const MaskedInputUpload upload, decode<MaskedInputUpload>(frame));
      return of_shop(upload.header, "headers of a masked input", keys);
    }
    case MessageType::survivor_signature:
      return read_of_shop<SurvivorSignature>(frame, "survivor signatures", keys);
    case MessageType::unmask:
      return read_of_shop<Unmask>(frame, "last words", keys);
    case MessageType::abandon:
      // After "abandoned" there is no unmask answer, and after the answer no "abandoned".
      return read_of_shop<Abandon>(frame, "last words", keys);
    case MessageType::vote:
      return read_of_shop<Vote>(frame, "votes", keys);
    default:
      return Error{ProtocolErrc::unknown_type, "a message that proves nothing by its signature"};
  }
}

}  // namespace

bool is_other_state_of_one_step(const StateRoot& one, const StateRoot& other) {
  const bool same_step = one.lineage == other.lineage && one.step_kind == other.step_kind &&
                         one.step_number == other.step_number;
  return same_step &&
         (one.model_root != other.model_root || one.public_inputs != other.public_inputs);
}

namespace {

/// Two signed descriptors of different attempts: one step in two states, or nothing.
std::optional<std::string> step_in_two_states(ByteView one, ByteView other) {
  const auto a = decode<RoundDescription>(one);
  const auto b = decode<RoundDescription>(other);
  if (a.has_error() || b.has_error()) return std::nullopt;
  const StateRoot& state = a->descriptor.state;
  if (!is_other_state_of_one_step(state, b->descriptor.state)) return std::nullopt;
  return state.step_kind + " " + std::to_string(state.step_number) + " of lineage " +
         state.lineage.hex();
}

}  // namespace

Result<Equivocation> prove_equivocation(ByteView one, ByteView other, const FederationKeys& keys) {
  GS_TRY(const Statement a, read(one, keys));
  GS_TRY(const Statement b, read(other, keys));
  if (a.kind != b.kind) {
    return Error{ProtocolErrc::unknown_type, a.kind + " and " + b.kind + " can both be honest"};
  }
  if (a.signer != b.signer) {
    return Error{ProtocolErrc::unknown_sender, "the statements have different signers"};
  }
  if (a.about != b.about) {
    if (const auto step = step_in_two_states(one, other)) {
      return Equivocation{a.signatory, a.signer, "two states of one step", *step};
    }
    return Error{ProtocolErrc::wrong_round, "one is about " + a.about + ", one about " + b.about};
  }
  if (a.content == b.content) return Error{ProtocolErrc::duplicate, "both say the same"};
  return Equivocation{a.signatory, a.signer, "two " + a.kind, a.about};
}

}  // namespace guildsum::protocol
