#include "simulations/faults/invariants.hpp"

#include <boost/test/unit_test.hpp>

#include "protocol/digests.hpp"
#include "protocol/packed_sum.hpp"
#include "protocol/wire.hpp"

namespace guildsum::simulations {

namespace {

using protocol::MessageType;

protocol::ParticipantId id_of(std::uint8_t shop) {
  std::array<std::byte, 32> bytes{};
  bytes.fill(static_cast<std::byte>(shop + 1));
  return protocol::ParticipantId{bytes};
}

/// A round of five shops with d = 8, as the checker hears of it.
struct WatchedRound {
  WatchedRound() {
    protocol::RoundDescriptor& d = description.descriptor;
    d.n = 5;
    d.t = d.q = 4;
    d.s_min = 4;
    d.codec.ring_bits = 32;
    d.codec.vector_length = 8;
    for (std::uint8_t shop = 0; shop < 5; ++shop) {
      protocol::CheckIn check_in;
      check_in.sender = id_of(shop);
      description.check_ins.push_back(check_in);
      sharers.push_back({id_of(shop), {}});
    }
    rd = protocol::round_digest(d);
    checker.survivors_min = 4;
    checker.read_sum = [this](const protocol::BlobId&) -> Result<Bytes> {
      return protocol::pack_sum(description.descriptor.codec, sum);
    };
    for (std::uint8_t shop = 0; shop < 5; ++shop) mask(shop);
  }

  void mask(std::uint8_t shop) {
    std::vector<participant::MaskTerm> masks;
    masks.push_back({seed(shop, shop), false});
    for (std::uint8_t other = 0; other < 5; ++other) {
      if (other == shop) continue;
      masks.push_back({seed(std::min(shop, other), std::max(shop, other)), shop > other});
    }
    std::vector<std::int64_t> values(8, 0);
    values[shop] = 1;
    checker.on_masked(shop, description, sharers, masks, values);
    checker.on_input(shop, rd);
  }
  [[nodiscard]] crypto::MaskSeed seed(std::uint8_t a, std::uint8_t b) const {
    std::array<std::byte, 32> bytes{};
    bytes[0] = static_cast<std::byte>(a);
    bytes[1] = static_cast<std::byte>(b + 1);
    bytes[2] = static_cast<std::byte>(attempt);
    return crypto::MaskSeed{bytes};
  }
  /// The coordinator proposes these shops; @return H(U2).
  protocol::Digest propose(std::uint8_t count) {
    protocol::SurvivorProposal proposal;
    proposal.rd = rd;
    for (std::uint8_t shop = 0; shop < count; ++shop) {
      protocol::MaskedInput header;
      header.sender = id_of(shop);
      header.rd = rd;
      proposal.headers.push_back(header);
    }
    checker.on_phase_message(3, protocol::encode(proposal));
    return protocol::survivors_digest(protocol::survivors_list(proposal.headers));
  }
  void open(std::uint8_t count) {
    protocol::RoundResult result;
    result.rd = rd;
    result.survivors = propose(count);
    result.survivor_count = count;
    checker.on_phase_message(5, protocol::encode(result));
  }
  void sign(std::uint8_t shop, const protocol::Digest& survivors) {
    protocol::SurvivorSignature signature;
    signature.sender = id_of(shop);
    signature.rd = rd;
    signature.survivors = survivors;
    const Bytes frame = protocol::encode(signature);
    checker.on_signed(shop, MessageType::survivor_signature, frame);
    checker.on_received(shop, MessageType::survivor_signature, frame);
  }
  /// This shop reveals its shares of everybody's self mask.
  void unmask(std::uint8_t shop) { unmask_of(shop, 5); }
  /// The first `survivors` are counted: of the others it reveals shares of their mask keys.
  void unmask_of(std::uint8_t shop, std::uint8_t survivors) {
    protocol::Unmask answer;
    answer.sender = id_of(shop);
    answer.rd = rd;
    for (std::uint32_t dealer = 0; dealer < 5; ++dealer) {
      protocol::RevealedShare share;
      share.dealer = protocol::CohortPosition{dealer};
      share.kind = dealer < survivors ? protocol::ShareKind::self_seed
                                      : protocol::ShareKind::mask_key;
      answer.shares.push_back(share);
    }
    checker.on_received(shop, MessageType::unmask, protocol::encode(answer));
  }
  /// The same step and the same vectors again, with masks of their own.
  void repair() {
    description.descriptor.attempt = protocol::Attempt{++attempt};
    rd = protocol::round_digest(description.descriptor);
    for (std::uint8_t shop = 0; shop < 5; ++shop) mask(shop);
  }
  [[nodiscard]] bool broke(std::string_view invariant) const {
    return std::ranges::find(checker.violations(), invariant, &Violation::invariant) !=
           checker.violations().end();
  }

