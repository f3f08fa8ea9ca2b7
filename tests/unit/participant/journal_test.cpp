#include "participant/journal/journal.hpp"

#include <fstream>
#include <functional>

#include "journal_setup.hpp"
#include "participant/errors.hpp"
#include "tests/support/file_size_limit.hpp"

using namespace guildsum;
using namespace guildsum::participant;
using namespace participant::testing;
using Setup = JournalSetup;
using protocol::test::sample;
using protocol::test::sample_bytes;

BOOST_AUTO_TEST_SUITE(journal_test)

BOOST_AUTO_TEST_CASE(a_new_journal_is_empty_and_remembers_what_is_appended) {
  Setup setup;
  BOOST_TEST(setup.journal->state().counter == 0U);
  BOOST_TEST(setup.journal->state().open_round.empty());
  setup.write({checked_in(5, 2, 7), bound(3)});
  const std::uint64_t size = setup.journal->size_bytes();
  setup.reopen();
  const JournalState& state = setup.journal->state();
  BOOST_TEST(state.counter == 7U);
  BOOST_TEST(state.last_round.value() == 5U);
  BOOST_TEST(state.last_attempt.value() == 2U);
  BOOST_TEST(state.open_round.size() == 2U);
  BOOST_TEST(setup.journal->size_bytes() == size);
  BOOST_TEST(setup.log.records().empty());
}

BOOST_AUTO_TEST_CASE(every_kind_of_record_comes_back) {
  Setup setup;
  setup.write({checked_in(1, 0, 1), bound(1),
               FrozenSharers{sample<protocol::RoundDigest>(2),
                             {{sample<protocol::ParticipantId>(3), sample<protocol::Digest>(4)}}},
               SpooledInput{sample<protocol::RoundDigest>(2), sample_bytes(5, 100)},
               SignedSurvivors{sample<protocol::RoundDigest>(2), sample_bytes(6, 100)},
               AnsweredUnmask{sample<protocol::RoundDigest>(2), sample<protocol::Digest>(7)},
               SignedAbandon{sample<protocol::RoundDigest>(2), sample_bytes(8, 100)}});
  setup.reopen();
  const auto& open = setup.journal->state().open_round;
  BOOST_REQUIRE(open.size() == 7U);
  for (std::size_t i = 0; i < open.size(); ++i) BOOST_TEST(open[i].index() == i);
  BOOST_TEST((std::get<SignedSurvivors>(open[4]).message == sample_bytes(6, 100)));
  BOOST_TEST((std::get<AnsweredUnmask>(open[5]).message == sample<protocol::Digest>(7)));
}

BOOST_AUTO_TEST_CASE(a_closed_round_is_not_open_and_counts_only_if_it_was_counted) {
  Setup setup;
  setup.write({checked_in(1, 0, 1), bound(4), closed(1, false)});
  BOOST_TEST(!setup.journal->state().history.forbids("ease", step(4)).has_value());
  setup.write({checked_in(2, 0, 2), bound(4), closed(2, true)});
  for (int restarts = 0; restarts < 2; ++restarts) {
    BOOST_TEST(setup.journal->state().open_round.empty());
    BOOST_TEST(setup.journal->state().history.forbids("ease", step(4)).has_value());
    BOOST_TEST(setup.journal->state().history.forbids("ease", step(3)).has_value());
    BOOST_TEST(!setup.journal->state().history.forbids("ease", step(5)).has_value());
    setup.reopen();
  }
}

BOOST_AUTO_TEST_CASE(what_is_counted_without_a_result_waits_for_its_certificate) {
  Setup setup;
  const BoundToDescriptor descriptor = bound(4);
  RoundClosed unseen = closed(1, true);
  unseen.opened = false;
  unseen.rd = descriptor.rd;
  setup.write({checked_in(1, 0, 1), descriptor, unseen});
  setup.reopen();
  const auto withheld = setup.journal->state().history.forbids("ease", step(4));
  BOOST_TEST((withheld == protocol::ProtocolErrc::certificate_withheld));
  setup.write({AbandonCertified{descriptor.rd}});
  setup.reopen();
  BOOST_TEST(!setup.journal->state().history.forbids("ease", step(4)).has_value());
}

BOOST_AUTO_TEST_CASE(a_new_check_in_ends_what_was_open) {
  Setup setup;
  setup.write({checked_in(1, 0, 1), bound(1), checked_in(1, 1, 2)});
  BOOST_REQUIRE(setup.journal->state().open_round.size() == 1U);
  setup.write({closed(1, true)});  // Without a descriptor there is nothing to count.
  BOOST_TEST(setup.journal->state().history.counted().empty());
}

