#include "protocol/digests.hpp"

#include <algorithm>

#include "protocol/detail/fields.hpp"
#include "protocol/detail/share_body.hpp"
#include "protocol/signing.hpp"

namespace guildsum::protocol {
namespace {

/// SHA-256(label || 0x00 || content).
Digest labelled(std::string_view label, ByteView content) {
  constexpr std::byte kEnd[] = {std::byte{0}};
  return crypto::sha256(as_bytes(label), ByteView{kEnd}, content);
}

Bytes list_bytes(std::span<const MemberDigest> members) {
  Bytes bytes;
  CanonicalOut out{bytes};
  out.count(members.size(), kCohortMax);
  for (const MemberDigest& member : members) out(member);
  return bytes;
}

template <class Message>
std::vector<MemberDigest> member_list(std::span<const Message> messages) {
  std::vector<MemberDigest> members;
  members.reserve(messages.size());
  for (const Message& message : messages) {
    members.push_back({message.sender, message_digest(message)});
  }
  std::ranges::sort(members, {}, &MemberDigest::member);
  return members;
}

}  // namespace

Digest check_ins_digest(std::span<const CheckIn> check_ins) {
  Bytes bytes;
  CanonicalOut out{bytes};
  out.count(check_ins.size(), kCohortMax);
  for (const CheckIn& check_in : check_ins) out(check_in);
  return labelled("check-ins", bytes);
}

Digest ciphertext_digest(ByteView ciphertext) { return crypto::sha256(ciphertext); }
Digest content_digest(ByteView content) { return crypto::sha256(content); }

Digest lineage_of(Epoch epoch, const BlobId& first_root) {
  std::array<std::byte, sizeof(std::uint64_t)> number;
  store_le(epoch.value(), number);
  Bytes content(number.begin(), number.end());
  append(content, first_root.view());
  return labelled("lineage", content);
}

Digest request_digest(const RoundDescriptor& descriptor) {
  const RoundDescriptor empty;
  RoundDescriptor request = descriptor;
  request.round = empty.round;
  request.attempt = empty.attempt;
  request.previous_transcript = empty.previous_transcript;
  request.base_model = empty.base_model;
  request.roster_head = empty.roster_head;
  request.check_ins = empty.check_ins;
  request.graph_seed = empty.graph_seed;
  for (auto field : {&RoundDescriptor::n, &RoundDescriptor::k, &RoundDescriptor::c,
                     &RoundDescriptor::t, &RoundDescriptor::q, &RoundDescriptor::s_min}) {
    request.*field = 0;
  }
  request.deadlines = empty.deadlines;
  return labelled("request", to_canonical(request));
}

Digest message_digest(const CheckIn& message) {
  return labelled(label::kCheckIn, to_canonical(message));
}
Digest message_digest(const MaskedInput& header) {
  return labelled(label::kMaskedInput, to_canonical(header));
}
Digest message_digest(const SurvivorCertificate& certificate) {
  return labelled("certificate", to_canonical(certificate));
}
Digest message_digest(const RoundResult& message) {
  return labelled(label::kResult, to_canonical(message));
}
Digest message_digest(const Vote& message) { return labelled(label::kVote, to_canonical(message)); }
Digest message_digest(const RoundAborted& message) {
  return labelled(label::kAborted, to_canonical(message));
}
Digest message_digest(const ShareKeys& message) {
  return labelled(label::kShareKeys,
                  detail::signed_share_message(detail::share_body(message), message.signature,
                                               message.rd, message.sender));
}
Digest message_digest(const DeliveredShare& share, const RoundDigest& rd,
                      const ParticipantId& dealer) {
  return labelled(label::kShareKeys,
                  detail::signed_share_message(detail::share_body(share), share.signature, rd,
                                               dealer));
}
Digest message_digest(const Unmask& message) {
  Bytes bytes = detail::unmask_body(message);
  append(bytes, message.signature.view());
  return labelled(label::kUnmask, bytes);
}

std::vector<MemberDigest> sharers_list(std::span<const ShareKeys> messages) {
  return member_list(messages);
}
std::vector<MemberDigest> survivors_list(std::span<const MaskedInput> headers) {
  return member_list(headers);
}
Digest sharers_digest(std::span<const MemberDigest> sharers) {
  return crypto::sha256(as_bytes("U1"), list_bytes(sharers));
}
Digest survivors_digest(std::span<const MemberDigest> survivors) {
  return crypto::sha256(as_bytes("U2"), list_bytes(survivors));
}

Digest revealed_shares_digest(std::span<const RevealedShare> shares) {
  Bytes bytes;
  CanonicalOut out{bytes};
  out.count(shares.size(), kCohortMax);
  for (const RevealedShare& share : shares) out(share);
  return labelled("revealed-shares", bytes);
}

Digest share_commitment(const RoundDigest& rd, CohortPosition dealer, CohortPosition holder,
                        ShareKind kind, std::span<const std::byte, 32> salt,
                        const crypto::ShareLimbs& share) {
  std::array<std::byte, 9> route{};
  store_le(dealer.value(), MutableByteView{route}.first<4>());
  store_le(holder.value(), MutableByteView{route}.subspan<4, 4>());
  route[8] = static_cast<std::byte>(kind);
  std::array<std::byte, crypto::kShareBytes> limbs;
  crypto::encode_share(share, limbs);
  const Digest commitment =
      crypto::sha256(as_bytes("share"), rd.view(), ByteView{route}, salt, ByteView{limbs});
  OPENSSL_cleanse(limbs.data(), limbs.size());
  return commitment;
}

Digest result_transcript(const Digest& previous, const RoundResult& result) {
  Bytes bytes;
  append(bytes, previous.view());
  CanonicalOut out{bytes};
  chained(out, const_cast<RoundResult&>(result));  // An output archive only reads.
  return labelled("transcript-result", bytes);
}

Digest closed_transcript(const RoundResult& result, const Digest& certificate,
                         std::span<const MemberDigest> unmask_answers,
                         std::span<const MemberDigest> votes) {
  Bytes bytes;
  append(bytes, result.transcript.view());
  append(bytes, message_digest(result).view());
  append(bytes, certificate.view());
  append(bytes, list_bytes(unmask_answers));
  append(bytes, list_bytes(votes));
  return labelled("transcript-closed", bytes);
}

Digest aborted_transcript(const Digest& previous, const RoundAborted& aborted) {
  return labelled("transcript-aborted",
                  crypto::sha256(previous.view(), message_digest(aborted).view()).view());
}

}  // namespace guildsum::protocol
