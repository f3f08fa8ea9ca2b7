#include "participant/journal/record_codec.hpp"

#include <set>

#include "protocol/errors.hpp"
#include "tests/support/outcome.hpp"
#include "tests/unit/protocol/round_setup.hpp"

using namespace guildsum;
using namespace guildsum::participant;
using protocol::test::sample;
using protocol::test::sample_bytes;

namespace {

std::vector<JournalEntry> entries() {
  const auto rd = sample<protocol::RoundDigest>(1);
  JournalSummary summary;
  summary.counter = 9;
  summary.round = protocol::RoundId{8};
  summary.attempt = protocol::Attempt{7};
  summary.counted = {{sample<protocol::Digest>(2), "ials.gradient", 12},
                     {sample<protocol::Digest>(3), "ease.gram", 1}};
  summary.unsettled = {{rd,
                        protocol::RoundId{6},
                        protocol::Attempt{1},
                        {sample<protocol::Digest>(3), "ease.gram", 2}}};
  summary.approved_lineages = {sample<protocol::Digest>(14)};
  summary.approvals = {"ease", "ials"};
  RoundClosed closed;
  closed.round = protocol::RoundId{3};
  closed.opened = closed.counted = true;
  closed.transcript = sample<protocol::Digest>(4);
  return {
      summary,
      JournalRecord{CheckedIn{protocol::Epoch{1}, protocol::RoundId{2}, protocol::Attempt{3}, 4}},
      JournalRecord{BoundToDescriptor{rd, sample_bytes(5, 300)}},
      JournalRecord{
          FrozenSharers{rd,
                        {{sample<protocol::ParticipantId>(6), sample<protocol::Digest>(7)},
                         {sample<protocol::ParticipantId>(8), sample<protocol::Digest>(9)}}}},
      JournalRecord{SpooledInput{rd, sample_bytes(10, 50)}},
      JournalRecord{SignedSurvivors{rd, sample_bytes(11, 60)}},
      JournalRecord{AnsweredUnmask{rd, sample<protocol::Digest>(12)}},
      JournalRecord{SignedAbandon{rd, sample_bytes(13, 70)}},
      JournalRecord{closed},
      JournalRecord{AbandonCertified{rd}},
      JournalRecord{LineageApproved{"ease"}},
      JournalRecord{ContributionHeld{rd, sample<protocol::Digest>(15), sample<protocol::BlobId>(16),
                                     sample<protocol::BlobId>(17)}},
      JournalRecord{ContributionCertified{
          rd,
          {sample<protocol::ParticipantId>(16), sample<protocol::ParticipantId>(17)},
          {sample<protocol::ParticipantId>(17)},
          true}},
      JournalRecord{AcceptedRoster{protocol::Epoch{5}, sample<protocol::Digest>(15)}},
      JournalRecord{VoteTaken{rd}},
      JournalRecord{BoundAttempt{protocol::RoundId{7}, protocol::Attempt{1}, rd,
                                 sample<protocol::Digest>(18), true, sample<protocol::Digest>(19),
                                 true}},
      JournalRecord{CountedState{sample<protocol::Digest>(3), "ease.gram", 2, rd}},
      JournalRecord{JoinApproved{sample<protocol::Digest>(20)}},
      JournalRecord{ContributedAt{rd, 1'700'000'000'000}}};
}

Result<JournalEntry> decode(const EncodedEntry& encoded) {
  return decode_entry(static_cast<std::uint16_t>(encoded.kind), encoded.body);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(record_codec_test)

BOOST_AUTO_TEST_CASE(every_entry_is_read_back_as_it_was_written) {
  std::uint16_t kind = 0;
  for (const JournalEntry& entry : entries()) {
    const EncodedEntry encoded = encode_entry(entry);
    BOOST_TEST(static_cast<std::uint16_t>(encoded.kind) == ++kind);
    const auto decoded = decode(encoded);
    GS_REQUIRE_DONE(decoded);
    BOOST_TEST(decoded->index() == entry.index());
    // One encoding per value: equal bytes mean equal entries.
    BOOST_TEST((encode_entry(*decoded).body == encoded.body));
    BOOST_TEST((encode_entry(*decoded).kind == encoded.kind));
  }
}

BOOST_AUTO_TEST_CASE(bodies_that_are_cut_or_too_long_are_refused) {
  for (const JournalEntry& entry : entries()) {
    EncodedEntry encoded = encode_entry(entry);
    const Bytes whole = encoded.body;
    for (std::size_t length = 0; length < whole.size(); ++length) {
      encoded.body.assign(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
      BOOST_TEST(decode(encoded).has_error());
    }
    encoded.body = whole;
    encoded.body.push_back(std::byte{0});
    BOOST_TEST(decode(encoded).has_error());
  }
}

BOOST_AUTO_TEST_CASE(lengths_beyond_their_limit_are_refused_before_memory_is_taken) {
  for (const JournalEntry& entry : entries()) {
    EncodedEntry encoded = encode_entry(entry);
    for (std::size_t at = 0; at + 4 <= encoded.body.size(); ++at) {
      EncodedEntry changed = encoded;
      std::fill_n(changed.body.begin() + static_cast<std::ptrdiff_t>(at), 4, std::byte{0xFF});
      (void)decode(changed);  // Refused or another value; never a crash or an exhausted memory.
    }
  }
}

BOOST_AUTO_TEST_CASE(kinds_that_nobody_knows_are_refused) {
  for (const std::uint16_t kind : std::initializer_list<std::uint16_t>{0, 200, 255, 65'535}) {
    GS_CHECK_FAILS(protocol::ProtocolErrc::unknown_type, decode_entry(kind, {}));
  }
}

BOOST_AUTO_TEST_CASE(every_record_has_a_name_of_its_own) {
  std::set<std::string_view> names;
  for (const JournalEntry& entry : entries()) {
    if (const auto* record = std::get_if<JournalRecord>(&entry)) names.insert(name_of(*record));
  }
  BOOST_TEST(names.size() == entries().size() - 1);
  BOOST_TEST(names.contains("answered_unmask"));
}

BOOST_AUTO_TEST_SUITE_END()
