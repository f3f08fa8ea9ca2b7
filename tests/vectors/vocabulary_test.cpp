#include "protocol/signing.hpp"
#include "protocol/vocabulary_checks.hpp"
#include "protocol/vocabulary_key.hpp"
#include "protocol/wire.hpp"
#include "tests/vectors/vector_file.hpp"

namespace guildsum::protocol {
namespace {

template <Framed Message>
std::string body_hex(const Message& message) {
  return to_hex(ByteView{encode(message)}.subspan(kFrameHeaderBytes));
}

/// One member's part of the file, with its secrets.
struct Member {
  crypto::Signer signer;
  crypto::X25519KeyPair key;
  KeyContribution contribution;
};

struct Agreement {
  boost::json::value file = vectors::load("vocabulary/agreement.json");
  FederationId federation = vectors::fixed<FederationId>(file, "federation");
  AgreementId id{Epoch{file.at("epoch").to_number<std::uint64_t>()},
                 Attempt{file.at("attempt").to_number<std::uint32_t>()}};
  Digest roster_head = vectors::fixed<Digest>(file, "roster_head");
  std::vector<Member> members;
  std::vector<VocabularyOffer> offers;
  std::vector<VocabularyContribution> contributions;

  Agreement() {
    for (const auto& entry : file.at("members").as_array()) {
      members.push_back(
          {crypto::Signer{vectors::secret<crypto::SigningKey>(entry, "identity_seed")},
           crypto::X25519KeyPair{vectors::secret<crypto::X25519SecretKey>(entry, "offer_secret")},
           vectors::secret<KeyContribution>(entry, "contribution_secret")});
      const Member& member = members.back();
      VocabularyOffer offer{identity_of(member.signer.verify_key()),
                            federation,
                            id,
                            roster_head,
                            member.key.public_key(),
                            {}};
      sign(offer, federation, member.signer);
      offers.push_back(offer);
    }
    const Digest agreement = agreement_digest(offers);
    for (std::size_t i = 0; i < members.size(); ++i) {
      VocabularyContribution message{offers[i].sender, agreement, {}, {}, {}};
      message.commitment =
          contribution_commitment(agreement, message.sender, members[i].contribution);
      for (const VocabularyOffer& other : offers) {
        if (other.sender == message.sender) continue;
        message.sealed.push_back(seal_contribution(members[i].key, message.sender,
                                                   {other.sender, other.key}, agreement,
                                                   members[i].contribution)
                                     .value());
      }
      sign(message, federation, members[i].signer);
      contributions.push_back(message);
    }
  }
  [[nodiscard]] const boost::json::value& member(std::size_t i) const {
    return file.at("members").as_array().at(i);
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(vocabulary_test)

BOOST_AUTO_TEST_CASE(offers_and_contributions_have_the_published_bytes) {
  const Agreement agreed;
  BOOST_TEST(agreement_digest(agreed.offers).hex() == vectors::text(agreed.file, "agreement"));
  BOOST_TEST(contributions_digest(agreed.contributions).hex() ==
             vectors::text(agreed.file, "contributions"));
  for (std::size_t i = 0; i < agreed.members.size(); ++i) {
    BOOST_TEST(agreed.offers[i].sender.hex() == vectors::text(agreed.member(i), "id"));
    BOOST_TEST(body_hex(agreed.offers[i]) == vectors::text(agreed.member(i), "offer"));
    BOOST_TEST(body_hex(agreed.contributions[i]) ==
               vectors::text(agreed.member(i), "contribution"));
  }
}

BOOST_AUTO_TEST_CASE(the_key_and_the_confirmations_are_the_published_ones) {
  const Agreement agreed;
  const Digest agreement = agreement_digest(agreed.offers);
  const Digest contributed = contributions_digest(agreed.contributions);
  for (std::size_t own = 0; own < agreed.members.size(); ++own) {
    std::vector<KeyContribution> opened;
    for (std::size_t i = 0; i < agreed.members.size(); ++i) {
      if (i == own) {
        opened.push_back(agreed.members[own].contribution.duplicate());
        continue;
      }
      auto one = open_contribution(agreed.members[own].key, agreed.offers[own].sender,
                                   {agreed.offers[i].sender, agreed.offers[i].key}, agreement,
                                   agreed.contributions[i].sealed[sealed_index(i, own)]);
      BOOST_REQUIRE(one.has_value());
      opened.push_back(std::move(*one));
    }
    const VocabularyKey key = vocabulary_key(opened, agreement, contributed);
    BOOST_TEST(to_hex(key.expose()) == vectors::text(agreed.file, "key"));
    const Digest digest = vocabulary_key_digest(key);
    BOOST_TEST(digest.hex() == vectors::text(agreed.file, "key_digest"));
    VocabularyConfirmation message{agreed.offers[own].sender, agreement, contributed, digest, {}};
    sign(message, agreed.federation, agreed.members[own].signer);
    BOOST_TEST(body_hex(message) == vectors::text(agreed.member(own), "confirmation"));
  }
}

BOOST_AUTO_TEST_CASE(items_have_the_published_slots_and_tags) {
  const auto file = vectors::load("vocabulary/agreement.json");
  const auto key = vectors::secret<VocabularyKey>(file, "key");
  int run = 0;
  for (const auto& entry : file.at("slots").as_array()) {
    ItemSlots slots{key, entry.at("bits").to_number<std::uint32_t>()};
    const ItemSlot place = slots.of(vectors::text(entry, "item"));
    BOOST_TEST(place.slot == entry.at("slot").to_number<std::uint32_t>());
    BOOST_TEST(place.tag == entry.at("tag").to_number<std::uint32_t>());
    ++run;
  }
  BOOST_TEST(run == 18);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::protocol
