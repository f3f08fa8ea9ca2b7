#include "participant/training/counted_states.hpp"

#include <array>

#include "base/errors.hpp"
#include "base/file.hpp"
#include "base/memory_log.hpp"
#include "participant/errors.hpp"
#include "participant/journal/journal.hpp"
#include "protocol/digests.hpp"
#include "tests/support/file_size_limit.hpp"
#include "tests/support/outcome.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/protocol/round_setup.hpp"

using namespace guildsum;
using namespace guildsum::participant;
using protocol::test::sample;

namespace {

constexpr std::int64_t kLargest = 0xFFFF'FFFF;

struct Setup {
  test::TempDir dir;
  SeededRandom random{5};
  CountedStates states = open();
  protocol::RoundDescriptor first = round(1);
  protocol::RoundDescriptor second = round(2);

  CountedStates open() {
    return CountedStates::open(dir / "counted", dir / "counted.key", random).value();
  }
  [[nodiscard]] static protocol::RoundDescriptor round(std::uint64_t number) {
    protocol::RoundDescriptor descriptor;
    descriptor.round = protocol::RoundId{number};
    descriptor.vocabulary = sample<protocol::Digest>(7);
    return descriptor;
  }
  [[nodiscard]] std::filesystem::path file(const protocol::RoundDescriptor& of) const {
    return dir / "counted" / protocol::round_digest(of).hex();
  }
  Result<std::uint64_t> subtract(std::vector<std::int64_t>& values) {
    return states.subtract(protocol::round_digest(first), second, values);
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(counted_states_test)

BOOST_AUTO_TEST_CASE(a_delta_is_what_changed_also_after_a_restart) {
  Setup setup;
  GS_REQUIRE_DONE(
      setup.states.keep(setup.first, std::array<std::int64_t, 4>{3, 0, kLargest, 8}, setup.random));
  setup.states = setup.open();
  std::vector<std::int64_t> now{4, 0, 0, 5};
  BOOST_TEST(setup.subtract(now).value() == 3U);
  BOOST_TEST(now == (std::vector<std::int64_t>{1, 0, -kLargest, -3}));
}

BOOST_AUTO_TEST_CASE(a_state_of_several_pieces_comes_back_whole) {
  Setup setup;
  std::vector<std::int64_t> values((std::size_t{1} << 20) + 3);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<std::int64_t>(i % 1000);
  GS_REQUIRE_DONE(setup.states.keep(setup.first, values, setup.random));
  ++values.back();
  BOOST_TEST(setup.subtract(values).value() == 1U);
  BOOST_TEST(values.back() == 1);
}

BOOST_AUTO_TEST_CASE(which_state_counts_is_known_over_restarts_and_compaction) {
  Setup setup;
  MemoryLog log;
  const auto path = setup.dir / "journal";
  auto journal = Journal::open(path, log).value();
  const auto round = [&](std::uint64_t step, bool counted) {
    protocol::RoundDescriptor descriptor = Setup::round(step);
    descriptor.task_kind = "ease";
    descriptor.state.step_kind = "ease.gram";
    descriptor.state.step_number = step;
    const auto rd = protocol::round_digest(descriptor);
    GS_REQUIRE_DONE(journal.append(CheckedIn{{}, descriptor.round, {}, step}));
    GS_REQUIRE_DONE(journal.append(BoundToDescriptor{rd, protocol::canonical_bytes(descriptor)}));
    GS_REQUIRE_DONE(journal.append(RoundClosed{descriptor.round, {}, rd, true, counted, {}}));
    return std::pair{descriptor.state, rd};
  };
  const auto counted = round(4, true);
  auto next = round(5, false).first;
  ++next.step_number;
  for (int restarts = 0; restarts < 3; ++restarts) {
    const auto base = journal.state().history.delta_base(next);
    BOOST_TEST_REQUIRE(base.has_value());
    BOOST_TEST((*base == DeltaBase{4, counted.second}));
    if (restarts == 1) GS_REQUIRE_DONE(journal.compact());
    journal = Journal::open(path, log).value();
  }
}

BOOST_AUTO_TEST_CASE(a_repair_has_the_state_of_what_it_repairs) {
  Setup setup;
  const auto first = protocol::round_digest(setup.first);
  const auto second = protocol::round_digest(setup.second);
  GS_REQUIRE_DONE(setup.states.keep(setup.first, std::array<std::int64_t, 2>{3, 4}, setup.random));
  GS_REQUIRE_DONE(setup.states.copy(first, second, setup.random));
  GS_REQUIRE_DONE(setup.states.sweep(std::array{second}));
  std::vector<std::int64_t> now{3, 5};
  GS_CHECK_FAILS(ParticipantErrc::spool_lost, setup.subtract(now));
  BOOST_TEST(setup.states.subtract(second, setup.first, now).value() == 1U);
  GS_CHECK_FAILS(ParticipantErrc::spool_lost, setup.states.copy(first, second, setup.random));
}

BOOST_AUTO_TEST_CASE(a_state_of_other_items_or_another_length_is_no_base) {
  Setup setup;
  GS_REQUIRE_DONE(setup.states.keep(setup.first, std::array<std::int64_t, 2>{3, 4}, setup.random));
  std::vector<std::int64_t> longer{1, 2, 3};
  GS_CHECK_FAILS(ParticipantErrc::catalogue_mismatch, setup.subtract(longer));
  setup.second.vocabulary = sample<protocol::Digest>(8);
  std::vector<std::int64_t> same{1, 2};
  GS_CHECK_FAILS(ParticipantErrc::catalogue_mismatch, setup.subtract(same));
}

BOOST_AUTO_TEST_CASE(what_was_changed_cut_off_or_exchanged_is_noticed) {
  Setup setup;
  const auto write = [&] {
    GS_REQUIRE_DONE(
        setup.states.keep(setup.first, std::array<std::int64_t, 2>{3, 4}, setup.random));
  };
  write();
  const Bytes whole = read_file(setup.file(setup.first), 1 << 20).value();
  std::vector<std::int64_t> now{3, 4};
  for (std::size_t at = 0; at < whole.size(); at += 11) {
    Bytes changed = whole;
    changed[at] ^= std::byte{1};
    GS_REQUIRE_DONE(write_file_atomically(setup.file(setup.first), changed));
    GS_CHECK_FAILS(ParticipantErrc::spool_lost, setup.subtract(now));
    GS_REQUIRE_DONE(write_file_atomically(setup.file(setup.first), ByteView{whole}.first(at)));
    GS_CHECK_FAILS(ParticipantErrc::spool_lost, setup.subtract(now));
  }
  // The file of another round under this one's name.
  GS_REQUIRE_DONE(setup.states.keep(setup.second, std::array<std::int64_t, 2>{3, 4}, setup.random));
  std::filesystem::rename(setup.file(setup.second), setup.file(setup.first));
  GS_CHECK_FAILS(ParticipantErrc::spool_lost, setup.subtract(now));
}

BOOST_AUTO_TEST_CASE(only_counts_are_kept_and_a_full_disk_keeps_nothing_new) {
  Setup setup;
  BOOST_TEST(
      setup.states.keep(setup.first, std::array<std::int64_t, 1>{-1}, setup.random).has_error());
  BOOST_TEST(setup.states.keep(setup.first, std::array<std::int64_t, 1>{kLargest + 1}, setup.random)
                 .has_error());
  GS_REQUIRE_DONE(setup.states.keep(setup.first, std::array<std::int64_t, 1>{6}, setup.random));
  {
    const test::FileSizeLimit full{20};
    BOOST_TEST(
        setup.states.keep(setup.first, std::array<std::int64_t, 1>{9}, setup.random).has_error());
  }
  std::vector<std::int64_t> now{6};
  BOOST_TEST(setup.subtract(now).value() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