BOOST_AUTO_TEST_CASE(a_record_torn_at_any_byte_is_cut_off_and_the_rest_stays) {
  Setup setup;
  setup.write({checked_in(1, 0, 1)});
  const Bytes before = setup.content();
  setup.write({bound(1)});
  const Bytes whole = setup.content();
  std::size_t torn = 0;
  for (std::size_t length = before.size(); length < whole.size(); length += 7) {
    torn += length > before.size() ? 1 : 0;
    setup.overwrite(ByteView{whole}.first(length));
    setup.reopen();
    BOOST_TEST(setup.journal->state().open_round.size() == 1U);
    BOOST_TEST((setup.content() == before));
  }
  BOOST_TEST(setup.log.count("journal.torn_tail") == torn);
  setup.write({bound(1)});
  BOOST_TEST((setup.content() == whole));  // Appending goes on where the good records end.
}

BOOST_AUTO_TEST_CASE(a_tail_of_zeros_as_after_a_power_cut_is_cut_off) {
  Setup setup;
  setup.write({checked_in(1, 0, 1)});
  Bytes padded = setup.content();
  const std::size_t good = padded.size();
  padded.resize(good + 5000);
  setup.overwrite(padded);
  setup.reopen();
  BOOST_TEST(setup.journal->size_bytes() == good);
  BOOST_TEST(setup.journal->state().counter == 1U);
}

BOOST_AUTO_TEST_CASE(a_journal_torn_before_its_first_record_is_new) {
  for (std::size_t length = 0; length < 8; ++length) {
    Setup setup;
    const Bytes magic = setup.content();
    setup.overwrite(ByteView{magic}.first(length));
    setup.reopen();
    BOOST_TEST((setup.content() == magic));
  }
}

BOOST_AUTO_TEST_CASE(damage_before_good_records_is_refused_and_the_file_stays_as_it_is) {
  Setup setup;
  setup.write({checked_in(1, 0, 1), bound(1)});
  const std::size_t first_two = setup.content().size();
  setup.write({SignedSurvivors{sample<protocol::RoundDigest>(2), sample_bytes(6, 100)}});
  const Bytes whole = setup.content();
  for (std::size_t at = 0; at < first_two; at += 7) {
    Bytes changed = whole;
    changed[at] ^= std::byte{0x20};
    setup.overwrite(changed);
    const auto refused = setup.open();
    GS_CHECK_FAILS(ParticipantErrc::journal_corrupt, refused);
    BOOST_TEST(refused.error().detail().find(setup.path().string()) != std::string::npos);
    BOOST_TEST((setup.content() == changed));
  }
}

BOOST_AUTO_TEST_CASE(a_missing_or_moved_record_is_noticed) {
  Setup setup;
  std::vector<std::size_t> ends{setup.content().size()};
  for (std::uint64_t i = 1; i <= 3; ++i) {
    setup.write({checked_in(i, 0, i)});
    ends.push_back(setup.content().size());
  }
  const Bytes whole = setup.content();
  const auto part = [&](std::size_t from, std::size_t to) {
    return ByteView{whole}.subspan(ends[from], ends[to] - ends[from]);
  };
  Bytes missing(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(ends[1]));
  append(missing, part(2, 3));
  setup.overwrite(missing);
  GS_CHECK_FAILS(ParticipantErrc::journal_corrupt, setup.open());
  Bytes moved(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(ends[0]));
  for (const std::size_t i : {1U, 0U, 2U}) append(moved, part(i, i + 1));
  setup.overwrite(moved);
  GS_CHECK_FAILS(ParticipantErrc::journal_corrupt, setup.open());
  // A record that was repeated, as by a careless copy.
  Bytes repeated = whole;
  append(repeated, part(2, 3));
  setup.overwrite(repeated);
  GS_CHECK_FAILS(ParticipantErrc::journal_corrupt, setup.open());
}

BOOST_AUTO_TEST_CASE(something_else_is_no_journal) {
  Setup setup;
  setup.overwrite(as_bytes("another file altogether"));
  GS_CHECK_FAILS(ParticipantErrc::journal_corrupt, setup.open());
  setup.overwrite(as_bytes("GSJRNL02"));
  GS_CHECK_FAILS(ParticipantErrc::journal_corrupt, setup.open());
  std::filesystem::remove(setup.path());
  std::filesystem::create_directory(setup.path());
  BOOST_TEST(setup.open().has_error());
}

