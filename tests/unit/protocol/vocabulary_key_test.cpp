#include "protocol/vocabulary_key.hpp"

#include <map>

#include <boost/test/unit_test.hpp>

#include "agreement_setup.hpp"

namespace guildsum::protocol {
namespace {

using test::AgreementSetup;

std::string hex_of(const VocabularyKey& key) { return to_hex(key.expose()); }

VocabularyKey some_key(std::uint64_t seed) {
  SeededRandom random{seed};
  return random.secret<VocabularyKey>();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(vocabulary_key_test)

BOOST_AUTO_TEST_CASE(every_member_opens_what_every_other_one_sealed_for_it) {
  const AgreementSetup setup;
  for (std::size_t from = 0; from < setup.members.size(); ++from) {
    for (std::size_t to = 0; to < setup.members.size(); ++to) {
      if (from == to) continue;
      const auto& dealer = setup.offers[from];
      const auto opened = open_contribution(
          setup.members[to].key, setup.members[to].id(), {dealer.sender, dealer.key},
          setup.agreement, setup.contributions[from].sealed[sealed_index(from, to)]);
      GS_REQUIRE_OK(opened);
      BOOST_TEST(to_hex(opened->expose()) == to_hex(setup.members[from].contribution.expose()));
      BOOST_TEST((contribution_commitment(setup.agreement, dealer.sender, *opened) ==
                  setup.contributions[from].commitment));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_contribution_opens_for_nobody_else_and_in_no_other_agreement) {
  const AgreementSetup setup;
  const PairEnd dealer{setup.offers[0].sender, setup.offers[0].key};
  const SealedContribution sealed = setup.contributions[0].sealed[sealed_index(0, 1)];
  const auto& holder = setup.members[1];
  GS_CHECK_REFUSED(open_contribution(setup.members[2].key, setup.members[2].id(), dealer,
                                     setup.agreement, sealed),
                   ProtocolErrc::share_unopenable);
  GS_CHECK_REFUSED(
      open_contribution(holder.key, holder.id(), dealer, test::sample<Digest>(77), sealed),
      ProtocolErrc::share_unopenable);
  GS_CHECK_REFUSED(
      open_contribution(holder.key, holder.id(), {setup.offers[2].sender, setup.offers[2].key},
                        setup.agreement, sealed),
      ProtocolErrc::share_unopenable);
}

BOOST_AUTO_TEST_CASE(every_flipped_byte_of_a_sealed_contribution_is_noticed) {
  const AgreementSetup setup;
  const auto& holder = setup.members[1];
  for (std::size_t i = 0; i < SealedContribution::kSize; ++i) {
    SealedContribution sealed = setup.contributions[0].sealed[sealed_index(0, 1)];
    sealed.mutable_view()[i] ^= std::byte{1};
    GS_CHECK_REFUSED(
        open_contribution(holder.key, holder.id(), {setup.offers[0].sender, setup.offers[0].key},
                          setup.agreement, sealed),
        ProtocolErrc::share_unopenable);
  }
}

BOOST_AUTO_TEST_CASE(a_key_of_small_order_is_not_sealed_to) {
  const AgreementSetup setup;
  const auto& own = setup.members[0];
  BOOST_TEST(seal_contribution(own.key, own.id(), {setup.offers[1].sender, {}}, setup.agreement,
                               own.contribution)
                 .has_error());
}

BOOST_AUTO_TEST_CASE(the_key_depends_on_every_contribution_and_on_what_was_shown) {
  const AgreementSetup setup;
  const std::string key = hex_of(setup.key());
  BOOST_TEST(hex_of(AgreementSetup{}.key()) == key);
  std::vector<KeyContribution> all;
  for (const auto& member : setup.members) all.push_back(member.contribution.duplicate());
  BOOST_TEST(hex_of(vocabulary_key(all, setup.agreement, test::sample<Digest>(1))) != key);
  BOOST_TEST(hex_of(vocabulary_key(all, test::sample<Digest>(1), setup.contributed)) != key);
  for (std::size_t i = 0; i < all.size(); ++i) {
    KeyContribution other = setup.members[(i + 1) % all.size()].contribution.duplicate();
    std::swap(all[i], other);
    BOOST_TEST(hex_of(vocabulary_key(all, setup.agreement, setup.contributed)) != key);
    std::swap(all[i], other);
  }
}

BOOST_AUTO_TEST_CASE(the_digest_of_the_key_is_the_labelled_hash) {
  const VocabularyKey key = some_key(3);
  Bytes bytes = to_bytes("vocab-key");
  append(bytes, key.expose());
  BOOST_TEST((vocabulary_key_digest(key) == crypto::sha256(bytes)));
}

BOOST_AUTO_TEST_CASE(slots_are_equal_at_all_members_and_differ_under_another_key) {
  ItemSlots here{some_key(1), 18};
  ItemSlots there{some_key(1), 18};
  ItemSlots later{some_key(2), 18};
  int moved = 0;
  for (int item = 0; item < 200; ++item) {
    const std::string id = "item-" + std::to_string(item);
    const ItemSlot slot = here.of(id);
    BOOST_TEST((slot == there.of(id)));
    BOOST_TEST(slot.slot < (1U << 18));
    if (later.of(id).slot != slot.slot) ++moved;
    BOOST_TEST((later.of(id).tag != slot.tag));
  }
  BOOST_TEST(moved >= 199);  // One in 262,144 stays where it was.
}

BOOST_AUTO_TEST_CASE(items_spread_over_the_slots) {
  ItemSlots slots{some_key(4), 8};
  std::map<std::uint32_t, int> items;
  for (int item = 0; item < 25'600; ++item) ++items[slots.of(std::to_string(item)).slot];
  BOOST_TEST(items.size() == 256u);
  for (const auto& [slot, count] : items) {
    BOOST_TEST(count > 50);
    BOOST_TEST(count < 150);
  }
}

BOOST_AUTO_TEST_CASE(blanks_around_an_id_do_not_count_and_everything_else_does) {
  ItemSlots slots{some_key(5), 24};
  BOOST_TEST((slots.of(" \t85123A ") == slots.of("85123A")));
  BOOST_TEST((slots.of("85123a") != slots.of("85123A")));
  BOOST_TEST((slots.of("851 23A") != slots.of("85123A")));
  BOOST_TEST(canonical_item_id(" \t ").empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::protocol
