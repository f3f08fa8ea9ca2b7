#include "protocol/ids.hpp"

#include <type_traits>

#include <boost/test/unit_test.hpp>

#include "protocol/messages.hpp"

namespace guildsum::protocol {
namespace {

// Names of different things do not mix, in whatever direction.
template <class A, class B>
constexpr bool kMixes =
    std::is_convertible_v<A, B> || std::is_convertible_v<B, A> || std::is_constructible_v<A, B> ||
    std::is_constructible_v<B, A> || std::is_assignable_v<A&, B> || std::is_assignable_v<B&, A>;
static_assert(!kMixes<RoundId, Epoch>);
static_assert(!kMixes<RoundId, ModelVersion>);
static_assert(!kMixes<Attempt, CohortPosition>);
static_assert(!kMixes<ParticipantId, FederationId>);
static_assert(!kMixes<ParticipantId, crypto::VerifyKey>);
static_assert(!kMixes<RoundDigest, Digest>);
static_assert(!kMixes<BlobId, Digest>);
static_assert(!kMixes<crypto::X25519PublicKey, crypto::VerifyKey>);
static_assert(!std::is_convertible_v<std::uint64_t, RoundId>);
static_assert(!std::is_convertible_v<RoundId, std::uint64_t>);

template <class A, class B>
concept Comparable = requires(const A& a, const B& b) { a == b; };
static_assert(Comparable<RoundId, RoundId>);
static_assert(!Comparable<RoundId, Epoch>);
static_assert(!Comparable<RoundDigest, Digest>);

// Shares are secret until they are revealed, and only the revealed form can be copied.
static_assert(!std::is_copy_constructible_v<crypto::Share>);
static_assert(std::is_copy_constructible_v<PublicShare>);
static_assert(std::is_copy_constructible_v<Unmask>);

}  // namespace

BOOST_AUTO_TEST_SUITE(ids_test)

BOOST_AUTO_TEST_CASE(a_participant_is_its_identity_key) {
  const auto key = crypto::VerifyKey::from_hex(
                       "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
                       .value();
  const ParticipantId id{key.view()};
  BOOST_TEST(verify_key(id).hex() == key.hex());
}

BOOST_AUTO_TEST_CASE(participants_are_ordered_by_their_bytes) {
  const auto low = ParticipantId::from_hex("00" + std::string(62, 'f')).value();
  const auto high = ParticipantId::from_hex("80" + std::string(62, '0')).value();
  BOOST_TEST((low < high));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::protocol