BOOST_AUTO_TEST_CASE(a_full_disk_appends_nothing_and_changes_nothing) {
  Setup setup;
  setup.write({checked_in(1, 0, 1)});
  const Bytes before = setup.content();
  {
    const test::FileSizeLimit full{before.size() + 20};
    BOOST_TEST(setup.journal->append(checked_in(2, 0, 2)).has_error());
    BOOST_TEST(setup.journal->append(checked_in(2, 0, 2)).has_error());
  }
  BOOST_TEST(setup.journal->state().counter == 1U);
  BOOST_TEST((setup.content() == before));
  setup.write({checked_in(2, 0, 2)});
  setup.reopen();
  BOOST_TEST(setup.journal->state().counter == 2U);
}

BOOST_AUTO_TEST_CASE(compaction_keeps_counter_history_and_the_open_round) {
  Setup setup;
  for (std::uint64_t round = 1; round <= 20; ++round) {
    setup.write({checked_in(round, 0, round), bound(round), closed(round, round != 20)});
  }
  setup.write({checked_in(21, 3, 21), bound(21)});
  const std::uint64_t before = setup.journal->size_bytes();
  GS_REQUIRE_DONE(setup.journal->compact());
  BOOST_TEST(setup.journal->size_bytes() < before / 4);
  setup.write({SignedSurvivors{sample<protocol::RoundDigest>(2), sample_bytes(6, 100)}});
  for (int restarts = 0; restarts < 2; ++restarts) {
    const JournalState& state = setup.journal->state();
    BOOST_TEST(state.counter == 21U);
    BOOST_TEST(state.last_round.value() == 21U);
    BOOST_TEST(state.last_attempt.value() == 3U);
    BOOST_TEST(state.open_round.size() == 3U);
    BOOST_TEST(state.history.forbids("ease", step(19)).has_value());
    BOOST_TEST(!state.history.forbids("ease", step(20)).has_value());
    setup.reopen();
  }
  setup.write({closed(21, true)});
  BOOST_TEST(setup.journal->state().history.forbids("ease", step(21)).has_value());
}

BOOST_AUTO_TEST_CASE(leave_to_join_and_times_of_contributions_survive_restarts_and_compaction) {
  Setup setup;
  const BoundToDescriptor descriptor = bound(4);
  RoundClosed unseen = closed(1, true);
  unseen.opened = false;
  unseen.rd = descriptor.rd;
  const protocol::Digest lineage = sample<protocol::Digest>(7);
  setup.write({checked_in(1, 0, 1), descriptor, ContributedAt{descriptor.rd, 123},
               SpooledInput{descriptor.rd, sample_bytes(5, 100)}});
  const auto time = [&] {
    return setup.journal->state().history.contributed_ms(descriptor.rd).value_or(0);
  };
  for (const bool over : {false, true}) {
    if (over) setup.write({unseen, JoinApproved{lineage}, LineageApproved{"ease-join"}});
    for (int restarts = 0; restarts < 3; ++restarts) {
      setup.reopen();
      BOOST_TEST(time() == 123);
      BOOST_TEST(setup.journal->state().open_round.size() == (over ? 0U : 4U));
      GS_REQUIRE_DONE(setup.journal->compact());
    }
  }
  const ContributionHistory& history = setup.journal->state().history;
  BOOST_TEST(history.approved_joins().contains(lineage));
  BOOST_TEST(history.approvals().contains("ease-join"));
}

BOOST_AUTO_TEST_CASE(compaction_that_cannot_be_written_loses_nothing) {
  Setup setup;
  for (std::uint64_t round = 1; round <= 5; ++round) {
    setup.write({checked_in(round, 0, round), bound(round), closed(round, true)});
  }
  const Bytes before = setup.content();
  {
    const test::FileSizeLimit full{20};
    BOOST_TEST(setup.journal->compact().has_error());
  }
  BOOST_TEST((setup.content() == before));
  setup.write({checked_in(6, 0, 6)});
  setup.reopen();
  BOOST_TEST(setup.journal->state().counter == 6U);
}

BOOST_AUTO_TEST_CASE(an_unreadable_record_of_a_good_checksum_is_damage_not_a_tail) {
  Setup setup;
  setup.write({checked_in(1, 0, 1)});
  Bytes whole = setup.content();
  // A record of a kind that nobody knows, with a checksum that is right.
  Bytes record(6);
  store_le<std::uint32_t>(0, MutableByteView{record}.first(4));
  store_le<std::uint16_t>(99, MutableByteView{record}.subspan(4, 2));
  append(record, ByteView{whole}.last(32));
  const auto digest = crypto::sha256(record);
  append(record, digest.view());
  append(whole, record);
  setup.overwrite(whole);
  GS_CHECK_FAILS(ParticipantErrc::journal_corrupt, setup.open());
}

