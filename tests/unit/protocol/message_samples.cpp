#include "message_samples.hpp"

#include "tests/unit/protocol/attempt_end_setup.hpp"
#include "tests/unit/protocol/unopened_setup.hpp"

namespace guildsum::protocol::test {
namespace {

constexpr std::uint32_t kSurvivors = 5;  // of six: one secret of the other kind is revealed

}  // namespace

const RoundSetup& sample_round() {
  static const RoundSetup round;
  return round;
}

const AgreementSetup& sample_agreement() {
  static const AgreementSetup agreed;
  return agreed;
}

template <>
EnrolRequest sample_message() {
  return sample_enrol_request(sample_round().shops[0].signer, sample_round().federation,
                              sample_bytes(54, kExporterBytes));
}
template <>
EnrolReply sample_message() {
  return sample_enrol_reply(sample_round());
}
template <>
RosterUpdate sample_message() {
  return sample_roster_update(sample_round());
}
template <>
RosterEntry sample_message() {
  return sample_round().roster.entries().back();
}
template <>
RosterHead sample_message() {
  return sample_roster_update(sample_round()).head;
}
template <>
RosterRequest sample_message() {
  const RoundSetup& round = sample_round();
  return {round.federation,
          round.roster.sequence(),
          round.roster.head(),
          Epoch{3},
          {{RosterChange::join, sample<ParticipantId>(77), "newcomer"},
           {RosterChange::leave, sample<ParticipantId>(78), "leaver"}}};
}
template <>
RoundInvitation sample_message() {
  return sample_invitation(sample_round());
}
template <>
CheckIn sample_message() {
  return sample_round().description.check_ins.front();
}
template <>
RoundDescription sample_message() {
  return sample_round().description;
}
template <>
ShareKeys sample_message() {
  return sample_round().share_keys.front();
}
template <>
ShareDelivery sample_message() {
  return sample_round().delivery(1);
}
template <>
Complaint sample_message() {
  return sample_round().complaint(0, 1);
}
template <>
MaskedInput sample_message() {
  return sample_round().uploads.front().header;
}
template <>
MaskedInputUpload sample_message() {
  return sample_round().uploads.front();
}
template <>
UploadStatus sample_message() {
  return sample_upload_status();
}
template <>
SurvivorProposal sample_message() {
  return sample_round().proposal(kSurvivors);
}
template <>
SurvivorSignature sample_message() {
  return sample_round().survivor_signature(0, sample_round().survivors(kSurvivors));
}
template <>
SurvivorCertificate sample_message() {
  return sample_round().certificate(sample_round().survivors(kSurvivors));
}
template <>
Unmask sample_message() {
  return sample_round().unmask(2, sample_round().survivors(kSurvivors));
}
template <>
RoundResult sample_message() {
  return sample_round().result(sample_round().survivors(kSurvivors));
}
template <>
Vote sample_message() {
  return sample_round().vote(3, sample_message<RoundResult>());
}
template <>
Abandon sample_message() {
  return sample_round().abandon(4);
}
template <>
Refusal sample_message() {
  const auto& shop = sample_round().shops[0];
  Refusal message;
  message.sender = identity_of(shop.signer.verify_key());
  message.round = RoundId{7};
  message.attempt = Attempt{1};
  message.code = "repeated-step";
  sign(message, sample_round().federation, shop.signer);
  return message;
}
template <>
RoundAborted sample_message() {
  return sample_round().aborted();
}
template <>
VocabularyInvitation sample_message() {
  const AgreementSetup& agreed = sample_agreement();
  return {agreed.federation, agreed.id, agreed.roster.head()};
}
template <>
VocabularyOffer sample_message() {
  return sample_agreement().offers[0];
}
template <>
VocabularyOffers sample_message() {
  return {sample_agreement().offers};
}
template <>
VocabularyContribution sample_message() {
  return sample_agreement().contributions[1];
}
template <>
VocabularyContributions sample_message() {
  return {sample_agreement().contributions};
}
template <>
VocabularyConfirmation sample_message() {
  return sample_agreement().confirmation_of(sample_agreement().members[2]);
}
template <>
UnopenedRound sample_message() {
  auto message = unopened(sample_round(), kSurvivors);
  message.faults.push_back(
      fault_of(sample_round(), 1, ShareKind::self_seed, sample_round().view.descriptor.t));
  return message;
}
template <>
AttemptEnds sample_message() {
  const RoundDescriptor& d = sample_round().description.descriptor;
  return {{opened_end(sample_round()), aborted_end(sample_round(), d.round.next(), Attempt{})}};
}

}  // namespace guildsum::protocol::test