  EventQueue queue;
  protocol::RoundDescription description;
  std::vector<protocol::MemberDigest> sharers;
  protocol::RoundDigest rd;
  std::uint8_t attempt = 0;
  std::vector<std::int64_t> sum{1, 1, 1, 1, 1, 0, 0, 0};
  InvariantChecker checker{queue, {id_of(0), id_of(1), id_of(2), id_of(3), id_of(4)}};
};

participant::RoundClosed closed(const protocol::RoundDigest& rd, bool opened, bool counted) {
  return {protocol::RoundId{0}, protocol::Attempt{0}, rd, opened, counted, {}};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(invariants_test)

BOOST_AUTO_TEST_CASE(each_invariant_is_listed_and_two_say_why_not) {
  BOOST_TEST(invariants().size() == 10U);
  std::size_t absent = 0;
  for (const Invariant& invariant : invariants())
    absent += invariant.not_applicable.empty() ? 0 : 1;
  BOOST_TEST(absent == 2U);
}

BOOST_FIXTURE_TEST_CASE(inputs_as_given_are_made_again_and_others_remembered, WatchedRound) {
  // All but shop 3 mask what they were given.
  checker.given_input = [](std::uint32_t shop, std::uint64_t, std::size_t length) {
    std::vector<std::int64_t> values(length, 0);
    values[shop] = shop == 3 ? 9 : 1;
    return values;
  };
  for (std::uint8_t shop = 0; shop < 5; ++shop) mask(shop);
  open(5);
  BOOST_TEST(checker.violations().empty());
  WatchedRound other;
  other.checker.given_input = checker.given_input;
  for (std::uint8_t shop = 0; shop < 5; ++shop) other.mask(shop);
  other.sum[1] = 2;
  other.open(5);
  BOOST_TEST(other.broke("I1"));
}

BOOST_FIXTURE_TEST_CASE(an_honest_round_breaks_nothing, WatchedRound) {
  const auto survivors = propose(5);
  for (std::uint8_t shop = 0; shop < 5; ++shop) sign(shop, survivors);
  for (std::uint8_t shop = 0; shop < 5; ++shop) unmask(shop);
  open(5);
  for (std::uint32_t shop = 0; shop < 5; ++shop) {
    checker.on_journal(shop, closed(rd, true, true));
  }
  checker.at_the_end();
  BOOST_TEST(checker.violations().empty());
  BOOST_TEST(checker.sums() == 1U);
  BOOST_TEST(checker.counted() == 5U);
}

BOOST_FIXTURE_TEST_CASE(a_two_or_a_zero_in_the_sum_is_i1, WatchedRound) {
  sum[1] = 2;
  sum[3] = 0;
  open(5);
  BOOST_TEST(checker.violations().size() == 2U);
  BOOST_TEST(broke("I1"));
}

BOOST_FIXTURE_TEST_CASE(a_mask_that_did_not_cancel_is_i1, WatchedRound) {
  sum[6] = 123'456;
  open(5);
  BOOST_TEST(broke("I1"));
}

BOOST_FIXTURE_TEST_CASE(a_shop_that_is_counted_and_does_not_know_is_i2, WatchedRound) {
  open(5);
  checker.on_journal(2, closed(rd, false, false));
  checker.at_the_end();
  BOOST_TEST(broke("I2"));
}

BOOST_FIXTURE_TEST_CASE(a_shop_that_believes_it_is_counted_is_i2, WatchedRound) {
  sum[4] = 0;
  open(4);
  checker.on_journal(4, closed(rd, true, true));
  protocol::Vote vote;
  vote.sender = id_of(4);
  vote.rd = rd;
  vote.accept = true;
  checker.on_signed(4, MessageType::vote, protocol::encode(vote));
  checker.at_the_end();
  BOOST_TEST(broke("I2"));
}

BOOST_FIXTURE_TEST_CASE(a_shop_that_left_before_it_saw_the_survivors_may_keep_out, WatchedRound) {
  sum[4] = 0;
  open(4);
  checker.on_journal(4, closed(rd, true, true));
  checker.at_the_end();
  BOOST_TEST(checker.violations().empty());
}

BOOST_FIXTURE_TEST_CASE(a_shop_that_was_freed_and_is_in_the_sum_is_i2, WatchedRound) {
  open(5);
  checker.on_freed(1, rd);
  checker.at_the_end();
  BOOST_TEST(broke("I2"));
}

BOOST_FIXTURE_TEST_CASE(two_sums_of_one_step_that_can_be_read_are_i2, WatchedRound) {
  // Certified over five and unmasked by t: the coordinator can read it, and says it was lost.
  const auto all = propose(5);
  for (std::uint8_t shop = 0; shop < 5; ++shop) sign(shop, all);
  for (std::uint8_t shop = 0; shop < 4; ++shop) unmask(shop);
  BOOST_TEST(checker.violations().empty());
  repair();
  const auto four = propose(4);
  for (std::uint8_t shop = 0; shop < 4; ++shop) sign(shop, four);
  sum[4] = 0;
  open(4);
  checker.at_the_end();
  BOOST_TEST(broke("I2"));  // The difference is shop 4's vector.
}

BOOST_FIXTURE_TEST_CASE(two_sums_of_one_step_that_nobody_published_are_i2, WatchedRound) {
  for (std::uint8_t count = 5; count >= 4; --count) {
    const auto survivors = propose(count);
    for (std::uint8_t shop = 0; shop < count; ++shop) sign(shop, survivors);
    BOOST_TEST(!broke("I2"));
    for (std::uint8_t shop = 0; shop < 4; ++shop) unmask_of(shop, count);
    if (count == 5) repair();
  }
  BOOST_TEST(broke("I2"));
  BOOST_TEST(!broke("I3"));  // Each of them was certified.
}

BOOST_FIXTURE_TEST_CASE(the_same_shops_again_after_a_lost_sum_break_nothing, WatchedRound) {
  for (int round = 0; round < 2; ++round) {
    const auto all = propose(5);
    for (std::uint8_t shop = 0; shop < 5; ++shop) sign(shop, all);
    for (std::uint8_t shop = 0; shop < 4; ++shop) unmask(shop);
    if (round == 0) repair();
  }
  open(5);
  checker.at_the_end();
  BOOST_TEST(checker.violations().empty());
}

BOOST_FIXTURE_TEST_CASE(a_sum_that_stayed_masked_may_be_asked_for_over_other_shops, WatchedRound) {
  const auto all = propose(5);
  for (std::uint8_t shop = 0; shop < 5; ++shop) sign(shop, all);
  for (std::uint8_t shop = 0; shop < 3; ++shop) unmask(shop);  // one share short
  repair();
  const auto four = propose(4);
  for (std::uint8_t shop = 0; shop < 4; ++shop) sign(shop, four);
  for (std::uint8_t shop = 0; shop < 4; ++shop) unmask_of(shop, 4);
  sum[4] = 0;
  open(4);
  checker.at_the_end();
  BOOST_TEST(checker.violations().empty());
}

BOOST_FIXTURE_TEST_CASE(unmasking_without_a_certificate_is_i3, WatchedRound) {
  for (std::uint8_t shop = 0; shop < 3; ++shop) unmask(shop);
  BOOST_TEST(!broke("I3"));  // Below the threshold nothing opens.
  unmask(3);
  BOOST_TEST(broke("I3"));
}

BOOST_FIXTURE_TEST_CASE(a_sum_or_a_certificate_of_too_few_is_i4, WatchedRound) {
  sum[3] = sum[4] = 0;
  open(3);
  BOOST_TEST(broke("I4"));
}

BOOST_FIXTURE_TEST_CASE(two_messages_under_one_id_are_i9, WatchedRound) {
  const Bytes first = to_bytes("one");
  checker.on_accepted(0, MessageType::vote, "rd", first);
  checker.on_accepted(0, MessageType::vote, "rd", first);
  BOOST_TEST(!broke("I9"));
  checker.on_accepted(0, MessageType::vote, "rd", to_bytes("other"));
  BOOST_TEST(broke("I9"));
}

BOOST_FIXTURE_TEST_CASE(a_counter_that_repeats_is_i9, WatchedRound) {
  protocol::CheckIn check_in;
  check_in.sender = id_of(0);
  check_in.counter = 1;
  checker.on_signed(0, MessageType::check_in, protocol::encode(check_in));
  check_in.round = protocol::RoundId{5};
  checker.on_signed(0, MessageType::check_in, protocol::encode(check_in));
  BOOST_TEST(broke("I9"));
}

BOOST_FIXTURE_TEST_CASE(signatures_of_different_survivors_are_i10, WatchedRound) {
  sign(0, propose(5));
  sign(1, propose(4));
  BOOST_TEST(broke("I10"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::simulations
