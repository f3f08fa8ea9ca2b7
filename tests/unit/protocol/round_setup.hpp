#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "crypto/ed25519.hpp"
#include "protocol/checks.hpp"
#include "protocol/enrolment.hpp"
#include "protocol/intake.hpp"
#include "protocol/key_schedule.hpp"

namespace guildsum::protocol::test {

/// A 32-byte (or other) public value that depends only on `seed`.
template <class Fixed>
Fixed sample(std::uint64_t seed) {
  SeededRandom random{seed};
  Fixed value;
  random.fill(value.mutable_view());
  return value;
}
[[nodiscard]] crypto::Signer sample_signer(std::uint64_t seed);
[[nodiscard]] Bytes sample_bytes(std::uint64_t seed, std::size_t size);

/// One shop with all its secrets of the round.
struct Shop {
  crypto::Signer signer;
  crypto::X25519SecretKey mask_secret;
  crypto::X25519KeyPair mask_key;
  crypto::X25519KeyPair share_key;
  SelfSeed self_seed;

  [[nodiscard]] ParticipantId id() const;
};

/// A complete round of honest shops, every message built with the product's own functions from
/// seeds. All shops are in U1; which of them survive is up to the caller. Fields may be changed by
/// a test, which then signs anew what it wants to be signed.
class RoundSetup {
 public:
  explicit RoundSetup(std::uint32_t n = 6);

  FederationId federation = sample<FederationId>(1);
  crypto::Signer coordinator = sample_signer(2);
  crypto::Signer registrar = sample_signer(3);
  Roster roster{federation, registrar.verify_key()};
  std::vector<Shop> shops;  ///< cohort order
  RoundDescription description;
  RoundView view;
  std::vector<std::vector<DealtShares>> dealt;  ///< [dealer][holder]
  std::vector<ShareKeys> share_keys;
  std::vector<MemberDigest> sharers;
  std::vector<MaskedInputUpload> uploads;

  [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(shops.size()); }
  [[nodiscard]] DescriptionPolicy policy() const;
  [[nodiscard]] FederationView federation_view() const;
  [[nodiscard]] OpenRound open_round() const;
  /// Puts the digests of the description's parts into its descriptor and signs it.
  void seal_description();

  [[nodiscard]] Bytes chunk(std::uint32_t shop) const;
  [[nodiscard]] ShareDelivery delivery(std::uint32_t holder) const;
  /// The first `count` shops as U2.
  [[nodiscard]] Survivors survivors(std::uint32_t count) const;
  [[nodiscard]] SurvivorProposal proposal(std::uint32_t count) const;
  [[nodiscard]] SurvivorSignature survivor_signature(std::uint32_t shop, const Survivors& u2) const;
  [[nodiscard]] SurvivorCertificate certificate(const Survivors& u2) const;
  [[nodiscard]] Unmask unmask(std::uint32_t holder, const Survivors& u2) const;
  [[nodiscard]] RoundResult result(const Survivors& u2) const;
  [[nodiscard]] Vote vote(std::uint32_t shop, const RoundResult& result) const;
  [[nodiscard]] Abandon abandon(std::uint32_t shop) const;
  [[nodiscard]] std::vector<Abandon> abandon_certificate() const;
  [[nodiscard]] RoundAborted aborted() const;
  [[nodiscard]] Complaint complaint(std::uint32_t shop, std::uint32_t dealer) const;
  /// Commitments of all dealers of U1, as `check_unmask` takes them.
  [[nodiscard]] std::vector<std::vector<ShareCommitments>> commitments() const;

 private:
  void enrol_shops(std::uint32_t n);
  void check_in_all();
  void share_all();
  void upload_all();
};

/// The largest descriptor-independent sample of everything else that travels.
[[nodiscard]] EnrolRequest sample_enrol_request(const crypto::Signer& identity,
                                                const FederationId& federation, ByteView exporter);
[[nodiscard]] RosterUpdate sample_roster_update(const RoundSetup& round);
[[nodiscard]] EnrolReply sample_enrol_reply(const RoundSetup& round);
[[nodiscard]] RoundInvitation sample_invitation(const RoundSetup& round);
[[nodiscard]] UploadStatus sample_upload_status();

/// Whether `result` failed with exactly `code`; prints what it was otherwise.
template <class T>
[[nodiscard]] bool fails_with(const Result<T>& result, ProtocolErrc code) {
  return result.has_error() && result.error() == code;
}

}  // namespace guildsum::protocol::test

/// Requires success and shows the error otherwise.
#define GS_REQUIRE_OK(expression)                                                     \
  do {                                                                                \
    const auto& gs_outcome = (expression);                                            \
    BOOST_REQUIRE_MESSAGE(                                                            \
        gs_outcome.has_value(),                                                       \
        #expression ": " +                                                            \
            (gs_outcome.has_error() ? gs_outcome.error().message() : std::string{})); \
  } while (false)
/// Checks the code of a refusal and shows what happened instead.
#define GS_CHECK_REFUSED(expression, errc)                                            \
  do {                                                                                \
    const auto& gs_outcome = (expression);                                            \
    BOOST_CHECK_MESSAGE(                                                              \
        ::guildsum::protocol::test::fails_with(gs_outcome, errc),                     \
        #expression " should be refused as "                                          \
            << ::guildsum::protocol::code_of(errc) << " but is "                      \
            << (gs_outcome.has_error() ? gs_outcome.error().message() : "accepted")); \
  } while (false)
