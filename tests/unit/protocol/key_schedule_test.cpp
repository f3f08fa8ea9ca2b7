#include "protocol/key_schedule.hpp"

#include <algorithm>

#include <boost/test/unit_test.hpp>

#include "crypto/errors.hpp"
#include "protocol/limits.hpp"
#include "round_setup.hpp"

namespace guildsum::protocol {
namespace {

using test::sample;

template <class S>
std::string hex(const S& secret) {
  return to_hex(secret.expose());
}

const test::RoundSetup& setup() {
  static const test::RoundSetup round{5};
  return round;
}
const test::Shop& shop(std::size_t i) { return setup().shops[i]; }
PairEnd mask_end(std::size_t i) { return {shop(i).id(), shop(i).mask_key.public_key()}; }
PairEnd share_end(std::size_t i) { return {shop(i).id(), shop(i).share_key.public_key()}; }

ShareRoute route(std::uint32_t dealer, std::uint32_t holder) {
  return {setup().view.rd, CohortPosition{dealer}, CohortPosition{holder}};
}
Bytes sealed(std::uint32_t dealer, std::uint32_t holder) {
  return seal_share(shop(dealer).share_key, shop(dealer).id(), share_end(holder),
                    route(dealer, holder), setup().dealt[dealer][holder])
      .value();
}
Result<DealtShares> opened(std::uint32_t dealer, std::uint32_t holder, ByteView ciphertext) {
  return open_share(shop(holder).share_key, shop(holder).id(), share_end(dealer),
                    route(dealer, holder), ciphertext);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(key_schedule_test)

BOOST_AUTO_TEST_CASE(both_ends_of_a_pair_derive_the_same_mask_seed) {
  const auto& rd = setup().view.rd;
  for (std::size_t i = 0; i < 5; ++i) {
    for (std::size_t j = i + 1; j < 5; ++j) {
      const auto low = pair_mask_seed(shop(i).mask_key, rd, shop(i).id(), mask_end(j));
      const auto high = pair_mask_seed(shop(j).mask_key, rd, shop(j).id(), mask_end(i));
      GS_REQUIRE_OK(low);
      GS_REQUIRE_OK(high);
      BOOST_TEST(hex(*low) == hex(*high));
      BOOST_TEST(adds_pair_mask(shop(i).id(), shop(j).id()));
      BOOST_TEST(!adds_pair_mask(shop(j).id(), shop(i).id()));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_pair_seed_depends_on_round_ids_and_keys) {
  const crypto::SharedSecret shared{sample<Digest>(1).view()};
  const auto& rd = setup().view.rd;
  const std::string original = hex(pair_mask_seed(shared, rd, mask_end(0), mask_end(1)));
  BOOST_TEST(hex(pair_mask_seed(shared, rd, mask_end(1), mask_end(0))) == original);
  BOOST_TEST(hex(pair_mask_seed(shared, sample<RoundDigest>(9), mask_end(0), mask_end(1))) !=
             original);
  BOOST_TEST(hex(pair_mask_seed(shared, rd, mask_end(0), mask_end(2))) != original);
  const PairEnd other_key{mask_end(1).id, mask_end(2).key};
  BOOST_TEST(hex(pair_mask_seed(shared, rd, mask_end(0), other_key)) != original);
  const crypto::SharedSecret other_secret{sample<Digest>(2).view()};
  BOOST_TEST(hex(pair_mask_seed(other_secret, rd, mask_end(0), mask_end(1))) != original);
}

BOOST_AUTO_TEST_CASE(no_mask_seed_comes_from_a_key_of_small_order_or_another_spelling) {
  const auto refused = [&](std::string_view key_hex) {
    const PairEnd peer{shop(1).id(), crypto::X25519PublicKey::from_hex(key_hex).value()};
    const auto seed = pair_mask_seed(shop(0).mask_key, setup().view.rd, shop(0).id(), peer);
    return seed.has_error() && seed.error() == crypto::CryptoErrc::invalid_public_key;
  };
  BOOST_TEST(refused("0000000000000000000000000000000000000000000000000000000000000000"));
  BOOST_TEST(refused("0100000000000000000000000000000000000000000000000000000000000000"));
  BOOST_TEST(refused("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"));
  BOOST_TEST(refused("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"));
  BOOST_TEST(refused("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157"));
  BOOST_TEST(refused("f6ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"));
}

BOOST_AUTO_TEST_CASE(a_self_seed_depends_on_seed_round_and_id) {
  const SelfSeed seed{sample<Digest>(1).view()};
  const SelfSeed other{sample<Digest>(2).view()};
  const auto rd = sample<RoundDigest>(3);
  const std::string original = hex(self_mask_seed(seed, rd, shop(0).id()));
  BOOST_TEST(hex(self_mask_seed(other, rd, shop(0).id())) != original);
  BOOST_TEST(hex(self_mask_seed(seed, sample<RoundDigest>(4), shop(0).id())) != original);
  BOOST_TEST(hex(self_mask_seed(seed, rd, shop(1).id())) != original);
}

BOOST_AUTO_TEST_CASE(the_two_directions_of_a_pair_have_different_keys_and_nonces) {
  const crypto::SharedSecret shared{sample<Digest>(1).view()};
  const auto rd = sample<RoundDigest>(2);
  const ShareSealing there = share_sealing(shared, rd, share_end(0), share_end(1));
  const ShareSealing back = share_sealing(shared, rd, share_end(1), share_end(0));
  const ShareSealing again = share_sealing(shared, rd, share_end(0), share_end(1));
  BOOST_TEST(hex(there.key) != hex(back.key));
  BOOST_TEST(to_hex(there.nonce.view()) != to_hex(back.nonce.view()));
  BOOST_TEST(hex(there.key) == hex(again.key));
  BOOST_TEST(to_hex(there.nonce.view()) == to_hex(again.nonce.view()));
}

BOOST_AUTO_TEST_CASE(a_sealed_share_opens_at_its_holder) {
  for (std::uint32_t dealer = 0; dealer < 5; ++dealer) {
    for (std::uint32_t holder = 0; holder < 5; ++holder) {
      if (holder == dealer) continue;
      const Bytes ciphertext = sealed(dealer, holder);
      BOOST_TEST(ciphertext.size() == kSealedShareBytes);
      const auto shares = opened(dealer, holder, ciphertext);
      GS_REQUIRE_OK(shares);
      const DealtShares& sent = setup().dealt[dealer][holder];
      BOOST_TEST((shares->mask_key.expose() == sent.mask_key.expose()));
      BOOST_TEST((shares->self_seed.expose() == sent.self_seed.expose()));
      BOOST_TEST(hex(shares->mask_key_salt) == hex(sent.mask_key_salt));
      BOOST_TEST(hex(shares->self_seed_salt) == hex(sent.self_seed_salt));
      GS_REQUIRE_OK(check_commitments(route(dealer, holder), *shares,
                                      setup().share_keys[dealer].commitments[holder]));
    }
  }
}

BOOST_AUTO_TEST_CASE(sealing_is_deterministic_so_that_a_resend_is_identical) {
  BOOST_TEST(to_hex(sealed(0, 1)) == to_hex(sealed(0, 1)));
}

BOOST_AUTO_TEST_CASE(a_share_opens_nowhere_else) {
  const Bytes ciphertext = sealed(0, 1);
  GS_CHECK_REFUSED(opened(0, 2, ciphertext), ProtocolErrc::share_unopenable);
  GS_CHECK_REFUSED(opened(2, 1, ciphertext), ProtocolErrc::share_unopenable);
  GS_CHECK_REFUSED(opened(1, 0, ciphertext), ProtocolErrc::share_unopenable);
  // Not even at its holder, when positions or round are not the dealer's.
  ShareRoute other = route(0, 1);
  other.holder = CohortPosition{2};
  GS_CHECK_REFUSED(open_share(shop(1).share_key, shop(1).id(), share_end(0), other, ciphertext),
                   ProtocolErrc::share_unopenable);
  other = route(0, 1);
  other.rd = sample<RoundDigest>(9);
  GS_CHECK_REFUSED(open_share(shop(1).share_key, shop(1).id(), share_end(0), other, ciphertext),
                   ProtocolErrc::share_unopenable);
}

BOOST_AUTO_TEST_CASE(a_changed_or_cut_ciphertext_does_not_open) {
  Bytes ciphertext = sealed(0, 1);
  for (std::size_t i = 0; i < ciphertext.size(); ++i) {
    ciphertext[i] ^= std::byte{1};
    GS_CHECK_REFUSED(opened(0, 1, ciphertext), ProtocolErrc::share_unopenable);
    ciphertext[i] ^= std::byte{1};
  }
  GS_CHECK_REFUSED(opened(0, 1, ByteView{ciphertext}.first(ciphertext.size() - 1)),
                   ProtocolErrc::share_unopenable);
  GS_CHECK_REFUSED(opened(0, 1, {}), ProtocolErrc::share_unopenable);
}

BOOST_AUTO_TEST_CASE(a_sealed_limb_beyond_the_field_is_malformed) {
  const auto shared = shop(0).share_key.agree(share_end(1).key);
  GS_REQUIRE_OK(shared);
  Bytes text(kSealedShareBytes - crypto::kAeadTagBytes, std::byte{0});
  store_le(crypto::FieldElement::kModulus, MutableByteView{text}.subspan(40, 8));
  ShareSealing sealing = share_sealing(*shared, setup().view.rd, share_end(0), share_end(1));
  Bytes associated = to_bytes("share");
  append(associated, setup().view.rd.view());
  append(associated, from_hex("0000000001000000").value());
  const auto ciphertext = crypto::seal(sealing.key, std::move(sealing.nonce), associated, text);
  GS_REQUIRE_OK(ciphertext);
  GS_CHECK_REFUSED(opened(0, 1, *ciphertext), ProtocolErrc::share_malformed);
}

BOOST_AUTO_TEST_CASE(a_share_that_misses_its_commitment_is_found) {
  const DealtShares& shares = setup().dealt[0][1];
  ShareCommitments commitments = setup().share_keys[0].commitments[1];
  GS_REQUIRE_OK(check_commitments(route(0, 1), shares, commitments));
  std::swap(commitments.mask_key_share, commitments.self_seed_share);
  GS_CHECK_REFUSED(check_commitments(route(0, 1), shares, commitments), ProtocolErrc::bad_share);
  commitments = setup().share_keys[0].commitments[1];
  commitments.self_seed_share = sample<Digest>(9);
  GS_CHECK_REFUSED(check_commitments(route(0, 1), shares, commitments), ProtocolErrc::bad_share);
  commitments = setup().share_keys[0].commitments[2];
  GS_CHECK_REFUSED(check_commitments(route(0, 1), shares, commitments), ProtocolErrc::bad_share);
}

BOOST_AUTO_TEST_CASE(a_complaint_names_what_was_wrong) {
  BOOST_TEST((complaint_reason_of(ProtocolErrc::share_unopenable) == ComplaintReason::unopenable));
  BOOST_TEST(
      (complaint_reason_of(ProtocolErrc::share_malformed) == ComplaintReason::malformed_share));
  BOOST_TEST(
      (complaint_reason_of(ProtocolErrc::bad_share) == ComplaintReason::commitment_mismatch));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::protocol
