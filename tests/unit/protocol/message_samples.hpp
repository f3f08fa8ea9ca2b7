#pragma once

#include <tuple>

#include "agreement_setup.hpp"
#include "protocol/wire.hpp"
#include "round_setup.hpp"

namespace guildsum::protocol::test {

/// Every message type of the wire, for templated test cases.
using AllMessages =
    std::tuple<EnrolRequest, EnrolReply, RosterUpdate, RosterEntry, RosterHead, RosterRequest,
               RoundInvitation, CheckIn, RoundDescription, ShareKeys, ShareDelivery, Complaint,
               MaskedInput, MaskedInputUpload, UploadStatus, SurvivorProposal, SurvivorSignature,
               SurvivorCertificate, Unmask, RoundResult, Vote, Abandon, RoundAborted, Refusal,
               VocabularyInvitation, VocabularyOffer, VocabularyOffers, VocabularyContribution,
               VocabularyContributions, VocabularyConfirmation, UnopenedRound,
               AttemptEnds>;

/// One round of six shops that the samples are taken from.
[[nodiscard]] const RoundSetup& sample_round();

/// A key agreement of four shops, for the messages that belong to none.
[[nodiscard]] const AgreementSetup& sample_agreement();

/// A well-formed message of each type, with no list empty.
template <class Message>
[[nodiscard]] Message sample_message();

}  // namespace guildsum::protocol::test