BOOST_AUTO_TEST_CASE(a_certified_contribution_stays_repairable_over_restarts_and_compaction) {
  Setup setup;
  const BoundToDescriptor descriptor = bound(4);
  RoundClosed unseen = closed(1, true);
  unseen.opened = false;
  unseen.rd = descriptor.rd;
  const std::vector survivors{sample<protocol::ParticipantId>(1),
                              sample<protocol::ParticipantId>(2),
                              sample<protocol::ParticipantId>(3)};
  setup.write({checked_in(1, 0, 1), descriptor, unseen,
               ContributionCertified{descriptor.rd, survivors, {survivors[2]}, true}});
  for (const bool compacted : {false, true, true}) {
    if (compacted) GS_REQUIRE_DONE(setup.journal->compact());
    setup.reopen();
    const ContributionHistory& history = setup.journal->state().history;
    BOOST_TEST(!history.forbids("ease", step(4)).has_value());
    const auto repair = history.repair_of(step(4));
    BOOST_REQUIRE(repair.has_value());
    BOOST_TEST((repair->survivors == std::vector{survivors[0], survivors[1]}));
    BOOST_TEST((repair->request == protocol::request_digest(
                                       protocol::parse_descriptor(descriptor.descriptor).value())));
  }
  // Bound to the next step: the one that did not open is closed for good.
  setup.write({checked_in(2, 0, 2), bound(5), closed(2, false)});
  setup.reopen();
  BOOST_TEST(setup.journal->state().history.unsettled().empty());
  BOOST_TEST((setup.journal->state().history.forbids("ease", step(4)) ==
              protocol::ProtocolErrc::repeated_step));
}

BOOST_AUTO_TEST_CASE(a_certificate_without_this_shop_frees_its_contribution) {
  Setup setup;
  const BoundToDescriptor descriptor = bound(4);
  RoundClosed unseen = closed(1, true);
  unseen.opened = false;
  unseen.rd = descriptor.rd;
  setup.write(
      {checked_in(1, 0, 1), descriptor, unseen,
       ContributionCertified{descriptor.rd, {sample<protocol::ParticipantId>(1)}, {}, false}});
  setup.reopen();
  BOOST_TEST(setup.journal->state().history.unsettled().empty());
  BOOST_TEST(!setup.journal->state().history.forbids("ease", step(4)).has_value());
}

BOOST_AUTO_TEST_CASE(how_the_last_bound_attempt_ended_survives_restarts_and_compaction) {
  Setup setup;
  const auto last = [&] { return setup.journal->state().last_bound.value(); };
  RoundClosed end = closed(1, true);
  end.rd = bound(4).rd;
  end.transcript = sample<protocol::Digest>(9);
  setup.write({checked_in(1, 0, 1), bound(4), end, VoteTaken{end.rd}, checked_in(2, 0, 2)});
  setup.write({closed(2, false), VoteTaken{sample<protocol::RoundDigest>(8)}});
  for (int restarts = 0; restarts < 2; ++restarts) {
    setup.reopen();
    BOOST_TEST((last().rd == end.rd && last().transcript == end.transcript));
    BOOST_TEST((last().opened && last().vote_taken));
    GS_REQUIRE_DONE(setup.journal->compact());
  }
  setup.write({checked_in(3, 0, 3), bound(5)});
  GS_REQUIRE_DONE(setup.journal->compact());
  setup.reopen();
  BOOST_TEST((last().rd == bound(5).rd && last().transcript.is_zero() && !last().vote_taken));
}

BOOST_AUTO_TEST_CASE(the_roster_that_was_accepted_survives_compaction) {
  Setup setup;
  const auto descriptor = protocol::parse_descriptor(bound(1).descriptor).value();
  const protocol::Epoch later{descriptor.epoch.value() + 1};
  setup.write({checked_in(1, 0, 1), bound(1), closed(1, false)});
  for (int restarts = 0; restarts < 2; ++restarts) {
    BOOST_TEST((setup.journal->state().history.roster_before(later) == descriptor.roster_head));
    BOOST_TEST(
        !setup.journal->state().history.roster_before(descriptor.epoch).has_value());
    GS_REQUIRE_DONE(setup.journal->compact());
    setup.reopen();
  }
}

BOOST_AUTO_TEST_SUITE_END()
